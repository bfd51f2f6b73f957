import { setTimeout as pause } from 'node:timers/promises';
import { checkEvents, type EventsChecked, repairEvents, wordsOf } from '../../../../lib/shop/check-events.ts';
import type { SequenceRepair, TailedEvent } from '../../../../lib/shop/operations-views.ts';
import type { AdminSession } from '../../../../lib/shop/staff-session.ts';
import { actOf } from '../../../command-line/act-options.ts';
import { COLUMNS, wrapped } from '../../../command-line/help.ts';
import { paint, print, say } from '../../../command-line/print.ts';
import { signedInAsStaff } from '../../../command-line/sign-in-as-staff.ts';
import type { EventsAction, EventsFlags } from '../../operate/events.ts';

/** Milliseconds between two looks for what came. */
const LOOK_EVERY_MS = 1_000;

/** Two lines: what happened and where it stands, and whom it is about with its id, since the ids alone fill most of 80 columns. */
const linesOf = ({ at, key, type, sequence, eventId, partition, offset }: TailedEvent): string[] => [
  `${at}  ${type ?? '-'}${sequence === null ? '' : ` #${sequence}`}  ${paint('aside', `${partition}/${offset}`)}`,
  `    ${key}  ${eventId ?? '-'}`,
];

const tail = async ({ operations }: AdminSession, { topic, type, key, limit, follow, json }: EventsFlags) => {
  const query = { topic, type, key, limit };
  let { events, next } = await operations.tailEvents({ query });
  if (!follow)
    return print(json, { events, next }, () =>
      events.length === 0 ? [`no such events in ${topic}`] : events.flatMap(linesOf),
    );
  for (;;) {
    for (const event of events) print(json, event, () => linesOf(event));
    if (events.length < limit) await pause(LOOK_EVERY_MS);
    ({ events, next } = await operations.tailEvents({ query: { ...query, after: next } }));
  }
};

const indented = (text: string): string[] =>
  wrapped(text, COLUMNS - 4)
    .split('\n')
    .map((line) => `    ${line}`);

const findingLines = ({ findings }: EventsChecked): string[] =>
  findings.flatMap((finding) => [
    `${paint('bad', finding.fault)}  ${finding.orderId} ${finding.sequence}  ${finding.eventId ?? ''}`,
    ...indented(wordsOf(finding).means),
    ...indented(finding.detail),
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
  repairs.flatMap((repair) => {
    const { result, source, fault, orderId, sequence } = repair;
    const how = source === null ? `by hand: ${wordsOf(repair).byHand}` : `from the ${source}`;
    return [`${paint(result === 'left' ? 'bad' : 'good', result)}  ${fault}  ${orderId} ${sequence}`, ...indented(how)];
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
