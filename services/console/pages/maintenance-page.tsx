import { useInfiniteQuery } from '@tanstack/react-query';
import type { MaintenanceWindow } from '../../contracts/http/operations/incidents-api.ts';
import { PageTitle } from '../../site-kit/components/page-title.tsx';
import { Await } from '../../site-kit/components/states.tsx';
import { useFormats } from '../../site-kit/messages/site-words.tsx';
import { windowPagesQuery } from '../api/incident-queries.ts';
import { Empty } from '../components/empty.tsx';
import { CloseWindow, OpenWindow } from '../components/incidents/window-acts.tsx';
import { MoreRows } from '../components/more-rows.tsx';
import { RowSkeletons } from '../components/row-skeletons.tsx';
import { Table } from '../components/table.tsx';

const tones: Readonly<Record<MaintenanceWindow['state'], string>> = { announced: '', open: 'warn', over: 'good' };

/** Times in which something is known to be away, newest first. */
export const MaintenancePage = () => {
  const { date } = useFormats();
  const query = useInfiniteQuery(windowPagesQuery);
  return (
    <>
      <PageTitle text="Maintenance" />
      <header className="page-head">
        <div>
          <h1>Maintenance</h1>
          <p className="fine">Times in which something is known to be away. Each ends by itself.</p>
        </div>
        <OpenWindow />
      </header>
      <Await query={query} skeleton={<RowSkeletons />}>
        {({ pages }) => {
          const items = pages.flatMap((page) => page.items);
          if (items.length === 0) return <Empty title="No maintenance" text="Nothing was ever announced to be away." />;
          return (
            <>
              <Table label="Maintenance" columns={['What', 'State', 'Away', 'Begins', 'Ends', 'Announced', 'Actions']}>
                {items.map((window) => (
                  <tr key={window.id}>
                    <th scope="row" dir="auto">
                      {window.title}
                    </th>
                    <td>
                      <span className={`state ${tones[window.state]}`}>{window.state}</span>
                    </td>
                    <td>{window.services.length === 0 ? 'the whole shop' : window.services.join(', ')}</td>
                    <td>
                      <time dateTime={window.beginsAt}>{date(window.beginsAt)}</time>
                    </td>
                    <td>
                      <time dateTime={window.endsAt}>{date(window.closedAt ?? window.endsAt)}</time>
                    </td>
                    <td>{window.isAnnouncedInTime ? 'a day ahead' : 'at short notice'}</td>
                    <td>{window.state !== 'over' && <CloseWindow window={window} />}</td>
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
