import { readState } from '../local/state.ts';
import { pauseUnless } from '../shop/patiently.ts';
import { pidOf } from './kill-targets.ts';

/** Milliseconds to wait for a target that was just killed to be well again, so that the next signal hits something. */
const READY_WITHIN_MS = 120_000;
const POLL_MS = 100;

const isGone = (problem: unknown) => (problem as NodeJS.ErrnoException).code === 'ESRCH';

/** Sends a signal, or 0 to ask only whether it is there, to a target once it is well. Returns its process; throws when it is not well within two minutes. */
export const signalTarget = async (
  target: string,
  name: NodeJS.Signals | 0,
  { dataFolder, signal }: { readonly dataFolder: string; readonly signal: AbortSignal },
): Promise<number> => {
  for (const until = performance.now() + READY_WITHIN_MS; ; ) {
    const state = await readState(dataFolder).catch(() => undefined);
    const pid = state && (await pidOf(target, state));
    if (pid !== undefined) {
      try {
        process.kill(pid, name);
        return pid;
      } catch (problem) {
        if (!isGone(problem)) throw problem;
      }
    }
    if (performance.now() > until)
      throw new Error(`${target} was not ready within ${READY_WITHIN_MS / 1000} s, so no signal could be sent to it`);
    await pauseUnless(signal, POLL_MS);
  }
};
