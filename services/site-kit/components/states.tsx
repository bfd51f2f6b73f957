/** What a page shows instead of what it is about: it loads, it is empty, it failed, nobody is connected. */
import type { UseQueryResult } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { ApiProblem } from '../../contracts/http/ask.ts';
import { useFailureWords, useWait } from '../messages/failure-words.ts';
import { useSiteWords } from '../messages/site-words.tsx';

export type PanelProps = {
  readonly title: string;
  readonly text?: string;
  readonly children?: ReactNode;
};

/** A quiet panel in the middle of the page. */
export const Panel = ({ title, text, children }: PanelProps) => (
  <section className="panel">
    <h1>{title}</h1>
    {text && <p>{text}</p>}
    {children && <div className="panel-actions">{children}</div>}
  </section>
);

/** A page that is not there. */
export const Missing = ({ title, text }: { readonly title?: string; readonly text?: string }) => {
  const { states } = useSiteWords();
  return (
    <Panel title={title ?? states.missing} text={text ?? states.missingText}>
      <Link to="/" className="button">
        {states.home}
      </Link>
    </Panel>
  );
};

/** What went wrong, in the reader's words, with a way to try again. */
export const Failed = ({ problem, retry }: { readonly problem: unknown; readonly retry: () => unknown }) => {
  const { states } = useSiteWords();
  const words = useFailureWords()(problem);
  const traceId = problem instanceof ApiProblem ? problem.problem?.traceId : undefined;
  return (
    <Panel {...words}>
      <button type="button" className="button" onClick={() => void retry()}>
        {states.retry}
      </button>
      {traceId && <p className="fine">{states.reference(traceId)}</p>}
    </Panel>
  );
};

/** While a question is asked again and again: why. */
const Waiting = ({ problem }: { readonly problem: unknown }) => {
  const { states } = useSiteWords();
  const waitOf = useWait();
  if (!problem) return null;
  return (
    <p className="notice" role="status">
      {problem instanceof ApiProblem && problem.status === 429 ? states.busy(waitOf(problem)) : states.slow}
    </p>
  );
};

export type AwaitProps<Data> = {
  readonly query: UseQueryResult<Data>;
  /** What stands there until the first answer, in the shape of what will be. */
  readonly skeleton: ReactNode;
  /** What stands there when the shop says that it does not exist; default the panel of every missing page. */
  readonly missing?: ReactNode;
  readonly children: (data: Data) => ReactNode;
};

const missingStatuses = [400, 404, 422];
/** What is somebody else's is not there for whoever asks, where the page has words for it. */
const othersStatuses = [401, 403];

const isMissing = (problem: unknown, hasWords: boolean) =>
  problem instanceof ApiProblem &&
  (missingStatuses.includes(problem.status) || (hasWords && othersStatuses.includes(problem.status)));

/** Shows what a question is answered with, and every state before and instead. What is known stays while it is asked anew. */
export const Await = <Data,>({ query, skeleton, missing, children }: AwaitProps<Data>) => {
  const { states } = useSiteWords();
  // Who is offline reads so above every page.
  const isAsking = query.fetchStatus !== 'paused';
  if (query.data !== undefined)
    return (
      <>
        <Waiting problem={isAsking && (query.isFetching || query.isError) ? query.failureReason : null} />
        {children(query.data)}
      </>
    );
  if (query.isError && isMissing(query.error, missing !== undefined)) return missing ?? <Missing />;
  if (query.isError) return <Failed problem={query.error} retry={query.refetch} />;
  return (
    <>
      <Waiting problem={isAsking ? query.failureReason : null} />
      <div role="status" className="visually-hidden">
        {states.loading}
      </div>
      <div aria-hidden="true">{skeleton}</div>
    </>
  );
};
