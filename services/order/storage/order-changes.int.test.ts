import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createLogger } from '../../kit/telemetry/logger.ts';
import { eventually } from '../../kit/testing/condition.ts';
import { type TestDatabase, testDatabase } from '../../kit/testing/postgres.ts';
import { listenForOrderChanges } from './order-changes.ts';

let postgres: TestDatabase;
beforeAll(async () => {
  postgres = await testDatabase();
});
afterAll(() => postgres.drop());

const logger = createLogger('order', 'silent');

/** Two processes, each with its own connections, and how often a watcher of each was told of an order. */
const twoProcesses = async (orderId: string) => {
  const leaving = new AbortController();
  const processes = await Promise.all(
    [0, 1].map(async () => {
      const changes = await listenForOrderChanges({ database: postgres.open(), logger });
      const seen = { told: 0 };
      const watching = (async () => {
        for await (const _ of changes.changesOf(orderId, leaving.signal)) seen.told += 1;
      })();
      return { changes, seen, watching };
    }),
  );
  const [first, second] = processes as [(typeof processes)[0], (typeof processes)[0]];
  const end = async () => {
    leaving.abort();
    await Promise.all(processes.map(({ watching }) => watching));
    await Promise.all(processes.map(({ changes }) => changes.stop()));
  };
  return { first, second, end };
};

test('a change is told at once where it was made, a moment later elsewhere, and to nobody who watches another order', async () => {
  const { first, second, end } = await twoProcesses('ord_watched');
  first.changes.changed('ord_another');
  first.changes.changed('ord_watched');
  await eventually(() => expect(first.seen.told).toBe(1));
  await eventually(() => expect(second.seen.told).toBe(1));
  expect(first.seen.told).toBe(1);
  await end();
});

test('more changes than fit one notification are all told, also those of a process that stops', async () => {
  const { first, second, end } = await twoProcesses('ord_last');
  for (let at = 0; at < 500; at++) first.changes.changed(`ord_${String(at).padStart(26, '0')}`);
  first.changes.changed('ord_last');
  await first.changes.stop();
  await eventually(() => expect(second.seen.told).toBe(1));
  await end();
});
