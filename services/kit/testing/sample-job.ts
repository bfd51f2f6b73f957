/** A stream job's aggregator as a process of its own in the tests of the kit: it passes on every event that it reads. */
import * as z from 'zod';
import { runLocalJob } from '../stream-jobs/run-local-job.ts';
import { testManifest } from './manifest.ts';

const manifest = testManifest({
  name: 'trends',
  kind: 'stream-job',
  ports: {},
  publishes: { 'trend-events': { partitions: 1, retentionDays: 1 } },
  consumes: { 'stock-events': 'all' },
});

await runLocalJob(manifest, z.object({}), async ({ log }) => {
  const subscription = await log.subscribe({
    group: manifest.name,
    topics: ['stock-events'],
    handle: (records) =>
      log.append(
        'trend-events',
        records.map(({ key, value }) => ({ key, value })),
      ),
  });
  return { stop: () => subscription.close() };
});
