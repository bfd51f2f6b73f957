import { root } from '../../../lib/checkout.ts';
import { requireNode } from '../../../lib/local/machine.ts';
import { consoleProgress } from '../../../lib/local/progress.ts';
import { proofSummary } from '../../../lib/local/report.ts';
import { up } from '../../../lib/local/up.ts';
import type { UpReport } from '../../../lib/local/up-report.ts';
import { services } from '../../../lib/services.ts';
import { print } from '../../command-line/print.ts';
import type { UpFlags } from '../up.ts';

const start = async ({ data, portBase, events, once = false, json }: UpFlags, signal: AbortSignal) => {
  requireNode(process.versions.node);
  const progress = consoleProgress();
  const show = (report: UpReport) => {
    progress.line(proofSummary(report));
    if (!once) progress.line('Everything runs. Ctrl-C ends it.');
    if (json && !once) print(json, report, () => []);
  };
  const report = await up({ root, data, portBase, events, once, services, progress, signal }, show);
  if (json && once) print(json, report, () => []);
};

/** Runs the platform until it is told to end, or with `--once` until it has sold something. */
export const runUp = async (flags: UpFlags, signal: AbortSignal): Promise<void> => {
  try {
    await start(flags, signal);
  } catch (problem) {
    const { code = signal.aborted ? 'interrupted' : 'failed', message } = problem as { code?: string; message: string };
    if (flags.json) print(true, { error: { code, message } }, () => []);
    throw problem;
  }
};
