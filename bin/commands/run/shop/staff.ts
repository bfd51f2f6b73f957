import { InvalidArgumentError } from 'commander';
import { type AdminSession, allOf, type StaffChange, type StaffMember } from '../../../../lib/shop/staff-session.ts';
import { columns, print } from '../../../command-line/print.ts';
import { signedInAsStaff } from '../../../command-line/sign-in-as-staff.ts';
import type { StaffAction, StaffFlags } from '../../shop/staff.ts';

const requireEmail = (action: StaffAction, email: string | undefined): string => {
  if (email === undefined) throw new InvalidArgumentError(`staff ${action} needs the e-mail address of the account`);
  return email;
};

const roleOf = ({ roles }: Pick<StaffMember, 'roles'>) => (roles.includes('admin') ? 'admin' : 'staff');

const memberLine = (member: StaffMember) => [member.email, roleOf(member), member.name, member.id];

const changeLine = ({ at, change, role, email, actorEmail }: StaffChange) => [
  at,
  change,
  role,
  email,
  `by ${actorEmail ?? 'the configuration'}`,
];

/** The member of this address. Throws one sentence when there is none. */
const memberOf = async ({ staff }: AdminSession, email: string): Promise<StaffMember> => {
  const found = (await allOf((query) => staff.list({ query }))).find((member) => member.email === email);
  if (!found) throw new Error(`${email} has no role; "npx cloudmart staff list" shows who has one`);
  return found;
};

const acts: Readonly<
  Record<StaffAction, (session: AdminSession, email: string | undefined, flags: StaffFlags) => Promise<void>>
> = {
  list: async ({ staff }, _, { json }) => {
    const items = await allOf((query) => staff.list({ query }));
    print(json, { items }, () => columns(items.map(memberLine)));
  },
  add: async ({ staff }, email, { admin, json }) => {
    const role = admin ? 'admin' : 'staff';
    const member = await staff.add({ body: { email: requireEmail('add', email), role } });
    print(json, { member }, () => [`${member.email} is ${roleOf(member)}, from the next time that he signs in`]);
  },
  remove: async (session, email, { json }) => {
    const member = await memberOf(session, requireEmail('remove', email));
    await session.staff.remove({ params: { id: member.id } });
    print(json, { removed: member }, () => [`${member.email} is a customer, and signed out everywhere`]);
  },
  changes: async ({ staff }, _, { json }) => {
    const items = await allOf((query) => staff.changes({ query }));
    print(json, { items }, () => columns(items.map(changeLine)));
  },
};

/** Does one thing about staff, as an administrator of the shop. */
export const runStaff = async (action: StaffAction, email: string | undefined, flags: StaffFlags): Promise<void> => {
  const takesEmail = action === 'add' || action === 'remove';
  if (takesEmail) requireEmail(action, email);
  else if (email !== undefined)
    throw new InvalidArgumentError(`staff ${action} is about everybody; leave ${email} out`);
  await signedInAsStaff(flags, (session) => acts[action](session, email, flags));
};
