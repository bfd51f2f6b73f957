/** Every error answer: RFC 9457 with a stable code. */
import { z } from 'zod';

export const problemSchema = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  code: z.string(),
  detail: z.string(),
  errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
  /** What the request took for granted, and what is so instead; both or neither. */
  expected: z.unknown().optional(),
  actual: z.unknown().optional(),
  traceId: z.string(),
});

export type Problem = z.output<typeof problemSchema>;
