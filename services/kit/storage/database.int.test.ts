import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { acceptOnce } from '../events/inbox.ts';
import { addToOutbox } from '../events/outbox.ts';
import { eventually } from '../testing/condition.ts';
import { emptyDatabase, type TestDatabase } from '../testing/postgres.ts';
import { migrate } from './migrate.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await emptyDatabase();
  await migrate(db.database);
});
afterAll(() => db.drop());

test('a transaction whose work throws leaves nothing behind', async () => {
  await db.database.query('CREATE TABLE note (text text)');
  const failing = db.database.transaction(async (tx) => {
    await tx.query('INSERT INTO note VALUES ($1)', ['never']);
    throw new Error('changed my mind');
  });
  await expect(failing).rejects.toThrow('changed my mind');
  expect((await db.database.query('SELECT FROM note')).rowCount).toBe(0);
});

test('a transaction that swallowed a failed statement is reported, not taken for committed', async () => {
  const swallowing = db.database.transaction(async (tx) => {
    await tx.query('SELECT 1/0').catch(() => undefined);
  });
  await expect(swallowing).rejects.toThrow('rolled back');
});

test('a caller who waits too long for a connection is refused with the time to come back', async () => {
  const narrow = db.open({ connections: 1, acquireTimeoutMs: 500 });
  // The one connection is open before its time counts.
  await eventually(() => narrow.check());
  const begun = Promise.withResolvers<void>();
  const refused = Promise.withResolvers<void>();
  const holder = narrow.transaction(async () => {
    begun.resolve();
    await refused.promise;
  });
  await Promise.race([begun.promise, holder]);
  await expect(narrow.query('SELECT 1')).rejects.toMatchObject({
    kind: 'unavailable',
    code: 'database.pool-exhausted',
    retryAfterSeconds: 1,
  });
  refused.resolve();
  await holder;
});

test('connections that a burst opened are closed once they idle, all but one', async () => {
  const burst = db.open({ connections: 3, idleMs: 50 });
  const opened = new Set<number>();
  const all = Promise.withResolvers<void>();
  const holdOne = () =>
    burst.transaction(async (tx) => {
      opened.add((await tx.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')).rows[0]?.pid ?? 0);
      if (opened.size === 3) all.resolve();
      await all.promise;
    });
  await Promise.all([holdOne(), holdOne(), holdOne()]);
  const left = () =>
    db.database.query<{ pid: number }>('SELECT pid FROM pg_stat_activity WHERE pid = ANY ($1::int[])', [[...opened]]);
  const { rows } = await eventually(async () => {
    const found = await left();
    expect(found.rowCount).toBe(1);
    return found;
  });
  expect((await burst.query('SELECT pg_backend_pid() AS pid')).rows).toEqual(rows);
});

test('the work of a transaction may not take a second connection of its own pool, but may again after its end', async () => {
  const nested = db.database.transaction(() => db.database.query('SELECT 1'));
  await expect(nested).rejects.toThrow('use the transaction');
  let later: Promise<unknown> | undefined;
  const over = Promise.withResolvers<void>();
  await db.database.transaction(async () => {
    later = over.promise.then(() => db.database.query('SELECT 1'));
  });
  over.resolve();
  await expect(later).resolves.toMatchObject({ rowCount: 1 });
});

test('a statement that runs too long is cancelled at the server', async () => {
  const impatient = db.open({ statementTimeoutMs: 50 });
  await expect(impatient.query('SELECT pg_sleep(30)')).rejects.toThrow('statement timeout');
});

test('deadlocked transactions are run again where that was asked for', async () => {
  await db.database.query(
    'CREATE TABLE account (id int PRIMARY KEY, amount int); INSERT INTO account VALUES (1, 0), (2, 0)',
  );
  let attempts = 0;
  let holding = 0;
  const bothHoldOne = Promise.withResolvers<void>();
  const touch = (first: number, second: number) =>
    db.database.transaction(
      async (tx) => {
        attempts += 1;
        await tx.query('UPDATE account SET amount = amount + 1 WHERE id = $1', [first]);
        holding += 1;
        if (holding === 2) bothHoldOne.resolve();
        await bothHoldOne.promise;
        await tx.query('UPDATE account SET amount = amount + 1 WHERE id = $1', [second]);
      },
      { retries: 5 },
    );
  await Promise.all([touch(1, 2), touch(2, 1)]);
  expect(attempts).toBe(3);
  expect((await db.database.query('SELECT amount FROM account')).rows).toEqual([{ amount: 2 }, { amount: 2 }]);
});

test('a database that is down is a refusal, and the pool works again once it is back', async () => {
  const other = await emptyDatabase();
  const allow = await other.refuseConnections();
  await expect(other.database.query('SELECT 1')).rejects.toMatchObject({ kind: 'unavailable' });
  await allow();
  await eventually(() => other.database.check());
  await other.drop();
});

test('a listener hears notifications, and is woken once after its connection was lost', async () => {
  const other = await emptyDatabase();
  const heard: string[] = [];
  await other.database.listen('news', (payload) => heard.push(payload));
  await other.database.query("SELECT pg_notify('news', 'one')");
  await eventually(() => expect(heard).toEqual(['one']));
  const allow = await other.refuseConnections();
  await allow();
  await eventually(() => expect(heard).toEqual(['one', '']));
  await eventually(() => other.database.query("SELECT pg_notify('news', 'two')"));
  await eventually(() => expect(heard).toEqual(['one', '', 'two']));
  await other.drop();
});

test('an event is accepted once per consumer, also when two transactions race for it', async () => {
  const accept = (consumer: string) => db.database.transaction((tx) => acceptOnce(tx, consumer, 'evt_1'));
  const answers = await Promise.all([accept('order'), accept('order'), accept('order')]);
  expect(answers.filter(Boolean)).toHaveLength(1);
  expect(await accept('payment')).toBe(true);
});

test('an outbox row exists exactly if its transaction committed', async () => {
  const event = (id: string, sequence: number) => ({
    specversion: '1.0' as const,
    id,
    source: 'cloudmart/order',
    type: 'order.placed.v1',
    subject: 'ord_1',
    time: '2026-01-01T00:00:00Z',
    datacontenttype: 'application/json' as const,
    data: {},
    sequence,
  });
  await db.database.transaction((tx) => addToOutbox(tx, 'order-events', [event('evt_b', 1), event('evt_a', 2)]));
  await db.database
    .transaction(async (tx) => {
      await addToOutbox(tx, 'order-events', [event('evt_c', 3)]);
      throw new Error('no');
    })
    .catch(() => undefined);
  const { rows } = await db.database.query('SELECT id, aggregatetype, aggregateid, type FROM outbox ORDER BY position');
  const row = { aggregatetype: 'order-events', aggregateid: 'ord_1', type: 'order.placed.v1' };
  expect(rows).toEqual([
    { id: 'evt_b', ...row },
    { id: 'evt_a', ...row },
  ]);
});
