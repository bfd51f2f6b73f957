/** How far the consumers of each topic are, and moving one of them; `/operations/consumers`. */
import { z } from 'zod';
import { exampleId, exampleTime, timestampSchema } from '../values.ts';
import { actBody } from './acts-api.ts';

/** The most partitions that a topic may have here; the largest of the shop has 12. */
export const mostPartitions = 1_000;

const groupName = z.string().regex(/^[a-z0-9-]{1,100}$/, 'must be a name of a-z, 0-9 and "-"');
const offset = z.int().min(0);

const exampleConsumer = {
  group: 'cart',
  topic: 'order-events',
  isDeclared: true,
  members: 2,
  lag: 4,
  oldestUnreadAt: exampleTime,
  partitions: [
    { partition: 0, earliest: 0, end: 812, committed: 808, lag: 4, oldestUnreadAt: exampleTime, heldBy: 'cart@a:1' },
  ],
};

const consumerSchema = z
  .strictObject({
    group: z.string(),
    topic: z.string(),
    /** Whether a manifest says that there is such a consumer; others are strangers to the shop. */
    isDeclared: z.boolean(),
    /** Members that hold partitions of the topic now. */
    members: z.int(),
    /** Records that it has not handled, of all partitions. */
    lag: z.int(),
    /** When the oldest of them was published. */
    oldestUnreadAt: timestampSchema.nullable(),
    partitions: z.array(
      z.strictObject({
        partition: z.int(),
        earliest: z.int(),
        end: z.int(),
        /** Null: it has never committed here, and begins with the oldest record. */
        committed: z.int().nullable(),
        lag: z.int(),
        oldestUnreadAt: timestampSchema.nullable(),
        heldBy: z.string().nullable(),
      }),
    ),
  })
  .meta({ example: exampleConsumer });

export const consumersAnswer = z
  .strictObject({ consumers: z.array(consumerSchema) })
  .meta({ example: { consumers: [exampleConsumer] } });

export const resetTargets = ['earliest', 'latest', 'timestamp', 'shift', 'offset'] as const;

const moveSchema = z.strictObject({
  partition: z.int().min(0).max(mostPartitions),
  /** Where the group is now; null: nowhere yet. */
  from: offset.nullable(),
  to: offset,
});

/**
 * A dry run says where to, and answers with the plan; what is executed is a plan that was shown, and it is refused when anything that it
 * stands on has changed meanwhile.
 */
export const resetOffsetsBody = z
  .strictObject({
    ...actBody,
    topic: groupName,
    to: z.enum(resetTargets).optional(),
    /** With `timestamp`: the first record that was published then or later. */
    at: timestampSchema.max(40).optional(),
    /** With `shift`: records to skip, or to handle again where it is negative. */
    by: z.int().optional(),
    /** With `offset`. */
    offset: offset.optional(),
    /** Default all. */
    partitions: z.array(z.int().min(0).max(mostPartitions)).min(1).max(50).optional(),
    plan: z.array(moveSchema).min(1).max(50).optional(),
  })
  .refine(
    ({ dryRun, to, plan }) =>
      dryRun ? to !== undefined && plan === undefined : plan !== undefined && to === undefined,
    {
      message: 'must say "to" in a dry run, and give the "plan" that it answered with otherwise',
    },
  )
  .refine(
    ({ to, at, by, offset: place }) =>
      (to === 'timestamp') === (at !== undefined) &&
      (to === 'shift') === (by !== undefined) &&
      (to === 'offset') === (place !== undefined),
    { message: 'must give "at" with timestamp, "by" with shift, "offset" with offset, and none of them otherwise' },
  )
  .meta({ example: { topic: 'order-events', to: 'earliest', reason: 'rebuild the figures', dryRun: true } });

export const resetOffsetsAnswer = z
  .strictObject({
    group: z.string(),
    topic: z.string(),
    plan: z.array(
      z.strictObject({
        ...moveSchema.shape,
        earliest: offset,
        end: offset,
        /** What there is to know of this target; null: nothing. */
        note: z.string().nullable(),
      }),
    ),
    isExecuted: z.boolean(),
    actId: z.string().nullable(),
  })
  .meta({
    example: {
      group: 'cart',
      topic: 'order-events',
      plan: [{ partition: 0, from: 808, to: 0, earliest: 0, end: 812, note: null }],
      isExecuted: true,
      actId: exampleId('act'),
    },
  });

/** Name of a group in a path. */
export const groupSchema = groupName.meta({ example: 'cart' });

export type ConsumerView = z.output<typeof consumerSchema>;
export type ResetOffsetsBody = z.output<typeof resetOffsetsBody>;
export type ResetOffsetsAnswer = z.output<typeof resetOffsetsAnswer>;
export type PlannedMove = ResetOffsetsAnswer['plan'][number];
