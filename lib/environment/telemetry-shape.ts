/** What an environment keeps of what the services measure themselves. */
import { z } from 'zod';
import { count } from './value-shapes.ts';

export const metricsShape = z
  .strictObject({
    everySeconds: count(15, 300).describe('Seconds between two readings of a pod; each metric is billed per reading.'),
    keepDays: count(1, 1095).describe('Days that metrics are kept.'),
  })
  .optional()
  .describe(
    'What the services measure themselves, read by a collector of Managed Prometheus and kept there; absent: nobody reads it.',
  );

export const tracesShape = z
  .strictObject({
    share: z
      .number()
      .min(0)
      .max(1)
      .describe(
        'Share of all traces that is recorded, 0 to 1; each is recorded whole or not at all, also one that will fail. X-Ray bills per recorded trace.',
      ),
  })
  .optional()
  .describe(
    "Spans of requests, sent to X-Ray by CloudWatch's agent on the nodes and by Lambda's own daemon; absent: none is recorded, and the names of traces travel all the same.",
  );
