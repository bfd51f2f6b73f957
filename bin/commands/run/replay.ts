import { localDataFolder } from '../../../lib/names.ts';
import { secondsLeft } from '../../../lib/replay/forecast.ts';
import type { Kill } from '../../../lib/replay/kill-meanwhile.ts';
import { killTargets } from '../../../lib/replay/kill-targets.ts';
import { PURCHASES_AT_ONCE, type ReplayProgress } from '../../../lib/replay/replay.ts';
import { hasFindings, type PlatformReplayReport, replayPlatform } from '../../../lib/replay/replay-platform.ts';
import { SIGN_INS_AT_ONCE } from '../../../lib/replay/shopper.ts';
import type { Spread } from '../../../lib/replay/spread.ts';
import type { WarehouseAudit } from '../../../lib/replay/warehouse-audit.ts';
import { durationOf } from '../../command-line/duration.ts';
import { labelled } from '../../command-line/labelled.ts';
import { type Mood, print } from '../../command-line/print.ts';
import { createProgressLine } from '../../command-line/progress-line.ts';
import type { ReplayFlags } from '../replay.ts';

const TIMES = 5;
/** Orders that are named; `--json` has them all. */
const SHOWN = 5;

const item = (label: string, text: string, mood?: Mood) => labelled(label, text, mood && { mood });

/** What names the platform to other commands, unless it is the one that they take anyway. */
const named = (data: string): string => (data === localDataFolder ? '' : ` --data ${data}`);

const moodOf = (findings: number): Mood => (findings === 0 ? 'good' : 'bad');

const dollars = (cents: number) =>
  new Intl.NumberFormat('en-US', { style: 'currency', currency: 'USD' }).format(cents / 100);

const spreadText = (name: string, { p50, p95, p99 }: Spread) =>
  [name.padEnd(9), ...[p50, p95, p99].map((ms) => String(ms).padStart(8))].join('');

/** How long a payment takes to its row in the warehouse, and where on the way. */
const rowLines = ({ eventToRowMs, eventToLedgerMs, ledgerToRowMs }: WarehouseAudit): string[] => [
  ...item('event', spreadText('to row', eventToRowMs)),
  ...item('of that', spreadText('to ledger', eventToLedgerMs)),
  ...item('', spreadText('then', ledgerToRowMs)),
];

const idLines = (what: string, ids: readonly string[]): string[] => [
  ...ids.slice(0, SHOWN).flatMap((id) => item(what, id, 'bad')),
  ...(ids.length > SHOWN ? item('', `and ${ids.length - SHOWN} more`) : []),
];

const killLines = (kills: readonly Kill[]): string[] => {
  if (kills.length === 0) return [];
  const counts = Map.groupBy(kills, ({ target }) => target);
  return item('killed', [...counts].map(([target, of]) => `${target} ${of.length}`).join(', '));
};

const linesOf = (report: PlatformReplayReport, data: string): string[] => {
  const { answerMs, failures, failed, kills, mails, orders, queueMs, states, warehouse } = report;
  const settled = Object.entries(states).map(([status, count]) => `${count} ${status}`);
  return [
    ...item(
      'purchases',
      `${report.purchases} of ${report.customers} customers in ${durationOf(report.seconds * 1000)}`,
    ),
    ...item('accepted', `${report.accepted}, failed ${failed}`, moodOf(failed)),
    ...item('ended', settled.join(', ') || 'none'),
    ...item(
      'orders',
      `${orders.lost.length} lost, ${orders.doubled.length} doubled`,
      moodOf(orders.lost.length + orders.doubled.length),
    ),
    ...(orders.unheard.length > 0
      ? item('', `${orders.unheard.length} of failed purchases are there, though their answers were lost`)
      : []),
    ...(mails
      ? item('mails', `${mails.sent} of ${mails.expected} sent`, moodOf(mails.missing.length))
      : item('mails', 'none: no service sends any')),
    ...(warehouse
      ? item(
          'warehouse',
          `${warehouse.expected - warehouse.missing.length} of ${warehouse.expected} payments, ${dollars(warehouse.captured)}`,
          moodOf(warehouse.missing.length),
        )
      : []),
    ...item('paid', `${dollars(report.paidNow)} at today's prices, ${dollars(report.paidThen)} then`),
    ...item('pace', `${report.throughput} purchases/s, ${report.retries} requests repeated`),
    '',
    ...item('the shop', `${'answers'.padEnd(9)}${['p50', 'p95', 'p99 ms'].map((name) => name.padStart(8)).join('')}`),
    ...item('', spreadText('sign-in', answerMs.signIn)),
    ...item('', spreadText('cart', answerMs.cart)),
    ...item('', spreadText('order', answerMs.order)),
    ...(warehouse ? rowLines(warehouse) : []),
    ...item('this tool', spreadText('queue', queueMs)),
    ...item(
      '',
      `its own waiting, part of no answer: at most ${PURCHASES_AT_ONCE} purchases and ${SIGN_INS_AT_ONCE} sign-ins at once, a customer's purchases one after the other${kills.length > 0 ? ', and pauses between kills' : ''}`,
      'aside',
    ),
    ...(kills.length > 0 ? ['', ...killLines(kills)] : []),
    ...failures.flatMap((failure) => item('failed', failure, 'bad')),
    ...idLines('lost', orders.lost),
    ...idLines('doubled', orders.doubled),
    ...idLines('no mail', mails?.missing ?? []),
    ...idLines('no row', warehouse?.missing ?? []),
    '',
    'What was promised is on record; what must be true now, this checks:',
    `npx cloudmart laws${named(data)} --history ${report.history}`,
  ];
};

const progressText = (progress: ReplayProgress, count: number, rate: number): string => {
  const { settled, failed, seconds } = progress;
  const over = settled + failed;
  const pace = seconds > 0 ? `${(over / seconds).toFixed(1)}/s` : '';
  const left = durationOf(secondsLeft(progress, count, rate) * 1000);
  return [
    `${over} of ${count}`,
    ...(pace === '' ? [] : [pace]),
    ...(failed > 0 ? [`${failed} failed`] : []),
    `about ${left} left`,
  ].join(', ');
};

/** Replays and prints what came of it; a failed purchase, a lost or doubled order and a missing mail are findings. */
export const runReplay = async (file: string | undefined, flags: ReplayFlags, signal: AbortSignal): Promise<void> => {
  const { data, rate, limit, patience, kill, times = TIMES, json } = flags;
  const line = createProgressLine();
  try {
    const report = await replayPlatform({
      dataFolder: data,
      file,
      rate,
      limit,
      patienceSeconds: patience,
      kills: kill && { targets: kill === true ? killTargets : kill, times },
      signal,
      onKill: ({ target, pid, afterPurchases }) =>
        line.say(`killed ${target} (process ${pid}) after ${afterPurchases} purchases`),
      onRestart: (pid) =>
        line.say(`the platform runs again as process ${pid}; "npx cloudmart stop${named(data)}" ends it`),
      onProgress: (progress, count) =>
        line.show((progress.settled + progress.failed) / count, () => progressText(progress, count, rate)),
      onMailWait: (missing) => line.show(1, () => `waiting for ${missing} mails`),
    });
    line.end();
    print(json, report, () => linesOf(report, data));
    if (hasFindings(report)) process.exitCode = 1;
  } finally {
    line.end();
  }
};
