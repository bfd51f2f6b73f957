/** A process that works on jobs and never finishes one: `node job-process.ts <database url> <queue>`; made to be killed. */
import { createJobs } from '../../jobs/jobs.ts';
import { createDatabase } from '../../storage/database.ts';
import { createLogger } from '../../telemetry/logger.ts';

const [url, queue] = process.argv.slice(2);
if (!url || !queue) throw new Error('usage: node job-process.ts <database url> <queue>');

const logger = createLogger('job-process', 'silent');
const jobs = createJobs({ database: createDatabase({ url, connections: 2, logger }), logger });
jobs.work<{ n: number }>(queue, {}, async ({ n }) => {
  process.stdout.write(`${n}\n`);
  await new Promise(() => undefined);
});
await jobs.start();
