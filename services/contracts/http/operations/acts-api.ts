/** What staff did to the shop, when, why, and what came of it; `/operations/acts`. */
import { z } from 'zod';
import { exampleId, exampleTime, idSchema, pageQuery, pageSchema, textSchema, timestampSchema } from '../values.ts';

/** Characters of a reason: a sentence or two. */
export const reasonSchema = textSchema(500);

/** Part of the body of every act that changes something. */
export const actBody = {
  /** Why; it stands in the audit trail. */
  reason: reasonSchema,
  /** Whether it is only said what would be done; default false. Nothing is noted then. */
  dryRun: z.boolean().default(false),
};

export const actOutcomes = ['done', 'refused', 'failed'] as const;

const exampleAct = {
  id: exampleId('act'),
  actor: exampleId('usr'),
  act: 'dead-letters.replay',
  subject: { ids: ['order-events:12'] },
  reason: 'mended in release 214',
  begunAt: exampleTime,
  endedAt: exampleTime,
  outcome: 'done',
  detail: { replayed: 1 },
};

const actSchema = z
  .strictObject({
    id: idSchema('act'),
    /** Account of who did it. */
    actor: z.string(),
    /** `<family>.<verb>`; a newer version may know more. */
    act: z.string(),
    /** What it was done to. */
    subject: z.record(z.string(), z.unknown()),
    reason: z.string(),
    begunAt: timestampSchema,
    /** Null while it is under way; an old one without it ended with its process. */
    endedAt: timestampSchema.nullable(),
    outcome: z.enum(actOutcomes).nullable(),
    /** What came of it, or the code of its refusal. */
    detail: z.record(z.string(), z.unknown()).nullable(),
  })
  .meta({ example: exampleAct });

export const listActsQuery = z.strictObject(pageQuery);
export const actPage = pageSchema(actSchema);

export type Act = z.output<typeof actSchema>;
