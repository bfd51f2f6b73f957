/** The envelope of every event: CloudEvents 1.0 in JSON with the extensions that consumers rely on. */
import { z } from 'zod';

/**
 * Envelope around `data`.
 * `subject` is the aggregate id and the record key; `sequence` counts 1, 2, 3 ... per aggregate without a gap.
 */
export const cloudEventSchema = <Type extends string, Data extends z.ZodType>(type: Type, data: Data) =>
  z.object({
    specversion: z.literal('1.0'),
    id: z.string().regex(/^evt_[0-9a-hjkmnp-tv-z]{26}$/),
    source: z.string().min(1),
    type: z.literal(type),
    subject: z.string().min(1),
    time: z.iso.datetime(),
    datacontenttype: z.literal('application/json'),
    data,
    sequence: z.int().min(1),
    traceparent: z.string().optional(),
    idempotencykey: z.string().optional(),
  });
