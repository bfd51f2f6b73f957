import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import type { User } from '../../contracts/http/accounts/auth-api.ts';
import type { WorkRole } from '../../contracts/http/accounts/staff-api.ts';
import { useReader } from '../../site-kit/api/session.ts';
import { Field } from '../../site-kit/components/field.tsx';
import { PageTitle } from '../../site-kit/components/page-title.tsx';
import { textOf } from '../../site-kit/components/site-form.tsx';
import { Await, Panel } from '../../site-kit/components/states.tsx';
import { useFormats } from '../../site-kit/messages/site-words.tsx';
import { shop } from '../api/shop.ts';
import { staffChangePagesQuery, staffPagesQuery } from '../api/staff-queries.ts';
import { Act } from '../components/act.tsx';
import { Empty } from '../components/empty.tsx';
import { MoreRows } from '../components/more-rows.tsx';
import { RowSkeletons } from '../components/row-skeletons.tsx';
import { Table } from '../components/table.tsx';

const useChanged = () => {
  const queries = useQueryClient();
  return () => queries.invalidateQueries({ queryKey: ['staff'] });
};

const AddStaff = () => {
  const onDone = useChanged();
  return (
    <Act
      name="Give a role"
      effects={[
        'The account sees and does what its role may from its next sign-in on; an administrator also gives roles.',
        'It must be there, and its address proved.',
      ]}
      act={async (form) =>
        (await shop()).staff.add({
          body: { email: textOf(form, 'email') ?? '', role: String(form.get('role')) as WorkRole },
        })
      }
      onDone={onDone}
    >
      <Field label="E-mail" name="email" type="email" autoComplete="off" maxLength={254} isRequired />
      <label className="field">
        <span>Role</span>
        <select name="role">
          <option value="staff">Staff</option>
          <option value="admin">Administrator</option>
        </select>
      </label>
    </Act>
  );
};

const Member = ({ member: { id, email, name, roles, createdAt } }: { readonly member: User }) => {
  const { date } = useFormats();
  const onDone = useChanged();
  return (
    <tr>
      <th scope="row" dir="auto">
        {name}
      </th>
      <td dir="auto">{email}</td>
      <td>{roles.includes('admin') ? 'Administrator' : 'Staff'}</td>
      <td>{date(createdAt)}</td>
      <td>
        <Act
          name={`Take the role from ${email}`}
          label="Take away"
          effects={['It is an ordinary customer again, and signed out everywhere.', 'The last administrator stays.']}
          act={async () => (await shop()).staff.remove({ params: { id } })}
          onDone={onDone}
          isGrave
        />
      </td>
    </tr>
  );
};

const Changes = () => {
  const { date } = useFormats();
  const query = useInfiniteQuery(staffChangePagesQuery);
  return (
    <Await query={query} skeleton={<RowSkeletons />}>
      {({ pages }) => {
        const items = pages.flatMap((page) => page.items);
        if (items.length === 0) return <Empty title="No role changed yet" text="Every change is kept here." />;
        return (
          <>
            <Table label="Changes of roles" columns={['Account', 'Role', 'Change', 'By', 'At']}>
              {items.map(({ at, change, role, email, actorEmail }) => (
                <tr key={`${at}${email}`}>
                  <th scope="row" dir="auto">
                    {email}
                  </th>
                  <td>{role}</td>
                  <td>{change === 'added' ? 'given' : 'taken away'}</td>
                  <td dir="auto">{actorEmail ?? 'the configuration'}</td>
                  <td>
                    <time dateTime={at}>{date(at)}</time>
                  </td>
                </tr>
              ))}
            </Table>
            <MoreRows query={query} shown={items.length} />
          </>
        );
      }}
    </Await>
  );
};

const Members = () => {
  const query = useInfiniteQuery(staffPagesQuery);
  return (
    <>
      <header className="page-head">
        <h1>Staff</h1>
        <AddStaff />
      </header>
      <Await query={query} skeleton={<RowSkeletons />}>
        {({ pages }) => {
          const items = pages.flatMap((page) => page.items);
          return (
            <>
              <Table label="Staff" columns={['Name', 'E-mail', 'Role', 'Account since', 'Actions']}>
                {items.map((member) => (
                  <Member key={member.id} member={member} />
                ))}
              </Table>
              <MoreRows query={query} shown={items.length} />
            </>
          );
        }}
      </Await>
      <h2>Changes</h2>
      <Changes />
    </>
  );
};

/** Who works for the shop, for administrators. */
export const StaffPage = () => {
  const reader = useReader();
  return (
    <>
      <PageTitle text="Staff" />
      {reader?.roles.includes('admin') ? (
        <Members />
      ) : (
        <Panel
          title="Staff is for administrators"
          text="An administrator gives and takes roles, and can give you that one."
        />
      )}
    </>
  );
};
