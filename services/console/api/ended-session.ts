import type { QueryClient } from '@tanstack/react-query';
import { ApiProblem } from '../../contracts/http/ask.ts';
import { sessionQuery } from '../../site-kit/api/session.ts';

/** Takes note when the shop says that nobody is signed in any more, so that the page asks for it where its reader is. */
export const endedSession = (queries: QueryClient, problem: unknown): void => {
  if (problem instanceof ApiProblem && problem.status === 401) queries.setQueryData(sessionQuery.queryKey, null);
};
