import { useInfiniteQuery } from '@tanstack/react-query';
import type { Act } from '../../contracts/http/operations/acts-api.ts';
import { PageTitle } from '../../site-kit/components/page-title.tsx';
import { Await } from '../../site-kit/components/states.tsx';
import { useFormats } from '../../site-kit/messages/site-words.tsx';
import { actPagesQuery } from '../api/flow-queries.ts';
import { Empty } from '../components/empty.tsx';
import { MoreRows } from '../components/more-rows.tsx';
import { RowSkeletons } from '../components/row-skeletons.tsx';
import { Table } from '../components/table.tsx';

const tones: Readonly<Record<string, string>> = { done: 'good', refused: 'warn', failed: 'bad' };

const Outcome = ({ act: { outcome, detail } }: { readonly act: Act }) => (
  <>
    <span className={`state ${tones[outcome ?? ''] ?? ''}`}>{outcome ?? 'under way'}</span>
    {detail && <span className="id fine"> {JSON.stringify(detail)}</span>}
  </>
);

/** The audit trail of those who operate the platform. */
export const ActsPage = () => {
  const { date } = useFormats();
  const query = useInfiniteQuery(actPagesQuery);
  return (
    <>
      <PageTitle text="Acts" />
      <header className="page-head">
        <div>
          <h1>Acts</h1>
          <p className="fine">Who changed something about the platform, when, why, and what came of it.</p>
        </div>
      </header>
      <Await query={query} skeleton={<RowSkeletons />}>
        {({ pages }) => {
          const items = pages.flatMap((page) => page.items);
          if (items.length === 0)
            return (
              <Empty
                title="Nobody did anything yet"
                text="Replays, decisions and moves are written here before they begin."
              />
            );
          return (
            <>
              <Table label="Acts" columns={['Act', 'On', 'Why', 'Outcome', 'By', 'Begun']}>
                {items.map((act) => (
                  <tr key={act.id}>
                    <th scope="row">{act.act}</th>
                    <td className="id">{JSON.stringify(act.subject)}</td>
                    <td dir="auto">{act.reason}</td>
                    <td>
                      <Outcome act={act} />
                    </td>
                    <td className="id">{act.actor}</td>
                    <td>
                      <time dateTime={act.begunAt}>{date(act.begunAt)}</time>
                    </td>
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
