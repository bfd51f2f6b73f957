/** Ctrl-C and wrong usage of commands that bundle, publish, or work on a cluster. */
import { WrongUsage } from '../../lib/wrong-usage.ts';

/**
 * Runs until the work is over or somebody ends it. The first signal aborts, and the work says how far it came or else
 * `after` is said; a second one ends the process at once. Sets the exit code: 1 for a failure, 2 for wrong usage.
 * @param after what somebody who interrupted it wants to know
 */
export const runInterruptibly = async (after: string, work: (signal: AbortSignal) => Promise<void>): Promise<void> => {
  const stop = new AbortController();
  const end = () => {
    if (stop.signal.aborted) process.exit(1);
    stop.abort(new Error(`interrupted; ${after}`));
  };
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, end);
  try {
    await work(stop.signal);
  } catch (problem) {
    const isOurs = problem instanceof Error && problem.name !== 'AbortError';
    const reason = stop.signal.aborted && !isOurs ? stop.signal.reason : problem;
    process.stderr.write(`cloudmart: ${reason instanceof Error ? reason.message : String(reason)}\n`);
    process.exitCode = problem instanceof WrongUsage ? 2 : 1;
  } finally {
    for (const name of ['SIGINT', 'SIGTERM'] as const) process.off(name, end);
  }
};
