import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { eventually } from '../../kit/testing/condition.ts';
import { type ObservedDatabase, observedDatabase, openTransaction } from '../testing/observed-database.ts';
import { blockedSessions } from './blocked-sessions.ts';
import { cancelStatement } from './cancel-statement.ts';
import { connectionsOf } from './connections.ts';
import type { LookLimits } from './look.ts';

/** A crowded machine is not a busy database. */
const patient: LookLimits = { statementTimeoutMs: 60_000, lockTimeoutMs: 60_000 };

let db: ObservedDatabase;
const ending: (() => Promise<unknown>)[] = [];
beforeAll(async () => {
  db = await observedDatabase('CREATE TABLE parcels AS SELECT id, 0 AS weight FROM generate_series(1, 3) id');
});
afterEach(async () => {
  for (const end of ending.splice(0)) await end();
});
afterAll(() => db.drop());

const open = async (text: string) => {
  const end = await openTransaction(db.bystander, text);
  ending.push(end);
};

describe('blocked sessions', () => {
  test('nobody is listed while nobody waits, however many transactions are open', async () => {
    await open('UPDATE parcels SET weight = 1 WHERE id = 2');
    expect(await blockedSessions(db.observer, patient)).toEqual({ sessions: [] });
  });

  test('stand below the one that they wait for, with what they want', async () => {
    await open('UPDATE parcels SET weight = 1 WHERE id = 1');
    const waiting = async (weight: number) => {
      const done = db.bystander.query(`UPDATE parcels SET weight = ${weight} WHERE id = 1`);
      ending.push(() => done);
      await eventually(async () => {
        const { sessions } = await blockedSessions(db.observer, patient);
        expect(sessions.map(({ query }) => query)).toContainEqual(expect.stringContaining(`weight = ${weight}`));
      });
    };
    await waiting(2);
    await waiting(3);
    const { sessions } = await blockedSessions(db.observer, patient);
    expect(sessions.map(({ depth, state, query }) => [depth, state, query])).toEqual([
      [0, 'idle in transaction', 'UPDATE parcels SET weight = 1 WHERE id = 1'],
      [1, 'active', 'UPDATE parcels SET weight = 2 WHERE id = 1'],
      [2, 'active', 'UPDATE parcels SET weight = 3 WHERE id = 1'],
    ]);
    const [first, second, third] = sessions;
    expect([second?.blockedBy, third?.blockedBy]).toEqual([[first?.pid], [second?.pid]]);
    expect([first?.wants, second?.wants, third?.wants]).toEqual([
      null,
      'ShareLock on a transactionid',
      'ExclusiveLock on parcels',
    ]);
  });
});

describe('connections', () => {
  test('are counted by whose they are, and a transaction is long only after its time', async () => {
    await open('SELECT 1');
    const { pools, longTransactions, most, used } = await connectionsOf(db.observer, patient);
    const bystander = pools.find(({ role }) => role.startsWith('bystander'));
    expect(bystander).toMatchObject({ idleInTransaction: 1, active: 0, waiting: 0 });
    expect(longTransactions).toEqual([]);
    expect(most).toBeGreaterThan(used);
    expect(used).toBeGreaterThan(1);
    const { longTransactions: all } = await connectionsOf(db.observer, { ...patient, longMs: 0 });
    expect(all).toEqual([expect.objectContaining({ state: 'idle in transaction', query: 'SELECT 1' })]);
  });
});

describe('cancelling', () => {
  const sleeping = async (database = db.bystander) => {
    const outcome = database.query('SELECT pg_sleep(600)', undefined, { timeoutMs: 600_000 }).then(
      () => 'slept',
      (problem: Error) => problem.message,
    );
    const { pid, queryStart } = await eventually(async () => {
      const { longTransactions } = await connectionsOf(db.observer, { ...patient, longMs: 0 });
      const session = longTransactions.find(({ query, state }) => query.includes('pg_sleep') && state === 'active');
      if (!session?.queryStart) throw new Error('it does not sleep yet');
      return { pid: session.pid, queryStart: session.queryStart };
    });
    ending.push(async () => {
      await db.owner.query('SELECT pg_cancel_backend($1)', [pid]);
      await outcome;
    });
    return { outcome, pid, queryStart };
  };

  test('ends exactly the statement that was looked at, once; a dry run ends none', async () => {
    const { outcome, pid, queryStart } = await sleeping();
    const asked = { pid, queryStart, dryRun: false };
    expect(await cancelStatement(db.observer, { ...asked, dryRun: true })).toMatchObject({
      session: { pid, state: 'active', query: 'SELECT pg_sleep(600)' },
      isCancelled: false,
    });
    // The same process id, as another connection could have got it since.
    const earlier = queryStart.replace(/^\d{4}/, '2020');
    await expect(cancelStatement(db.observer, { ...asked, queryStart: earlier })).rejects.toMatchObject({
      kind: 'missing',
      code: 'database.statement-gone',
    });
    expect(await cancelStatement(db.observer, asked)).toMatchObject({ session: { pid }, isCancelled: true });
    expect(await outcome).toBe('canceling statement due to user request');
    await expect(cancelStatement(db.observer, asked)).rejects.toMatchObject({ code: 'database.statement-gone' });
  });

  test('is refused in one sentence for a superuser, who may be at work on the server itself', async () => {
    const { pid, queryStart } = await sleeping(db.owner);
    await expect(cancelStatement(db.observer, { pid, queryStart, dryRun: false })).rejects.toMatchObject({
      kind: 'forbidden',
      code: 'database.statement-protected',
    });
  });
});
