import { root } from '../../../lib/checkout.ts';
import type { LocalState } from '../../../lib/local/state.ts';
import { type UpReport, up } from '../../../lib/local/up.ts';
import { services } from '../../../lib/services.ts';
import { consoleProgress } from '../../command-line/console-progress.ts';
import { print } from '../../command-line/print.ts';
import type { UpFlags } from '../up.ts';
import { runningLines } from './up-lines.ts';

const PARENT_CHECK_MS = 500;

/**
 * npm passes on SIGINT and SIGTERM alone; whatever else ends it would leave the platform to run for nobody. The end of npm, or of the
 * shell between, shows in the parent: then this process gets the signal of a terminal that is gone.
 */
const endWithNpm = () => {
  if (process.env['npm_execpath'] === undefined) return;
  const parent = process.ppid;
  const check = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(check);
    process.kill(process.pid, 'SIGHUP');
  }, PARENT_CHECK_MS);
  check.unref();
};

/** Runs the platform until it is told to end, or with `--once` until it has sold something. */
export const runUp = async (flags: UpFlags, signal: AbortSignal): Promise<void> => {
  const { data, portBase, events, small, once = false, purchase, json } = flags;
  endWithNpm();
  const progress = consoleProgress();
  const show = (report: UpReport, state: LocalState) => {
    if (!once) for (const line of runningLines(report, state)) progress.line(line);
    if (json && !once) print(json, report, () => []);
  };
  const report = await up(
    { root, data, portBase, events, ...(small && { size: 'small' }), once, purchase, services, progress, signal },
    show,
  );
  if (json && once) print(json, report, () => []);
};
