import { useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import type { DeadLetterState } from '../../contracts/http/operations/dead-letters-api.ts';
import { PageTitle } from '../../site-kit/components/page-title.tsx';
import { Await } from '../../site-kit/components/states.tsx';
import { useFormats } from '../../site-kit/messages/site-words.tsx';
import { letterPagesQuery, letterStates } from '../api/dead-letter-queries.ts';
import { Empty } from '../components/empty.tsx';
import { Replay } from '../components/letter-acts.tsx';
import { LetterState } from '../components/letter-state.tsx';
import { MoreRows } from '../components/more-rows.tsx';
import { RowSkeletons } from '../components/row-skeletons.tsx';
import { Table } from '../components/table.tsx';

const route = getRouteApi('/dead-letters');

const StateChoice = () => {
  const { state } = route.useSearch();
  const navigate = useNavigate();
  return (
    <label>
      <span>State</span>
      <select
        value={state ?? ''}
        onChange={({ target: { value } }) =>
          void navigate({ to: '/dead-letters', search: value === '' ? {} : { state: value as DeadLetterState } })
        }
      >
        <option value="">Every state</option>
        {Object.entries(letterStates).map(([one, name]) => (
          <option key={one} value={one}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
};

/** Records that a consumer could not handle, newest first. */
export const DeadLetterListPage = () => {
  const search = route.useSearch();
  const { date } = useFormats();
  const query = useInfiniteQuery(letterPagesQuery(search));
  return (
    <>
      <PageTitle text="Dead letters" />
      <header className="page-head">
        <div>
          <h1>Dead letters</h1>
          <p className="fine">Events that a consumer could not handle after all its tries.</p>
        </div>
        <div className="filters">
          <StateChoice />
        </div>
      </header>
      <Await query={query} skeleton={<RowSkeletons />}>
        {({ pages }) => {
          const items = pages.flatMap((page) => page.items);
          if (items.length === 0)
            return <Empty title="No dead letter" text="Every event was handled, or nobody looks for this state." />;
          return (
            <>
              <div className="acts">
                <Replay />
              </div>
              <Table label="Dead letters" columns={['Event', 'State', 'Consumer', 'What went wrong', 'Died']}>
                {items.map((letter) => (
                  <tr key={letter.id}>
                    <th scope="row">
                      <Link to="/dead-letters/$id" params={{ id: letter.id }}>
                        {letter.eventType ?? letter.id}
                      </Link>
                    </th>
                    <td>
                      <LetterState letter={letter} />
                    </td>
                    <td>{letter.consumer || 'not noted'}</td>
                    <td className="fine">
                      <span className="clamped">
                        {letter.errorClass}: {letter.errorMessage}
                      </span>
                    </td>
                    <td>
                      <time dateTime={letter.diedAt}>{date(letter.diedAt)}</time>
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
