import { useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { PageTitle } from '../../site-kit/components/page-title.tsx';
import { Await } from '../../site-kit/components/states.tsx';
import { useFormats } from '../../site-kit/messages/site-words.tsx';
import { type IncidentSearch, incidentPagesQuery } from '../api/incident-queries.ts';
import { Empty } from '../components/empty.tsx';
import { OpenIncident } from '../components/incidents/incident-acts.tsx';
import { IncidentState } from '../components/incidents/incident-state.tsx';
import { MoreRows } from '../components/more-rows.tsx';
import { RowSkeletons } from '../components/row-skeletons.tsx';
import { Table } from '../components/table.tsx';

const route = getRouteApi('/incidents');

const StateChoice = () => {
  const { state } = route.useSearch();
  const navigate = useNavigate();
  return (
    <label>
      <span>State</span>
      <select
        value={state ?? ''}
        onChange={({ target: { value } }) =>
          void navigate({
            to: '/incidents',
            search: value === '' ? {} : { state: value as NonNullable<IncidentSearch['state']> },
          })
        }
      >
        <option value="">Every state</option>
        <option value="open">Open</option>
        <option value="closed">Closed</option>
      </select>
    </label>
  );
};

/** What went wrong, newest first. */
export const IncidentListPage = () => {
  const search = route.useSearch();
  const { date } = useFormats();
  const query = useInfiniteQuery(incidentPagesQuery(search));
  return (
    <>
      <PageTitle text="Incidents" />
      <header className="page-head">
        <div>
          <h1>Incidents</h1>
          <p className="fine">What went wrong, who answered, and what was done about it.</p>
        </div>
        <div className="filters">
          <StateChoice />
        </div>
      </header>
      <div className="acts">
        <OpenIncident />
      </div>
      <Await query={query} skeleton={<RowSkeletons />}>
        {({ pages }) => {
          const items = pages.flatMap((page) => page.items);
          if (items.length === 0)
            return (
              <Empty
                title={search.state === undefined ? 'No incident' : `No incident is ${search.state}`}
                text="Alarms say what to look at; whoever looks opens an incident, so that others see it."
              />
            );
          return (
            <>
              <Table label="Incidents" columns={['Incident', 'State', 'Severity', 'Opened', 'Answer by', 'Closed']}>
                {items.map((incident) => (
                  <tr key={incident.id}>
                    <th scope="row" dir="auto">
                      <Link to="/incidents/$id" params={{ id: incident.id }}>
                        {incident.title}
                      </Link>
                    </th>
                    <td>
                      <IncidentState incident={incident} />
                    </td>
                    <td>{incident.severity}</td>
                    <td>
                      <time dateTime={incident.openedAt}>{date(incident.openedAt)}</time>
                    </td>
                    <td>{incident.state === 'open' && date(incident.answerBy)}</td>
                    <td>{incident.closedAt !== null && date(incident.closedAt)}</td>
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
