/** Every pipeline that the manifests declare, and how it is; `/operations/pipelines`. */
import { z } from 'zod';
import { exampleTime, timestampSchema } from '../values.ts';

/** A service of the cluster that reads a topic; a function that does, or that follows a table; a stream job. */
export const pipelineKinds = ['consumer', 'function', 'table-function', 'stream-job'] as const;

/** `behind`: what waits is older than it may be; `stopped`: nobody reads; `unknown`: nobody can tell from here. */
export const pipelineStatuses = ['well', 'behind', 'stopped', 'unknown'] as const;

/** Seconds that an event may wait where the manifest of its reader says nothing. */
export const usualFreshnessSeconds = 60;

const examplePipeline = {
  kind: 'function',
  source: { kind: 'topic', name: 'order-events' },
  from: 'order',
  to: 'notification',
  status: 'well',
  isEnabled: true,
  lag: 0,
  lastEventAt: exampleTime,
  freshnessSeconds: 0,
  freshWithinSeconds: 60,
  deadLetters: 0,
  note: null,
};

const pipelineSchema = z
  .strictObject({
    kind: z.enum(pipelineKinds),
    /** What it reads. */
    source: z.strictObject({ kind: z.enum(['topic', 'table']), name: z.string() }),
    /** Who writes there. */
    from: z.string(),
    to: z.string(),
    status: z.enum(pipelineStatuses),
    /** Whether somebody reads: members of a group, an event source mapping, a running job. Null: unknown. */
    isEnabled: z.boolean().nullable(),
    /** Records or changes that it has not handled; null: unknown. */
    lag: z.int().nullable(),
    /** When something was written there last; null: never, or unknown. */
    lastEventAt: timestampSchema.nullable(),
    /** How long the oldest unhandled one has waited; 0 where none waits; null: unknown. */
    freshnessSeconds: z.number().nullable(),
    /** How long it may wait. */
    freshWithinSeconds: z.number(),
    /** Dead letters of this reader that wait for somebody; null: unknown. */
    deadLetters: z.int().nullable(),
    note: z.string().nullable(),
  })
  .meta({ example: examplePipeline });

export const pipelinesAnswer = z
  .strictObject({ at: timestampSchema, pipelines: z.array(pipelineSchema) })
  .meta({ example: { at: exampleTime, pipelines: [examplePipeline] } });

export type Pipeline = z.output<typeof pipelineSchema>;

/** Well where somebody reads and nothing waits for longer than it may; where nobody can tell whether somebody reads, what waits tells. */
export const pipelineStatus = ({
  isEnabled,
  freshnessSeconds,
  freshWithinSeconds,
}: Pick<Pipeline, 'isEnabled' | 'freshnessSeconds' | 'freshWithinSeconds'>): Pipeline['status'] => {
  if (isEnabled === false) return 'stopped';
  if (freshnessSeconds !== null && freshnessSeconds > freshWithinSeconds) return 'behind';
  return isEnabled === null ? 'unknown' : 'well';
};
