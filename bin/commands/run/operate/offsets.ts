import type { PlannedMove, ResetOffsetsAnswer } from '../../../../lib/shop/operations-views.ts';
import { actOf } from '../../../command-line/act-options.ts';
import { columns, paint, print, say } from '../../../command-line/print.ts';
import { signedInAsStaff } from '../../../command-line/sign-in-as-staff.ts';
import type { OffsetsFlags } from '../../operate/offsets.ts';

const meaningOf = ({ from, to, earliest }: PlannedMove): string => {
  const change = to - (from ?? earliest);
  if (change === 0) return 'stays';
  return change > 0 ? paint('doubtful', `skips ${change}`) : `handles ${-change} again`;
};

const planLines = ({ group, topic, plan }: ResetOffsetsAnswer): string[] => [
  `${group} in ${topic}`,
  ...columns([
    ['partition', 'is at', 'goes to', 'kept', '', ''],
    ...plan.map((move) => [
      String(move.partition),
      String(move.from ?? 'none'),
      String(move.to),
      `${move.earliest} to ${move.end}`,
      meaningOf(move),
      move.note ?? '',
    ]),
  ]),
];

/** Where to, as the door wants it. */
const targetOf = ({ to, at, by = 0, offset }: OffsetsFlags) =>
  to === 'skip' || to === 'again'
    ? { to: 'shift' as const, by: to === 'skip' ? by : -by }
    : { to, ...(at !== undefined && { at }), ...(offset !== undefined && { offset }) };

/** Plans a move, shows it, and unless it is a dry run has exactly this plan executed. */
export const runOffsetsReset = async (flags: OffsetsFlags): Promise<void> => {
  const { reason, dryRun } = actOf(flags);
  const { consumer: group, topic, partition, json } = flags;
  const partitions = partition === undefined ? undefined : [partition];
  const answer = await signedInAsStaff(flags, async ({ operations }) => {
    const params = { group };
    const planned = await operations.resetOffsets({
      params,
      body: { topic, ...targetOf(flags), partitions, reason, dryRun: true },
    });
    if (dryRun) return planned;
    if (!json) for (const line of planLines(planned)) say(line);
    const plan = planned.plan.map((move) => ({ partition: move.partition, from: move.from, to: move.to }));
    return operations.resetOffsets({ params, body: { topic, plan, reason, dryRun: false } });
  });
  print(json, answer, () =>
    answer.isExecuted
      ? [paint('good', `moved; ${answer.actId} of the audit trail`)]
      : [...planLines(answer), 'nothing was moved'],
  );
};
