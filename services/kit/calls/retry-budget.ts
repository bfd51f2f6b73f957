import type { Metrics } from '../telemetry/metrics.ts';

/** Calls that may be asked once more: as many as a share of all calls, so that a callee in trouble is not asked twice as often. */
export type RetryBudget = {
  /** Runs the attempt, and once more if it `mayRepeat`, got lost on the way, and the budget has something left. */
  run<T>(attempt: () => Promise<T>, mayRepeat: boolean): Promise<T>;
};

/** One retry for every ten calls, and ten at once after a quiet time. */
const perCall = 0.1;
const mostSaved = 10;

const lost = new WeakSet<object>();

/** Marks an error of a call that never came to its end on the other side's word: the connection broke, or there was none. */
export const lostOnTheWay = <Problem extends object>(problem: Problem): Problem => {
  lost.add(problem);
  return problem;
};

/** Budget of one callee in this process; counted in `call_retries_total`. */
export const createRetryBudget = (callee: string, metrics: Metrics): RetryBudget => {
  const retries = metrics.counter({
    name: 'call_retries_total',
    help: 'Calls to other services that were asked once more.',
    labels: ['callee'],
  });
  let saved = mostSaved;
  return {
    run: async (attempt, mayRepeat) => {
      saved = Math.min(mostSaved, saved + perCall);
      try {
        return await attempt();
      } catch (problem) {
        const isLost = typeof problem === 'object' && problem !== null && lost.has(problem);
        if (!mayRepeat || !isLost || saved < 1) throw problem;
        saved -= 1;
        retries.inc({ callee });
        return attempt();
      }
    },
  };
};
