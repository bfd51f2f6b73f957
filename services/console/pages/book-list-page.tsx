import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { Field } from '../../site-kit/components/field.tsx';
import { PageTitle } from '../../site-kit/components/page-title.tsx';
import { textOf } from '../../site-kit/components/site-form.tsx';
import { Await } from '../../site-kit/components/states.tsx';
import { useFormats } from '../../site-kit/messages/site-words.tsx';
import { reconciliationPagesQuery } from '../api/book-queries.ts';
import { shop } from '../api/shop.ts';
import { Act } from '../components/act.tsx';
import { Empty } from '../components/empty.tsx';
import { MoreRows } from '../components/more-rows.tsx';
import { ReconciliationState } from '../components/reconciliation-state.tsx';
import { RowSkeletons } from '../components/row-skeletons.tsx';
import { Table } from '../components/table.tsx';

const longestDays = 3_660;

const Compare = () => {
  const navigate = useNavigate();
  const queries = useQueryClient();
  return (
    <Act
      name="Compare the books"
      effects={[
        "Orders, our payments, the provider's charges and the stock are compared; it may take minutes, and customers notice nothing.",
        'With repairs, each drift that has one is mended at once, in your name: money may move, and orders may be cancelled.',
      ]}
      act={async (form) =>
        (await shop()).reconciliations.begin({
          body: { days: Number(textOf(form, 'days')), repair: form.get('repair') !== null },
        })
      }
      onDone={async ({ body: { reconciliation } }) => {
        await queries.invalidateQueries({ queryKey: reconciliationPagesQuery.queryKey });
        await navigate({ to: '/books/$id', params: { id: reconciliation.id } });
      }}
    >
      <Field
        label="Days to look back"
        name="days"
        autoComplete="off"
        defaultValue="7"
        maxLength={4}
        isRequired
        validate={(text) =>
          /^\d+$/.test(text) && Number(text) >= 1 && Number(text) <= longestDays
            ? undefined
            : 'Write a number of days from 1 to 3660.'
        }
      />
      <label className="tick">
        <input type="checkbox" name="repair" />
        <span>Repair what can be repaired</span>
      </label>
    </Act>
  );
};

/** Reconciliations, newest first. */
export const BookListPage = () => {
  const { date, number } = useFormats();
  const query = useInfiniteQuery(reconciliationPagesQuery);
  return (
    <>
      <PageTitle text="Books" />
      <header className="page-head">
        <div>
          <h1>Books</h1>
          <p className="fine">Whether orders, money and stock agree.</p>
        </div>
        <Compare />
      </header>
      <Await query={query} skeleton={<RowSkeletons />}>
        {({ pages }) => {
          const items = pages.flatMap((page) => page.items);
          if (items.length === 0)
            return <Empty title="Nothing was compared yet" text="The shop compares its books by itself every night." />;
          return (
            <>
              <Table
                label="Reconciliations"
                columns={[
                  'Begun',
                  'State',
                  'Asked by',
                  'Since',
                  { name: 'Orders', isNumber: true },
                  { name: 'Drifts', isNumber: true },
                  { name: 'Repaired', isNumber: true },
                ]}
              >
                {items.map((one) => (
                  <tr key={one.id}>
                    <th scope="row">
                      <Link to="/books/$id" params={{ id: one.id }}>
                        <time dateTime={one.startedAt}>{date(one.startedAt)}</time>
                      </Link>
                    </th>
                    <td>
                      <ReconciliationState reconciliation={one} />
                    </td>
                    <td className="id">{one.askedBy}</td>
                    <td>{date(one.since)}</td>
                    <td className="number">{number(one.compared.orders)}</td>
                    <td className="number">{number(one.drifts)}</td>
                    <td className="number">{one.repair ? number(one.repaired) : 'not asked'}</td>
                  </tr>
                ))}
              </Table>
              <MoreRows query={query} shown={items.length} />
            </>
          );
        }}
      </Await>
    </>
  );
};
