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
    endpoint: z
      .string()
      .regex(
        /^http:\/\/[a-z0-9-]+\.[a-z0-9-]+\.svc\.cluster\.local:\d{2,5}$/,
        'http://<service>.<namespace>.svc.cluster.local:<port>',
      )
      .describe('Collector in the cluster that takes OTLP over HTTP from the pods.'),
    functionsEndpoint: z
      .url({ protocol: /^https$/ })
      .optional()
      .describe(
        'Collector that takes OTLP over HTTP from the functions, which are outside of the cluster; absent: they record no spans.',
      ),
    share: z.number().min(0).max(1).describe('Share of all traces that is recorded, 0 to 1.'),
  })
  .optional()
  .describe(
    'Where the spans of requests are sent; absent: none is recorded, and the names of traces travel all the same. The collector itself is not made here.',
  );
