import { Command } from 'commander';
import type { PlatformReplayReport } from '../../lib/replay/replay-platform.ts';

type Flags = {
  data: string;
  rate: string;
  limit?: string;
  patience: string;
  kill?: string;
  times: string;
  json?: boolean;
};

const positive = (flag: string, text: string, most: number): number => {
  const value = Number(text);
  if (!(value > 0 && value <= most)) throw new Error(`--${flag} ${text}: give a number above 0, at most ${most}`);
  return value;
};

const dollars = (cents: number) => `$${(cents / 100).toFixed(2)}`;

const linesOf = (report: PlatformReplayReport, dataFolder: string): string[] => [
  `purchases   ${report.purchases} of ${report.customers} customers`,
  `accepted    ${report.accepted}, failed ${report.failed}`,
  `terminal    ${report.settled}: ${Object.entries(report.states)
    .map(([status, count]) => `${count} ${status}`)
    .join(', ')}`,
  `mails       ${report.mails}`,
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

const run = async ({ data, rate, limit, patience, kill, times, json = false }: Flags) => {
  const request = {
    dataFolder: data,
    rate: positive('rate', rate, 10_000),
    limit: limit === undefined ? undefined : positive('limit', limit, 1_000_000),
    patienceSeconds: positive('patience', patience, 3_600),
    kills: kill ? { targets: kill.split(','), times: positive('times', times, 1_000) } : undefined,
  };
  const { replayPlatform } = await import('../../lib/replay/replay-platform.ts');
  const stop = new AbortController();
  process.once('SIGINT', () =>
    stop.abort(new Error('the replay was ended; what was accepted stays, and laws can check it')),
  );
  const report = await replayPlatform({
    ...request,
    signal: stop.signal,
    onKill: ({ target, pid, atMs }) =>
      process.stderr.write(`killed ${target} (process ${pid}) after ${(atMs / 1000).toFixed(1)} s\n`),
    onProgress: ({ begun, accepted, settled, failed, retries }, count) =>
      process.stderr.write(
        `${begun} of ${count} begun, ${accepted} accepted, ${settled} settled, ${failed} failed, ${retries} repeated requests\n`,
      ),
  });
  process.stdout.write(`${json ? JSON.stringify(report) : linesOf(report, data).join('\n')}\n`);
  process.exitCode = report.failed > 0 ? 1 : 0;
};

/** `cloudmart replay`: the purchases of a real shop, through the public door of a running platform. */
export const replayCommand = (): Command =>
  new Command('replay')
    .description("replay a real shop's purchases through the public door of a running platform; exit 1 if one failed")
    .option('--rate <n>', 'purchases begun per second', '30')
    .option('--limit <n>', 'only the first so many purchases')
    .option('--patience <seconds>', 'how long one request is repeated before its purchase counts as failed', '120')
    .option('--kill <services>', 'kill -9 these meanwhile, comma-separated; "relay" is who publishes the order events')
    .option('--times <n>', 'how often each of them is killed', '5')
    .option('--data <dir>', 'folder of the running platform', '.cloudmart')
    .option('--json', 'print the report as one line of JSON')
    .action(run);
