import { type PlatformReplayReport, replayPlatform } from '../../../lib/replay/replay-platform.ts';
import { print, say } from '../../command-line/print.ts';
import type { ReplayFlags } from '../replay.ts';

const TIMES = 5;

const dollars = (cents: number) => `$${(cents / 100).toFixed(2)}`;

const linesOf = (report: PlatformReplayReport, dataFolder: string): string[] => [
  `purchases   ${report.purchases} of ${report.customers} customers`,
  `accepted    ${report.accepted}, failed ${report.failed}`,
  `terminal    ${report.settled}: ${Object.entries(report.states)
    .map(([status, count]) => `${count} ${status}`)
    .join(', ')}`,
  `mails       ${report.mails ?? 'none: no service sends any'}`,
  `paid        ${dollars(report.paidNow)} at today's prices, ${dollars(report.paidThen)} then`,
  `throughput  ${report.throughput} purchases/s over ${report.seconds} s, ${report.retries} repeated requests`,
  `placing     p50 ${report.placeMs.p50} ms, p95 ${report.placeMs.p95} ms, p99 ${report.placeMs.p99} ms (sign-in, cart and order together)`,
  ...(report.kills.length > 0
    ? [
        `killed      ${report.kills.length} processes with SIGKILL: ${[...new Set(report.kills.map(({ target }) => target))].join(', ')}`,
      ]
    : []),
  ...report.failures.map((failure) => `failed      ${failure}`),
  `history     ${report.history} (npx cloudmart laws --data ${dataFolder} --history ${report.history})`,
];

/** Replays and prints what came of it; a purchase that failed is a finding. */
export const runReplay = async (flags: ReplayFlags, signal: AbortSignal): Promise<void> => {
  const { data, rate, limit, patience, kill, times = TIMES, json } = flags;
  const report = await replayPlatform({
    dataFolder: data,
    rate,
    limit,
    patienceSeconds: patience,
    kills: kill && { targets: kill, times },
    signal,
    onKill: ({ target, pid, atMs }) => say(`killed ${target} (process ${pid}) after ${(atMs / 1000).toFixed(1)} s`),
    onProgress: ({ begun, accepted, settled, failed, retries }, count) =>
      say(
        `${begun} of ${count} begun, ${accepted} accepted, ${settled} settled, ${failed} failed, ${retries} repeated requests`,
      ),
  });
  print(json, report, () => linesOf(report, data));
  if (report.failed > 0) process.exitCode = 1;
};
