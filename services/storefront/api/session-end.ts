/** A session that ended while its reader was at it: noted once, by whatever was refused first, and said above every page. */
import { type QueryClient, queryOptions } from '@tanstack/react-query';
import { ApiProblem } from '../../contracts/http/ask.ts';
import { sessionQuery } from '../../site-kit/api/session.ts';
import { forgetReader, forgetWhoLeft } from './forget-reader.ts';
import { sessionGate } from './session-gate.ts';

/** Refusals of a session that did not go on with its refresh token either. */
const overCodes = ['token.expired', 'token.invalid', 'auth.session-ended'];

/** Whether something was refused because the session of its reader is over. */
const isSessionOver = (problem: unknown): boolean => problem instanceof ApiProblem && overCodes.includes(problem.code);

/** Whether the reader has to sign in again, or to go on without. */
export const sessionEndQuery = queryOptions({
  queryKey: ['session-end'],
  queryFn: () => false,
  initialData: false,
  staleTime: Number.POSITIVE_INFINITY,
});

/** Notes the end of a session in what was refused, if that is why. What the page knows of its reader stays until he has decided. */
export const noteSessionEnd = (queries: QueryClient, problem: unknown): void => {
  if (!isSessionOver(problem) || !queries.getQueryData(sessionQuery.queryKey)) return;
  sessionGate.close();
  // As new: nothing asks meanwhile who is here, and hears that it is a guest.
  queries.setQueryData(sessionQuery.queryKey, (known) => known);
  queries.setQueryData(sessionEndQuery.queryKey, true);
};

/** Goes on as the one who is signed in now; null for a guest. What somebody else saw is forgotten, and what was refused is asked for anew. */
export const goOnAs = async (
  queries: QueryClient,
  { before, now }: { readonly before: string | undefined; readonly now: string | undefined },
): Promise<void> => {
  sessionGate.open();
  queries.setQueryData(sessionEndQuery.queryKey, false);
  // Who goes on as a guest may be in the middle of paying.
  if (before !== now) return now === undefined ? forgetReader(queries) : forgetWhoLeft(queries);
  await queries.resetQueries({ predicate: ({ state }) => state.status === 'error' });
  await queries.invalidateQueries({ queryKey: ['cart'] });
};
