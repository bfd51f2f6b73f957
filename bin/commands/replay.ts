import { Command } from 'commander';

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

/** Milliseconds between two progress lines. */
const progressEveryMs = 2_000;
/** Seconds for the last mails to arrive after the last outcome. */
const mailsWithinSeconds = 60;

const run = async ({ data, rate, limit, patience, kill, times, json = false }: Flags) => {
  const [{ appendFile, mkdir, readFile, writeFile }, path, { setTimeout: pause }] = await Promise.all([
    import('node:fs/promises'),
    import('node:path'),
    import('node:timers/promises'),
  ]);
  const [
    { createApiClient },
    { readState },
    { readMails },
    { byDate, readPurchases },
    { replay },
    { killServices },
    { services },
  ] = await Promise.all([
    import('../../lib/local/api-client.ts'),
    import('../../lib/local/state.ts'),
    import('../../lib/laws/mailbox.ts'),
    import('../../lib/replay/purchases.ts'),
    import('../../lib/replay/replay.ts'),
    import('../../lib/replay/kill-services.ts'),
    import('../../lib/services.ts'),
  ]);
  const perSecond = positive('rate', rate, 10_000);
  const patienceSeconds = positive('patience', patience, 3_600);
  const all = byDate(
    readPurchases(await readFile(new URL('../../lib/local/data/cdnow-sample.txt', import.meta.url), 'utf8')),
  );
  const purchases = limit === undefined ? all : all.slice(0, positive('limit', limit, all.length));
  const state = await readState(data);
  const folder = path.join(data, 'replay');
  const history = path.join(folder, 'history.jsonl');
  await mkdir(folder, { recursive: true });
  await writeFile(history, '', { flag: 'a' });

  const stop = new AbortController();
  process.once('SIGINT', () =>
    stop.abort(new Error('the replay was ended; what was accepted stays, and laws can check it')),
  );
  const killing = kill
    ? killServices({
        targets: kill.split(','),
        times: positive('times', times, 1_000),
        // The last fifth is left without kills, so that purchases of the end meet a whole platform too.
        withinMs: (purchases.length / perSecond) * 800,
        databaseOf: Object.fromEntries(
          services.flatMap(({ name, owns, publishes }) =>
            owns.database && Object.keys(publishes).length > 0 ? [[name, state.databases[owns.database] ?? '']] : [],
          ),
        ),
        signal: stop.signal,
        onKill: ({ target, pid, atMs }) =>
          process.stderr.write(`killed ${target} (process ${pid}) after ${(atMs / 1000).toFixed(1)} s\n`),
      })
    : Promise.resolve([]);
  let shownAt = 0;
  const report = await replay({
    api: createApiClient(state.gateway),
    purchases,
    rate: perSecond,
    patienceSeconds,
    signal: stop.signal,
    onAccepted: (promise) => appendFile(history, `${JSON.stringify(promise)}\n`),
    onProgress: ({ begun, accepted, settled, failed, retries }) => {
      if (performance.now() - shownAt < progressEveryMs) return;
      shownAt = performance.now();
      process.stderr.write(
        `${begun} of ${purchases.length} begun, ${accepted} accepted, ${settled} settled, ${failed} failed, ${retries} repeated requests\n`,
      );
    },
  });
  const kills = await killing;
  const mailed = async () =>
    (await readMails(state.mailFolder)).filter(({ to }) => to.endsWith('@replay.example')).length;
  const expected = report.states['paid'] ?? 0;
  let mails = await mailed();
  for (
    const until = Date.now() + mailsWithinSeconds * 1000;
    mails < expected && Date.now() < until;
    mails = await mailed()
  )
    await pause(1_000);

  if (json) process.stdout.write(`${JSON.stringify({ ...report, mails, kills, history })}\n`);
  else
    process.stdout.write(
      [
        `purchases   ${report.purchases} of ${report.customers} customers`,
        `accepted    ${report.accepted}, failed ${report.failed}`,
        `terminal    ${report.settled}: ${Object.entries(report.states)
          .map(([status, count]) => `${count} ${status}`)
          .join(', ')}`,
        `mails       ${mails}`,
        `paid        ${dollars(report.paidNow)} at today's prices, ${dollars(report.paidThen)} then`,
        `throughput  ${report.throughput} purchases/s over ${report.seconds} s, ${report.retries} repeated requests`,
        `placing     p50 ${report.placeMs.p50} ms, p95 ${report.placeMs.p95} ms, p99 ${report.placeMs.p99} ms (sign-in, cart and order together)`,
        ...(kills.length > 0
          ? [`killed      ${kills.length} processes with SIGKILL: ${kill} ${times} times each`]
          : []),
        ...report.failures.map((failure) => `failed      ${failure}`),
        `history     ${history} (npx cloudmart laws --history ${history})`,
        '',
      ].join('\n'),
    );
  process.exitCode = report.failed > 0 ? 1 : 0;
};

/** `cloudmart replay`: the purchases of a real shop, through the public door of a running platform. */
export const replayCommand = (): Command =>
  new Command('replay')
    .description("Replay a real shop's purchases through the public door of a running platform.")
    .option('--rate <n>', 'purchases begun per second', '30')
    .option('--limit <n>', 'only the first so many purchases')
    .option('--patience <seconds>', 'how long one request is repeated before its purchase counts as failed', '120')
    .option('--kill <services>', 'kill -9 these meanwhile, comma-separated; "relay" is who publishes the order events')
    .option('--times <n>', 'how often each of them is killed', '5')
    .option('--data <dir>', 'folder of the running platform', '.cloudmart')
    .option('--json', 'print the report as one line of JSON')
    .action(run);
