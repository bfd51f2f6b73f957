import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { PageTitle } from '../../site-kit/components/page-title.tsx';
import { Await, Panel } from '../../site-kit/components/states.tsx';
import { useFormats } from '../../site-kit/messages/site-words.tsx';
import { letterQuery } from '../api/dead-letter-queries.ts';
import { Replay, Review } from '../components/letter-acts.tsx';
import { LetterState } from '../components/letter-state.tsx';

const route = getRouteApi('/dead-letters/$id');
const open = ['new', 'reviewed'];

/** JSON as people read it; anything else as it is. */
const laidOut = (text: string): string => {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
};

/** One record that a consumer could not handle, and what can be done about it. */
export const DeadLetterPage = () => {
  const { id } = route.useParams();
  const { date, number } = useFormats();
  const query = useQuery(letterQuery(id));
  return (
    <>
      <PageTitle text={`Dead letter ${id}`} />
      <Await
        query={query}
        skeleton={<span className="skeleton block" />}
        missing={
          <Panel title="There is no such dead letter" text={`${id} is not known.`}>
            <Link to="/dead-letters" className="button">
              To the dead letters
            </Link>
          </Panel>
        }
      >
        {(letter) => {
          const facts = [
            ['Consumer', letter.consumer || 'not noted'],
            ['Topic', letter.topic],
            ['Key', letter.key],
            ['Event', letter.eventId ?? 'not noted'],
            ['Tries', number(letter.attempts)],
            ['Replays before', number(letter.replays)],
            ['Died', date(letter.diedAt)],
            ['Decided by', letter.touchedBy ?? 'nobody yet'],
          ] as const;
          return (
            <>
              <header className="page-head">
                <div>
                  <p className="id fine">{letter.id}</p>
                  <h1>{letter.eventType ?? 'Record without a type'}</h1>
                  <p aria-live="polite">
                    <LetterState letter={letter} />
                  </p>
                </div>
                {open.includes(letter.state) && (
                  <section className="acts" aria-label="Actions">
                    <Replay ids={[letter.id]} />
                    <Review id={letter.id} />
                  </section>
                )}
              </header>
              <p className="notice bad">
                {letter.errorClass}: {letter.errorMessage}
              </p>
              <div className="columns">
                <div>
                  <section>
                    <h2>Record</h2>
                    {letter.record ? (
                      // biome-ignore lint/a11y/noNoninteractiveTabindex: what is wider than its place is moved by the keyboard, too
                      <pre className="record" tabIndex={0}>
                        {laidOut(letter.record.value)}
                      </pre>
                    ) : (
                      <p>Its topic keeps it no longer.</p>
                    )}
                  </section>
                </div>
                <div>
                  <section>
                    <h2>Where it died</h2>
                    <dl className="facts">
                      {facts.map(([name, value]) => (
                        <div key={name}>
                          <dt>{name}</dt>
                          <dd>{value}</dd>
                        </div>
                      ))}
                    </dl>
                  </section>
                </div>
              </div>
            </>
          );
        }}
      </Await>
    </>
  );
};
