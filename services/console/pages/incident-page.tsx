import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { Incident, IncidentNote } from '../../contracts/http/operations/incidents-api.ts';
import { severities } from '../../contracts/http/operations/severities.ts';
import { PageTitle } from '../../site-kit/components/page-title.tsx';
import { Await, Panel } from '../../site-kit/components/states.tsx';
import { useFormats } from '../../site-kit/messages/site-words.tsx';
import { incidentQuery } from '../api/incident-queries.ts';
import { IncidentActs, Report } from '../components/incidents/incident-acts.tsx';
import { IncidentState } from '../components/incidents/incident-state.tsx';

const route = getRouteApi('/incidents/$id');

const Timeline = ({ timeline }: { readonly timeline: readonly IncidentNote[] }) => {
  const { date } = useFormats();
  return (
    <ol className="timeline">
      {timeline.map(({ number, at, author, kind, text }) => (
        <li key={`${number}/${kind}/${at}`}>
          <span className="timeline-what">
            <strong>{kind}</strong> <span dir="auto">{text}</span>
            <span className="id fine">{author}</span>
          </span>
          <time className="times" dateTime={at}>
            {date(at)}
          </time>
        </li>
      ))}
    </ol>
  );
};

const Facts = ({ incident }: { readonly incident: Incident }) => {
  const { date } = useFormats();
  const at = (time: string | null, none: string) => (time === null ? none : date(time));
  const facts = [
    ['Severity', `${incident.severity}: ${severities[incident.severity].means}`],
    ['Opened', `${date(incident.openedAt)}`],
    ['Answer by', date(incident.answerBy)],
    ['Answered', at(incident.acknowledgedAt, 'by nobody yet')],
    ['Closed', at(incident.closedAt, 'not yet')],
    ['Post-mortem by', at(incident.postMortemBy, incident.closedAt === null ? 'said at the end' : 'none is owed')],
  ] as const;
  return (
    <dl className="facts">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
};

/** One incident: its times, what happened, and what can be written to it. */
export const IncidentPage = () => {
  const { id } = route.useParams();
  const query = useQuery(incidentQuery(id));
  return (
    <>
      <PageTitle text={query.data?.incident.title ?? 'Incident'} />
      <Await
        query={query}
        skeleton={<span className="skeleton block" />}
        missing={
          <Panel title="There is no such incident" text={`${id} is not known.`}>
            <Link to="/incidents" className="button">
              To the incidents
            </Link>
          </Panel>
        }
      >
        {({ incident, timeline }) => (
          <>
            <header className="page-head">
              <div>
                <p className="id fine">{incident.id}</p>
                <h1 dir="auto">{incident.title}</h1>
                <p aria-live="polite">
                  <IncidentState incident={incident} />
                </p>
              </div>
              <section className="acts" aria-label="Actions">
                {incident.state !== 'closed' && <IncidentActs incident={incident} />}
                <Report incident={incident} timeline={timeline} />
              </section>
            </header>
            <div className="columns">
              <div>
                <section>
                  <h2>Timeline</h2>
                  <Timeline timeline={timeline} />
                </section>
              </div>
              <div>
                <section>
                  <h2>Facts</h2>
                  <Facts incident={incident} />
                </section>
              </div>
            </div>
          </>
        )}
      </Await>
    </>
  );
};
