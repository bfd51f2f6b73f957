import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';
import { ApiProblem } from '../../contracts/http/ask.ts';

/** Milliseconds for which what was read is shown without asking again. */
const freshMs = 30_000;
const mostRetries = 4;
const longestPauseMs = 30_000;

/** Whether asking again may help: the shop is away, or asks to come back later. */
export const mayPass = (problem: unknown): boolean =>
  !(problem instanceof ApiProblem) || problem.status >= 500 || problem.status === 429;

const retryDelay = (failures: number, problem: unknown): number => {
  const asked = problem instanceof ApiProblem ? problem.retryAfterSeconds : undefined;
  return Math.min(longestPauseMs, asked === undefined ? 1_000 * 2 ** failures : asked * 1_000);
};

/** What the page knows of the shop, kept while it is open. `onProblem` is told of everything that failed for good. */
export const createQueryClient = (onProblem: (problem: unknown) => void = () => undefined): QueryClient =>
  new QueryClient({
    queryCache: new QueryCache({ onError: onProblem }),
    mutationCache: new MutationCache({ onError: onProblem }),
    defaultOptions: {
      queries: {
        staleTime: freshMs,
        retry: (failures, problem) => failures < mostRetries && mayPass(problem),
        retryDelay,
      },
      mutations: { retry: false, networkMode: 'always' },
    },
  });
