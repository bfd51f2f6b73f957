import { setTimeout as pause } from 'node:timers/promises';
import { checkEvents, type EventsChecked, repairEvents, wordsOf } from '../../../../lib/shop/check-events.ts';
import type { SequenceRepair, TailedEvent } from '../../../../lib/shop/operations-views.ts';
import type { AdminSession } from '../../../../lib/shop/staff-session.ts';
import { actOf } from '../../../command-line/act-options.ts';
import { columns, paint, print, say } from '../../../command-line/print.ts';
import { signedInAsStaff } from '../../../command-line/sign-in-as-staff.ts';
import type { EventsAction, EventsFlags } from '../../operate/events.ts';

/** Milliseconds between two looks for what came. */
const LOOK_EVERY_MS = 1_000;

const rowOf = ({ at, key, type, sequence, eventId, partition, offset }: TailedEvent): string[] => [
  at,
  type ?? '-',
  key,
  sequence === null ? '-' : String(sequence),
  eventId ?? '-',
  `${partition}/${offset}`,
];

const tail = async ({ operations }: AdminSession, { topic, type, key, limit, follow, json }: EventsFlags) => {
  const query = { topic, type, key, limit };
  let { events, next } = await operations.tailEvents({ query });
  if (!follow) return print(json, { events, next }, () => columns(events.map(rowOf)));
  for (;;) {
    for (const event of events) print(json, event, () => [rowOf(event).join('  ')]);
    if (events.length < limit) await pause(LOOK_EVERY_MS);
    ({ events, next } = await operations.tailEvents({ query: { ...query, after: next } }));
  }
};

const findingLines = ({ findings }: EventsChecked): string[] =>
  findings.flatMap((finding) => [
    `${paint('bad', finding.fault)}  ${finding.orderId} ${finding.sequence}  ${finding.eventId ?? ''}`,
    `    ${wordsOf(finding).means}`,
    `    ${finding.detail}`,
  ]);

const summaryOf = ({ orders, events, underWay, findings }: EventsChecked): string =>
  paint(
    findings.length === 0 ? 'good' : 'bad',
    `${orders} orders with ${events} events compared, ${underWay} under way: ${findings.length} findings`,
  );

const check = async (session: AdminSession, { days, json }: EventsFlags) => {
  const checked = await checkEvents(session, { days }, say);
  print(json, checked, () => [...findingLines(checked), summaryOf(checked)]);
  if (checked.findings.length > 0) process.exitCode = 1;
};

const repairLines = (repairs: readonly SequenceRepair[]): string[] =>
  repairs.map((repair) => {
    const { result, source, fault, orderId, sequence } = repair;
    const how = source === null ? `by hand: ${wordsOf(repair).byHand}` : `from the ${source}`;
    return `${paint(result === 'left' ? 'bad' : 'good', result)}  ${fault}  ${orderId} ${sequence}  ${how}`;
  });

const repair = async (session: AdminSession, flags: EventsFlags) => {
  const checked = await checkEvents(session, { days: flags.days }, say);
  const repairs = await repairEvents(session, checked.findings, actOf(flags));
  print(flags.json, { ...checked, repairs }, () => [...repairLines(repairs), summaryOf(checked)]);
  if (repairs.some(({ result }) => result !== 'repaired')) process.exitCode = 1;
};

/** Does one thing about events, as staff of the shop. */
export const runEvents = async (action: EventsAction, flags: EventsFlags): Promise<void> => {
  // Before anybody signs in: a repair without a reason is wrong usage.
  if (action === 'repair') actOf(flags);
  await signedInAsStaff(flags, (session) =>
    ({ tail: () => tail(session, flags), check: () => check(session, flags), repair: () => repair(session, flags) })[
      action
    ](),
  );
};
