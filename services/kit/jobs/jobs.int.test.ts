import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createLogger } from '../telemetry/logger.ts';
import { currentTraceparent, newTraceparent, traceIdOf } from '../telemetry/tracing.ts';
import { startChild } from '../testing/child-process.ts';
import { eventually } from '../testing/condition.ts';
import { type TestDatabase, testDatabase } from '../testing/postgres.ts';
import { inRequest } from '../testing/traces/in-request.ts';
import { createJobs, type Jobs, type WorkOptions } from './jobs.ts';

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

  test('replicas that start together on an empty database all find the queues made', async () => {
    const empty = await testDatabase();
    // Whoever holds this table lets all of them read that there is no schema before one of them makes it.
    let release = () => {};
    let locked = () => {};
    const isLocked = new Promise<void>((resolve) => (locked = resolve));
    const held = empty.open({ connections: 1 }).transaction(async (tx) => {
      await tx.query('LOCK TABLE pg_namespace IN SHARE ROW EXCLUSIVE MODE');
      locked();
      await new Promise<void>((resolve) => (release = resolve));
    });
    await isLocked;
    const replicas = Array.from({ length: 3 }, () => {
      const jobs = createJobs({ database: empty.open({ connections: 2 }), logger });
      jobs.work('first', {}, async () => undefined);
      return jobs;
    });
    const prepared = Promise.all(replicas.map((jobs) => jobs.prepare()));
    try {
      const waiting =
        "SELECT count(*)::int AS n FROM pg_locks WHERE NOT granted AND locktype IN ('relation', 'advisory')";
      await eventually(async () => expect((await empty.database.query(waiting)).rows).toEqual([{ n: 3 }]));
    } finally {
      release();
    }
    await held;
    await expect(prepared).resolves.toHaveLength(3);
    for (const jobs of replicas) await jobs.stop();
    await empty.drop();
  });

  test('as many transactions as there are connections queue jobs at once, before any worker runs', async () => {
    const database = postgres.open({ connections: 2 });
    const jobs = createJobs({ database, logger });
    jobs.work('crowded', {}, async () => undefined);
    await jobs.prepare();
    await Promise.all([1, 2, 3, 4].map((n) => database.transaction((tx) => jobs.enqueue(tx, 'crowded', { n }))));
    const { rowCount } = await database.query(`SELECT FROM jobs.job WHERE name = 'crowded'`);
    expect(rowCount).toBe(4);
    await jobs.stop();
  });

  test('a transaction cannot queue a job before its queue is prepared', async () => {
    const database = postgres.open();
    const jobs = createJobs({ database, logger });
    const early = database.transaction((tx) => jobs.enqueue(tx, 'early', {}));
    await expect(early).rejects.toThrow('the queue "early" is not prepared');
  });

  test('a job continues the trace of what queued it in each of its tries, and its payload stays what it was', async () => {
    const jobs = createJobs({ database: postgres.open(), logger });
    const seen: { payload: object; traceparent: string | undefined }[] = [];
    jobs.work('traced', { retryLimit: 1 }, async (payload) => {
      seen.push({ payload, traceparent: currentTraceparent() });
      await Promise.resolve();
      expect(currentTraceparent()).toBe(seen.at(-1)?.traceparent);
      if (seen.length === 1) throw new Error('once more');
    });
    await jobs.start();
    const traceparent = newTraceparent();
    await inRequest({ traceparent }, () =>
      postgres.database.transaction((tx) => jobs.enqueue(tx, 'traced', { orderId: 'ord_1' })),
    );
    await eventually(() => expect(seen).toHaveLength(2));
    await jobs.enqueue(undefined, 'traced', { orderId: 'ord_2' });
    await eventually(() => expect(seen).toHaveLength(3));
    await jobs.stop();
    expect(seen.map(({ payload }) => payload)).toEqual([
      { orderId: 'ord_1' },
      { orderId: 'ord_1' },
      { orderId: 'ord_2' },
    ]);
    const traces = seen.map((each) => traceIdOf(each.traceparent ?? ''));
    expect(traces.slice(0, 2)).toEqual([traceIdOf(traceparent), traceIdOf(traceparent)]);
    expect(traces[2]).toMatch(/^[0-9a-f]{32}$/);
    expect(traces[2]).not.toBe(traces[0]);
    expect(new Set(seen.map((each) => each.traceparent)).size).toBe(3);
  });

  test('a failed job is tried again, and after its last try lies in the dead letters', () =>
    withWorker(
      'failing',
      { retryLimit: 1, retryDelaySeconds: 1 },
      () => Promise.reject(new Error('no')),
      async (jobs, seen) => {
        await jobs.enqueue(undefined, 'failing', { n: 1 });
        await eventually(async () => {
          const { rows } = await postgres.database.query<{ data: unknown }>(
            `SELECT data FROM jobs.job WHERE name = 'failing-dead'`,
          );
          expect(rows).toEqual([{ data: { n: 1 } }]);
        });
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

  test('of jobs with one key that nobody has begun only the first is kept', async () => {
    const jobs = createJobs({ database: postgres.open(), logger });
    const key = { singletonKey: 'ord_1' };
    await Promise.all([1, 2, 3].map((n) => jobs.enqueue(undefined, 'keyed', { n }, key)));
    await jobs.enqueue(undefined, 'keyed', { n: 4 });
    await jobs.enqueue(undefined, 'keyed', { n: 5 });
    const { rowCount } = await postgres.database.query(`SELECT FROM jobs.job WHERE name = 'keyed'`);
    expect(rowCount).toBe(3);
    await jobs.stop();
  });

  test('a slow job does not keep the others from being taken', async () => {
    let release: (() => void) | undefined;
    const slow = new Promise<void>((resolve) => {
      release = resolve;
    });
    await withWorker(
      'uneven',
      { concurrency: 2 },
      ({ n }) => (n === 0 ? slow : Promise.resolve()),
      async (jobs, seen) => {
        for (let n = 0; n < 20; n++) await jobs.enqueue(undefined, 'uneven', { n });
        await eventually(() => expect(seen).toHaveLength(20));
        release?.();
      },
    );
  });

  test('a try that takes too long is aborted and counts as failed', () =>
    withWorker(
      'endless',
      { timeoutSeconds: 1, retryLimit: 0 },
      () => new Promise(() => undefined),
      async (jobs) => {
        await jobs.enqueue(undefined, 'endless', { n: 1 });
        await eventually(async () => {
          const { rows } = await postgres.database.query(
            `SELECT state, output->>'message' AS why FROM jobs.job WHERE name = 'endless'`,
          );
          expect(rows).toEqual([{ state: 'failed', why: 'took longer than 1 s' }]);
        });
      },
    ));

  test('stopping waits for the job in hand', async () => {
    const jobs = createJobs({ database: postgres.open(), logger });
    const [begun, go] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const story: string[] = [];
    jobs.work('draining', {}, async () => {
      begun.resolve();
      await go.promise;
      story.push('done');
    });
    await jobs.start();
    await jobs.enqueue(undefined, 'draining', { n: 1 });
    await begun.promise;
    const stopped = jobs.stop().then(() => story.push('stopped'));
    // Many times what a stop asks of the database: one that did not wait would be over.
    for (let turn = 0; turn < 50; turn++) await postgres.database.query('SELECT 1');
    expect(story).toEqual([]);
    go.resolve();
    await stopped;
    expect(story).toEqual(['done', 'stopped']);
    const { rows } = await postgres.database.query(`SELECT state FROM jobs.job WHERE name = 'draining'`);
    expect(rows).toEqual([{ state: 'completed' }]);
  });

  test('the job of a killed worker is done by another one', async () => {
    const victim = startChild(new URL('../testing/processes/job-process.ts', import.meta.url), [
      postgres.url,
      'orphaned',
    ]);
    const boss = createJobs({ database: postgres.open(), logger });
    await boss.enqueue(undefined, 'orphaned', { n: 7 });
    await eventually(() => expect(victim.lines).toEqual(['7']));
    await victim.kill();
    await boss.stop();
    await withWorker(
      'orphaned',
      {},
      async () => undefined,
      async (_, seen) => {
        await eventually(() => expect(seen).toEqual([7]));
      },
    );
  });

  test('jobs survive a database that goes away for a while', async () => {
    const own = await testDatabase();
    const jobs = createJobs({ database: own.database, logger });
    const seen: number[] = [];
    jobs.work<{ n: number }>('outage', {}, async ({ n }) => void seen.push(n));
    await jobs.start();
    await jobs.enqueue(undefined, 'outage', { n: 1 });
    await eventually(() => expect(seen).toEqual([1]));
    const allow = await own.refuseConnections();
    await expect(jobs.enqueue(undefined, 'outage', { n: 2 })).rejects.toMatchObject({ kind: 'unavailable' });
    await allow();
    await eventually(() => jobs.enqueue(undefined, 'outage', { n: 3 }));
    await eventually(() => expect(seen).toEqual([1, 3]));
    await jobs.stop();
    await own.drop();
  });

  test('a scheduled job runs once in its time, however many processes schedule it, and never beside itself', async () => {
    const runs = { begun: 0, atOnce: 0, most: 0 };
    const replicas = [1, 2, 3].map(() => createJobs({ database: postgres.open(), logger }));
    const first = performance.now();
    for (const jobs of replicas) {
      // One time of so many days begins while a test runs once in a million runs.
      jobs.schedule('each-time', 2_000_000, async () => runs.begun++);
      jobs.schedule('each-second', 1, async () => {
        runs.most = Math.max(runs.most, ++runs.atOnce);
        // The first run outlasts the next turns of all three.
        await eventually(() => expect(performance.now() - first).toBeGreaterThan(3_000));
        runs.atOnce--;
      });
    }
    await Promise.all(replicas.map((jobs) => jobs.start()));
    await eventually(async () => {
      const { rows } = await postgres.database.query(
        `SELECT count(*)::int AS done FROM jobs.job WHERE name = 'each-second' AND state = 'completed'`,
      );
      expect(rows[0]?.['done']).toBeGreaterThanOrEqual(3);
      expect(runs).toMatchObject({ begun: 1, most: 1 });
    });
    await Promise.all(replicas.map((jobs) => jobs.stop()));
    expect(runs).toMatchObject({ begun: 1, most: 1 });
  });
});
