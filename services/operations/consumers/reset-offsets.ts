import type {
  ConsumerView,
  PlannedMove,
  ResetOffsetsAnswer,
  ResetOffsetsBody,
} from '../../contracts/http/operations/consumers-api.ts';
import { type EventLog, GroupIsActive } from '../../kit/events/event-log.ts';
import { groupActive, groupUnknown, offsetOutside, planChanged, topicUnknown } from '../domain/operations-refusals.ts';
import { type PerformActEffects, performAct } from '../use-cases/perform-act.ts';
import { declaredConsumers, type LookAtConsumersEffects, lookAtConsumers } from './look-at-consumers.ts';

export type ResetOffsetsEffects = LookAtConsumersEffects &
  PerformActEffects & { readonly log: Pick<EventLog, 'offsetsSince' | 'resetOffsets'> };

type Partition = ConsumerView['partitions'][number];
type Target = { readonly to: number; readonly note: string | null };

/** Where a partition would go; nothing is brought within bounds in silence. */
const targetOf = (
  { earliest, end, committed }: Partition,
  { to, by = 0, offset = 0 }: Pick<ResetOffsetsBody, 'to' | 'by' | 'offset'>,
  since: number | undefined,
): Target => {
  switch (to) {
    case 'latest':
      return { to: end, note: null };
    case 'timestamp':
      return since === undefined
        ? { to: end, note: 'nothing was published since then, so it would wait for what comes' }
        : { to: since, note: null };
    case 'shift':
      return {
        to: (committed ?? earliest) + by,
        note: committed === null ? 'the group was never here; shifted from the oldest record' : null,
      };
    case 'offset':
      return { to: offset, note: null };
    default:
      return { to: earliest, note: null };
  }
};

const requireWithin = (moves: readonly PlannedMove[]): readonly PlannedMove[] => {
  const outside = moves.filter(({ to, earliest, end }) => to < earliest || to > end);
  if (outside.length > 0) throw offsetOutside(outside);
  return moves;
};

/** The group as it is now. Refuses what nobody knows, and what works. */
const standing = async (effects: ResetOffsetsEffects, group: string, topic: string): Promise<ConsumerView> => {
  const known = declaredConsumers(effects.platform);
  const topics = [...new Set(known.map((each) => each.topic))];
  const found = await lookAtConsumers(effects, (each) => each.group === group);
  if (found.length === 0) throw groupUnknown(group, [...new Set(known.map((each) => each.group))]);
  const consumer = found.find((each) => each.topic === topic);
  if (!consumer || consumer.partitions.length === 0)
    throw topicUnknown(topic, topics.includes(topic) ? found.map((each) => each.topic) : topics);
  // Members may hold other topics only, and would take up this one as well.
  if ((await effects.log.members(group)).length > 0) throw groupActive(group);
  return consumer;
};

const planFor = async (
  { log }: ResetOffsetsEffects,
  { topic, partitions }: ConsumerView,
  body: ResetOffsetsBody,
): Promise<readonly PlannedMove[]> => {
  const chosen = partitions.filter(({ partition }) => body.partitions?.includes(partition) ?? true);
  const missing = (body.partitions ?? []).filter((number) => !partitions.some(({ partition }) => partition === number));
  if (missing.length > 0)
    throw topicUnknown(`${topic} partition ${missing.join(', ')}`, [`0 to ${partitions.length - 1}`]);
  const since = body.at === undefined ? [] : await log.offsetsSince(topic, new Date(body.at));
  return requireWithin(
    chosen.map((place): PlannedMove => {
      const { partition, committed: from, earliest, end } = place;
      const first = since.find((each) => each.partition === partition)?.offset;
      return { partition, from, earliest, end, ...targetOf(place, body, first) };
    }),
  );
};

/** What was shown, on today's bounds. Refuses a plan whose group has moved since. */
const checkedPlan = (
  { partitions }: ConsumerView,
  plan: NonNullable<ResetOffsetsBody['plan']>,
): readonly PlannedMove[] =>
  requireWithin(
    plan.map(({ partition, from, to }) => {
      const now = partitions.find((each) => each.partition === partition);
      if (!now || now.committed !== from) throw planChanged(partition, from, now?.committed ?? null);
      return { partition, from, to, earliest: now.earliest, end: now.end, note: null };
    }),
  );

/**
 * Moves a group, for a replay or to skip. A dry run plans it; what is executed is a plan that was shown, as long as the group stands still
 * where the plan says. Refuses active groups, unknown topics and groups, and places that the topic does not keep.
 */
export const resetOffsets = async (
  effects: ResetOffsetsEffects,
  { group, actor, body }: { readonly group: string; readonly actor: string; readonly body: ResetOffsetsBody },
): Promise<ResetOffsetsAnswer> => {
  const { topic, reason, plan } = body;
  if (plan === undefined) {
    const planned = await planFor(effects, await standing(effects, group, topic), body);
    return { group, topic, plan: [...planned], isExecuted: false, actId: null };
  }
  const subject = { group, topic, plan };
  return performAct(effects, { actor, act: 'offsets.reset', subject, reason }, async (actId) => {
    const moves = checkedPlan(await standing(effects, group, topic), plan);
    const offsets = moves.map(({ partition, to: offset }) => ({ topic, partition, offset }));
    await effects.log.resetOffsets(group, offsets).catch((problem: unknown) => {
      throw problem instanceof GroupIsActive ? groupActive(group) : problem;
    });
    return {
      result: { group, topic, plan: [...moves], isExecuted: true, actId },
      detail: { partitions: moves.length },
    };
  });
};
