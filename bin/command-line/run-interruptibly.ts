/** Ctrl-C of commands that have something to tell or to tidy up when they are interrupted. */
import { constants } from 'node:os';

/** Somebody ended the command. The exit code is a shell's: 128 and the number of the signal. */
export class Interrupted extends Error {
  readonly exitCode: number;

  constructor(message: string, signal: NodeJS.Signals) {
    super(message);
    this.name = 'Interrupted';
    this.exitCode = 128 + constants.signals[signal];
  }
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

// npm and npx pass a terminal's Ctrl-C on to us although we got it ourselves; only a later one means "now".
const SECOND_SIGNAL_MS = 1000;

/**
 * Runs until the work is over or somebody ends it. The first signal aborts, and the work says how far it came or else
 * `after` is said; a later one ends the process at once. Throws {@link Interrupted} in the one case, and what the work throws in the other.
 * @param after what somebody who interrupted it wants to know
 */
export const runInterruptibly = async <T>(after: string, work: (signal: AbortSignal) => Promise<T>): Promise<T> => {
  const stop = new AbortController();
  let firstAt = Number.POSITIVE_INFINITY;
  const end = (name: NodeJS.Signals) => {
    const reason = new Interrupted(`interrupted; ${after}`, name);
    if (performance.now() - firstAt > SECOND_SIGNAL_MS) process.exit(reason.exitCode);
    if (stop.signal.aborted) return;
    firstAt = performance.now();
    stop.abort(reason);
  };
  for (const name of SIGNALS) process.on(name, end);
  try {
    return await work(stop.signal);
  } catch (problem) {
    if (!stop.signal.aborted || problem instanceof Interrupted) throw problem;
    const reason = stop.signal.reason as Interrupted;
    // What the work itself says of its end tells more; that something was aborted does not.
    if (problem instanceof Error && problem.name !== 'AbortError') reason.message = problem.message;
    throw reason;
  } finally {
    for (const name of SIGNALS) process.off(name, end);
  }
};
