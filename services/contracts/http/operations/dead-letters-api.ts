/** Records that a consumer could not handle: listed, shown, replayed, reviewed; `/operations/dead-letters`. */
import { z } from 'zod';
import { exampleTime, pageQuery, pageSchema, timestampSchema } from '../values.ts';
import { actBody, reasonSchema } from './acts-api.ts';

/** Replays of one event for one consumer after which a person has to decide about the next. */
export const replaysBeforeReview = 3;

/** Dead letters that one request replays at most. */
export const mostReplayedAtOnce = 100;

/**
 * `new`: nobody decided; `reviewed`: may be replayed whatever happened before; `replaying`: on its way back; `replayed`: it is in its topic
 * again; `discarded`: it shall have no effect; `gone`: its topic keeps it no longer.
 */
export const deadLetterStates = ['new', 'reviewed', 'replaying', 'replayed', 'discarded', 'gone'] as const;

const nameSchema = z.string().regex(/^[a-z0-9-]{1,100}$/, 'must be a name of a-z, 0-9 and "-"');

/** Topic and place in its dead-letter topic. */
export const deadLetterIdSchema = z
  .string()
  .regex(/^[a-z0-9-]{1,80}:\d{1,15}$/, 'must be topic and place, such as order-events:12')
  .meta({ example: 'order-events:12' });

const exampleLetter = {
  id: 'order-events:12',
  topic: 'order-events',
  consumer: 'cart',
  reason: 'failed',
  key: 'ord_01jdq5w8m3k7x2r9v4t6y0z1ab',
  eventId: 'evt_01jdq5w8m3k7x2r9v4t6y0z1ab',
  eventType: 'order.placed.v1',
  attempts: 5,
  firstFailure: exampleTime,
  lastFailure: exampleTime,
  errorClass: 'TypeError',
  errorMessage: 'unit is not iterable',
  origin: { partition: 3, offset: 812 },
  diedAt: exampleTime,
  state: 'new',
  replays: 0,
  needsReview: false,
  touchedBy: null,
  touchedAt: null,
  actId: null,
};

const letterShape = {
  id: deadLetterIdSchema,
  topic: z.string(),
  /** Group or function that could not handle it; the others were not disturbed. Empty where nobody noted it. */
  consumer: z.string(),
  /** `invalid`, `failed` or `behind`: an earlier event of its key is a dead letter. */
  reason: z.string(),
  key: z.string(),
  eventId: z.string().nullable(),
  eventType: z.string().nullable(),
  attempts: z.int(),
  firstFailure: timestampSchema.nullable(),
  lastFailure: timestampSchema.nullable(),
  errorClass: z.string(),
  errorMessage: z.string(),
  /** Its place in the topic; null where nobody noted it. */
  origin: z.strictObject({ partition: z.int(), offset: z.int() }).nullable(),
  diedAt: timestampSchema,
  state: z.enum(deadLetterStates),
  /** How often the same event had been replayed for this consumer before it died this time. */
  replays: z.int(),
  /** Whether it died after {@link replaysBeforeReview} replays and waits for a person's decision. */
  needsReview: z.boolean(),
  /** Account of who decided last. */
  touchedBy: z.string().nullable(),
  touchedAt: timestampSchema.nullable(),
  /** Act of the audit trail by which it was decided. */
  actId: z.string().nullable(),
};

export const deadLetterSchema = z.strictObject(letterShape).meta({ example: exampleLetter });

export const deadLetterAnswer = z
  .strictObject({
    ...letterShape,
    /** The record as it was published; null once its topic keeps it no longer. */
    record: z.strictObject({ value: z.string(), headers: z.record(z.string(), z.string()) }).nullable(),
    /** The other times that the same event died for this consumer, oldest first. */
    sameEvent: z.array(deadLetterSchema),
  })
  .meta({ example: { ...exampleLetter, record: { value: '{}', headers: {} }, sameEvent: [] } });

const filterShape = {
  topic: nameSchema.optional(),
  consumer: nameSchema.optional(),
};

export const listDeadLettersQuery = z.strictObject({
  ...filterShape,
  state: z.enum(deadLetterStates).optional(),
  ...pageQuery,
});
export const deadLetterPage = pageSchema(deadLetterSchema);

/** Either ids or a filter; of a filter everything that was there when the first request of it came. */
export const replayBody = z
  .strictObject({
    ...actBody,
    ids: z.array(deadLetterIdSchema).min(1).max(mostReplayedAtOnce).optional(),
    filter: z.strictObject(filterShape).optional(),
    /** How far each dead-letter topic is replayed, as the first answer says; default as far as it is now. */
    upTo: z.record(nameSchema, z.int().min(0)).optional(),
  })
  .refine(({ ids, filter }) => (ids === undefined) !== (filter === undefined), 'must have either ids or a filter')
  .meta({ example: { ids: ['order-events:12'], reason: 'mended in release 214', dryRun: true } });

/**
 * `replayed`, or why not: `needs-review`; `waits`: an earlier one of its key has to go first; `taken`: somebody else is at it;
 * `done`: replayed or discarded already; `gone`; `unknown`. `would-replay` in a dry run.
 */
export const replayResults = [
  'replayed',
  'would-replay',
  'needs-review',
  'waits',
  'taken',
  'done',
  'gone',
  'unknown',
] as const;

export const replayAnswer = z
  .strictObject({
    results: z.array(z.strictObject({ id: z.string(), result: z.enum(replayResults) })),
    /** How many of the filter are left to be replayed; ask again with `upTo` for them. */
    left: z.int(),
    /** How many of the filter wait for a person's decision, their own or that of an earlier one of their key. */
    held: z.int(),
    /** Places that are not reached: give it to the next request of the same replay. */
    upTo: z.record(z.string(), z.int()),
    actId: z.string().nullable(),
  })
  .meta({
    example: {
      results: [{ id: 'order-events:12', result: 'would-replay' }],
      left: 0,
      held: 0,
      upTo: { 'order-events': 13 },
      actId: null,
    },
  });

export const reviewBody = z
  .strictObject({
    /** `replay`: it may be replayed once more; `discard`: it shall never have an effect. */
    decision: z.enum(['replay', 'discard']),
    reason: reasonSchema,
  })
  .meta({ example: { decision: 'discard', reason: 'a test order of ours' } });

export const reviewAnswer = z
  .strictObject({ deadLetter: deadLetterSchema })
  .meta({ example: { deadLetter: exampleLetter } });

export type DeadLetterView = z.output<typeof deadLetterSchema>;
export type DeadLetterState = (typeof deadLetterStates)[number];
export type ReplayResult = (typeof replayResults)[number];
export type ReplayAnswer = z.output<typeof replayAnswer>;
