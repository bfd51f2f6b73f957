import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';
import { ApiProblem } from '../../contracts/http/ask.ts';

/** Milliseconds for which what was read is shown without asking again. */
const freshMs = 30_000;
const mostRetries = 4;
const longestPauseMs = 30_000;
/** Seconds that a page waits where the shop says for how long; who has to wait longer is told, and asks when he likes. */
const longestWaitSeconds = 60;

/** Whether asking again may help: the shop is away, or asks to come back later. */
export const mayPass = (problem: unknown): boolean =>
  !(problem instanceof ApiProblem) || problem.status >= 500 || problem.status === 429;

const waitOf = (problem: unknown) => (problem instanceof ApiProblem ? problem.retryAfterSeconds : undefined);

const retryDelay = (failures: number, problem: unknown): number => {
  const asked = waitOf(problem);
  return asked === undefined ? Math.min(longestPauseMs, 1_000 * 2 ** failures) : asked * 1_000;
};

/** What the page knows of the shop, kept while it is open. `onProblem` is told of everything that failed for good. */
export const createQueryClient = (onProblem: (problem: unknown) => void = () => undefined): QueryClient =>
  new QueryClient({
    queryCache: new QueryCache({ onError: onProblem }),
    mutationCache: new MutationCache({ onError: onProblem }),
    defaultOptions: {
      queries: {
        staleTime: freshMs,
        retry: (failures, problem) =>
          failures < mostRetries && mayPass(problem) && (waitOf(problem) ?? 0) <= longestWaitSeconds,
        retryDelay,
      },
      mutations: { retry: false, networkMode: 'always' },
    },
  });
