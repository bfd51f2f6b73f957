import { InvalidArgumentError } from 'commander';
import type { DeadLetterView, ReplayAnswer, ReplayResult } from '../../../../lib/shop/operations-views.ts';
import type { AdminSession } from '../../../../lib/shop/staff-session.ts';
import { actOf } from '../../../command-line/act-options.ts';
import { type ToldRow, toldRows, toSecond } from '../../../command-line/labelled.ts';
import { columns, paint, print, say } from '../../../command-line/print.ts';
import { signedInAsStaff } from '../../../command-line/sign-in-as-staff.ts';
import type { DlqAction, DlqFlags } from '../../operate/dlq.ts';

type Operations = AdminSession['operations'];

/** States in which somebody has to do something. */
const waits = ({ state }: DeadLetterView) => state === 'new' || state === 'reviewed' || state === 'replaying';

const stateOf = (letter: DeadLetterView) => {
  if (letter.needsReview) return paint('bad', 'needs review');
  return paint(waits(letter) ? 'doubtful' : 'aside', letter.state);
};

const whyOf = ({ reason, errorClass, errorMessage }: DeadLetterView) =>
  `${reason}: ${[errorClass, errorMessage].filter(Boolean).join(': ') || 'no reason noted'}`;

const letterRows = (letters: readonly DeadLetterView[]): ToldRow[] => [
  { cells: ['dead letter', 'state', 'consumer', 'replays'], text: 'died at, event, key, why' },
  ...letters.map((letter) => ({
    cells: [letter.id, stateOf(letter), letter.consumer || '-', String(letter.replays)],
    text: `${toSecond(letter.diedAt)}, ${letter.eventType ?? 'no type'}, ${letter.key}, ${whyOf(letter)}`,
  })),
];

const list = async (operations: Operations, { topic, consumer, state, limit, json }: DlqFlags) => {
  const letters: DeadLetterView[] = [];
  for (let cursor: string | null | undefined; cursor !== null && letters.length < limit; ) {
    const query = { topic, consumer, state, cursor, limit: Math.min(100, limit - letters.length) };
    const page = await operations.deadLetters({ query });
    letters.push(...page.items);
    cursor = page.nextCursor;
  }
  print(json, { items: letters }, () =>
    letters.length === 0 ? [paint('good', 'no dead letters')] : toldRows(letterRows(letters)),
  );
  if (letters.some(waits)) process.exitCode = 1;
};

const show = async (operations: Operations, id: string, { json }: DlqFlags) => {
  const letter = await operations.deadLetter({ params: { id } });
  const { record, sameEvent, origin } = letter;
  print(json, letter, () => [
    ...columns([
      ['dead letter', letter.id],
      ['state', stateOf(letter)],
      ['consumer', letter.consumer || '-'],
      ['event', `${letter.eventType ?? '-'} ${letter.eventId ?? 'without an id'}`],
      ['key', letter.key],
      ['came from', origin ? `${letter.topic} partition ${origin.partition} offset ${origin.offset}` : letter.topic],
      ['tries', `${letter.attempts}, ${letter.firstFailure ?? '-'} to ${letter.lastFailure ?? '-'}`],
      ['why', whyOf(letter)],
      ['decided', letter.touchedBy ? `${letter.touchedAt} by ${letter.touchedBy} (${letter.actId})` : 'nobody yet'],
      ['died before', sameEvent.map((other) => `${other.id} ${other.state}`).join(', ') || 'never'],
    ]),
    ...(record
      ? ['', ...Object.entries(record.headers).map(([name, value]) => `${name}: ${value}`), record.value]
      : []),
    ...(record ? [] : [paint('bad', 'its topic keeps the record no longer')]),
  ]);
};

const good: readonly ReplayResult[] = ['replayed', 'would-replay', 'done'];

const resultLines = (results: ReplayAnswer['results'], held: number): string[] => {
  const rows = results.map(({ id, result }) => [id, paint(good.includes(result) ? 'good' : 'bad', result)]);
  const count = (result: ReplayResult) => results.filter((one) => one.result === result).length;
  const waiting = held > 0 ? `; ${held} wait for "npx cloudmart dlq review"` : '';
  return [
    ...columns(rows),
    results.length + held === 0
      ? paint('good', 'nothing waits')
      : `${count('replayed')} replayed, ${count('would-replay')} would be${waiting}`,
  ];
};

/** Asks until all are back that were there at the first request; a round that sends none ends it. */
const replayAll = async (operations: Operations, { topic, consumer, ...flags }: DlqFlags) => {
  const results: ReplayAnswer['results'] = [];
  for (let upTo: Record<string, number> | undefined; ; ) {
    const answer = await operations.replayDeadLetters({ body: { ...actOf(flags), filter: { topic, consumer }, upTo } });
    results.push(...answer.results);
    upTo = answer.upTo;
    const sent = answer.results.some(({ result }) => result === 'replayed');
    if (answer.left === 0 || !sent) return { results, left: answer.left, held: answer.held };
    say(`${results.length} so far, ${answer.left} to go`);
  }
};

const replay = async (operations: Operations, ids: readonly string[], flags: DlqFlags) => {
  const answer =
    ids.length === 0
      ? await replayAll(operations, flags)
      : await operations.replayDeadLetters({ body: { ...actOf(flags), ids: [...ids] } });
  const { results, left, held } = answer;
  print(flags.json, { results, left, held }, () => resultLines(results, held));
  if (held > 0 || results.some(({ result }) => !good.includes(result))) process.exitCode = 1;
};

const review = async (operations: Operations, id: string, flags: DlqFlags) => {
  const { decision = 'replay', reason, dryRun, json } = flags;
  if (dryRun) {
    const letter = await operations.deadLetter({ params: { id } });
    return print(json, { deadLetter: letter, decision }, () => [
      `${id} is ${letter.state}, and would be ${decision === 'replay' ? 'free to be replayed' : 'discarded'}`,
    ]);
  }
  if (reason === undefined) throw new InvalidArgumentError('say why with --reason "..."');
  const answer = await operations.reviewDeadLetter({ params: { id }, body: { decision, reason } });
  print(json, answer, () => [`${id} is ${answer.deadLetter.state}`]);
};

/** Does one thing about dead letters, as staff of the shop. */
export const runDlq = async (action: DlqAction, ids: readonly string[], flags: DlqFlags): Promise<void> => {
  // Before anybody signs in: a replay without a reason is wrong usage.
  if (action === 'replay') actOf(flags);
  const [id = ''] = ids;
  await signedInAsStaff(flags, ({ operations }) =>
    ({
      list: () => list(operations, flags),
      show: () => show(operations, id, flags),
      replay: () => replay(operations, ids, flags),
      review: () => review(operations, id, flags),
    })[action](),
  );
};
