import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createJobs, type Jobs, type WorkOptions } from './jobs.ts';
import { createLogger } from './logger.ts';
import { eventually } from './testing/condition.ts';
import { type TestDatabase, testDatabase } from './testing/postgres.ts';

const logger = createLogger('test', 'silent');
let postgres: TestDatabase;
beforeAll(async () => {
  postgres = await testDatabase();
});
afterAll(() => postgres.drop());

/** Runs a worker for the length of a test and tells what it was given. */
const withWorker = async (
  queue: string,
  options: WorkOptions,
  handler: (payload: { n: number }) => Promise<unknown>,
  story: (jobs: Jobs, seen: number[]) => Promise<void>,
) => {
  const jobs = createJobs({ database: postgres.open(), logger });
  const seen: number[] = [];
  jobs.work<{ n: number }>(queue, options, async (payload) => {
    seen.push(payload.n);
    await handler(payload);
  });
  await jobs.start();
  try {
    await story(jobs, seen);
  } finally {
    await jobs.stop();
  }
};

describe('jobs', () => {
  test('a job exists if, and only if, the transaction that queued it commits', () =>
    withWorker(
      'committed',
      {},
      async () => undefined,
      async (jobs, seen) => {
        await postgres.database.transaction((tx) => jobs.enqueue(tx, 'committed', { n: 1 }));
        const rolledBack = postgres.database.transaction(async (tx) => {
          await jobs.enqueue(tx, 'committed', { n: 2 });
          throw new Error('changed its mind');
        });
        await expect(rolledBack).rejects.toThrow('changed its mind');
        await jobs.enqueue(undefined, 'committed', { n: 3 });
        await eventually(() => expect(seen.toSorted()).toEqual([1, 3]));
      },
    ));

  test('a failed job is tried again, and after its last try lies in the dead letters', () =>
    withWorker(
      'failing',
      { retryLimit: 1, retryDelaySeconds: 1 },
      () => Promise.reject(new Error('no')),
      async (jobs, seen) => {
        await jobs.enqueue(undefined, 'failing', { n: 1 });
        await eventually(
          async () => {
            const { rows } = await postgres.database.query<{ data: unknown }>(
              `SELECT data FROM jobs.job WHERE name = 'failing-dead'`,
            );
            expect(rows).toEqual([{ data: { n: 1 } }]);
          },
          { timeoutMs: 20_000 },
        );
        expect(seen).toEqual([1, 1]);
      },
    ));

  test('one failing job does not hold up the others of its batch', () =>
    withWorker(
      'mixed',
      { retryLimit: 0 },
      async ({ n }) => {
        if (n === 2) throw new Error('poison');
      },
      async (jobs, seen) => {
        for (const n of [1, 2, 3]) await jobs.enqueue(undefined, 'mixed', { n });
        await eventually(async () => {
          const { rows } = await postgres.database.query<{ state: string; count: string }>(
            `SELECT state, count(*) FROM jobs.job WHERE name = 'mixed' GROUP BY state`,
          );
          expect(Object.fromEntries(rows.map(({ state, count }) => [state, count]))).toEqual({
            completed: '2',
            failed: '1',
          });
        });
        expect(seen.toSorted()).toEqual([1, 2, 3]);
      },
    ));

  test('a scheduled job runs in one of the processes that schedule it', async () => {
    let runs = 0;
    const replicas = [
      createJobs({ database: postgres.open(), logger }),
      createJobs({ database: postgres.open(), logger }),
    ];
    for (const jobs of replicas) jobs.schedule('sweep', 3_600, async () => (runs += 1));
    await Promise.all(replicas.map((jobs) => jobs.start()));
    await Promise.all(replicas.map((jobs) => jobs.enqueue(undefined, 'sweep', {}, { singletonKey: 'now' })));
    await eventually(() => expect(runs).toBeGreaterThanOrEqual(1));
    await Promise.all(replicas.map((jobs) => jobs.stop()));
  });
});
