import { forgetData, stopPlatform } from '../../../lib/local/stop-platform.ts';
import { print } from '../../command-line/print.ts';
import type { StopFlags } from '../stop.ts';

/** Ends what runs on a folder; nothing to end is no failure. */
export const runStop = async ({ data, forget = false, json }: StopFlags): Promise<void> => {
  const pid = await stopPlatform(data);
  const forgotten = forget ? await forgetData(data) : [];
  print(json, { ended: pid ?? null, forgotten }, () => [
    pid === undefined ? `no platform runs on ${data}` : `process ${pid} ended, and all that it had started`,
    ...forgotten.map((folder) => `deleted ${folder}`),
  ]);
};
