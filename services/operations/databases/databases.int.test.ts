import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { eventually } from '../../kit/testing/condition.ts';
import { type ObservedDatabase, observedDatabase, openTransaction } from '../testing/observed-database.ts';
import { bloatFindings } from './bloat-findings.ts';
import { blockedSessions } from './blocked-sessions.ts';
import { explainStatement } from './explain-statement.ts';
import { indexFindings } from './index-findings.ts';
import type { LookLimits } from './look.ts';
import { replicationOf } from './replication.ts';
import { slowStatements } from './slow-statements.ts';

/** A crowded machine is not a busy database. */
const patient: LookLimits = { statementTimeoutMs: 60_000, lockTimeoutMs: 60_000 };

/** `good` has what it needs and nothing more; each of the others has one fault. */
const tables = `
  CREATE TABLE good (id int PRIMARY KEY, shelf int);
  INSERT INTO good SELECT id, id % 100 FROM generate_series(1, 60000) id;
  CREATE INDEX good_shelf ON good (shelf);
  CREATE TABLE unread AS TABLE good;
  CREATE INDEX unread_shelf ON unread (shelf, id);
  CREATE UNIQUE INDEX unread_unique ON unread (id);
  CREATE TABLE unindexed AS TABLE good;
  CREATE TABLE doubled (a int, b int, c text);
  CREATE INDEX doubled_a ON doubled (a);
  CREATE INDEX doubled_a_b ON doubled (a, b);
  CREATE INDEX doubled_b ON doubled (b);
  CREATE INDEX doubled_b_again ON doubled (b);
  CREATE INDEX doubled_a_some ON doubled (a) WHERE b > 0;
  CREATE INDEX doubled_lower ON doubled (lower(c));
  CREATE UNIQUE INDEX doubled_unique ON doubled (c);
  CREATE INDEX doubled_hash ON doubled USING hash (a);
  CREATE FUNCTION writes() RETURNS int LANGUAGE plpgsql AS $$ BEGIN DELETE FROM good; RETURN 1; END $$;
  CREATE FUNCTION sly() RETURNS int LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RETURN writes(); END $$`;

let db: ObservedDatabase;
beforeAll(async () => {
  db = await observedDatabase(tables);
});
afterAll(() => db.drop());

const flush = 'SELECT pg_stat_force_next_flush()';

describe('slow statements', () => {
  test('says what is lacking where nobody counts', async () => {
    expect(await slowStatements(db.observer, 10, patient)).toEqual({
      lacking: 'this database has no pg_stat_statements: "CREATE EXTENSION pg_stat_statements" makes it',
      since: null,
      statements: [],
    });
  });

  test('are counted without their values, those that took longest first, of this database alone', async () => {
    const counted = await observedDatabase(
      'CREATE SCHEMA counting; CREATE EXTENSION pg_stat_statements SCHEMA counting',
    );
    try {
      await counted.owner.transaction(async (tx) => {
        await tx.query("SET LOCAL pg_stat_statements.track = 'all'; SELECT pg_sleep(0.2)");
        for (const shelf of [1, 2, 3]) await tx.query(`SELECT ${shelf} AS shelf`);
      });
      const observer = counted.owner;
      const { lacking, since, statements } = await slowStatements(observer, 10, patient);
      expect([lacking, typeof since]).toEqual([null, 'string']);
      expect(statements[0]).toMatchObject({ query: 'SELECT pg_sleep($1)', calls: 1, rows: 1, hitPercent: null });
      expect(statements[0]?.totalMs).toBeGreaterThan(199);
      expect(statements).toContainEqual(expect.objectContaining({ query: 'SELECT $1 AS shelf', calls: 3 }));
      expect(await slowStatements(observer, 1, patient)).toMatchObject({ statements: [{ calls: 1 }] });
    } finally {
      await counted.drop();
    }
  });
});

describe('indexes', () => {
  test('are named where they lack, lie unread, cover one another or were left unfinished, and nowhere else', async () => {
    await db.owner.query('ANALYZE good, unread, unindexed, doubled');
    await db.owner.transaction(async (tx) => {
      // By the index, as the shop reads; what makes a table does not count against it.
      await tx.query('SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off');
      for (let read = 0; read < 300; read++) await tx.query('SELECT count(*) FROM good WHERE shelf = 1');
    });
    for (let read = 0; read < 60; read++) await db.owner.query('SELECT count(*) FROM unindexed WHERE shelf = 1');
    await db.owner.query('INSERT INTO doubled VALUES (1, 1, NULL), (1, 2, NULL)');
    await expect(db.owner.query('CREATE UNIQUE INDEX CONCURRENTLY doubled_broken ON doubled (a)')).rejects.toThrow(
      /could not create unique index/,
    );
    const found = await eventually(async () => {
      await db.owner.query(flush);
      const findings = await indexFindings(db.observer, patient);
      expect(findings.missing).toHaveLength(1);
      expect(findings.unused).toHaveLength(1);
      return findings;
    });
    expect(found.missing).toEqual([expect.objectContaining({ table: 'unindexed', indexScans: 0, indexPercent: 0 })]);
    expect(found.unused).toEqual([expect.objectContaining({ index: 'unread_shelf', table: 'unread', scans: 0 })]);
    expect(found.duplicate.map(({ index, coveredBy }) => [index, coveredBy])).toEqual([
      ['doubled_a', 'doubled_a_b'],
      ['doubled_b_again', 'doubled_b'],
    ]);
    expect(found.duplicate[0]?.definition).toBe('CREATE INDEX doubled_a ON public.doubled USING btree (a)');
    expect(found.invalid).toEqual([expect.objectContaining({ index: 'doubled_broken', isBeingBuilt: false })]);
  });
});

describe('bloat', () => {
  test('is a table whose dead rows are more than vacuum lets be, until it was cleaned', async () => {
    await db.owner.query(`CREATE TABLE dead AS SELECT id FROM generate_series(1, 1000) id; ANALYZE dead;
      GRANT SELECT ON dead TO PUBLIC; DELETE FROM dead WHERE id > 100; DELETE FROM unread WHERE id < 10`);
    const { tables: bloated, wraparound } = await eventually(async () => {
      await db.owner.query(flush);
      const findings = await bloatFindings(db.observer, patient);
      expect(findings.tables).toHaveLength(1);
      return findings;
    });
    expect(bloated).toEqual([
      expect.objectContaining({ table: 'dead', rows: 1000, deadRows: 900, limit: 250, cleanedAt: null }),
    ]);
    expect(wraparound).toEqual([]);
    await db.owner.query('VACUUM dead');
    await eventually(async () => expect((await bloatFindings(db.observer, patient)).tables).toEqual([]));
  });

  test('tells the tables with too few transactions left', async () => {
    const { wraparound } = await bloatFindings(db.observer, { ...patient, fewTransactionsLeft: 2 ** 31 });
    expect(wraparound).toContainEqual({ table: 'good', transactionsLeft: expect.any(Number) });
  });
});

describe('replication', () => {
  const slot = `slot_${randomBytes(4).toString('hex')}`;
  afterAll(() =>
    db.owner.query('SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = $1', [slot]),
  );

  test('tells what the log is kept for although nobody reads it', async () => {
    const ours = async () => (await replicationOf(db.observer, patient)).slots.filter(({ name }) => name === slot);
    expect(await ours()).toEqual([]);
    await db.owner.query('SELECT pg_create_physical_replication_slot($1, true)', [slot]);
    expect(await ours()).toEqual([{ name: slot, isRead: false, keptBytes: expect.any(Number) }]);
    expect((await replicationOf(db.observer, patient)).role).toBe('writer');
  });

  test('asks Aurora, where it is one, and leaves out the writer', async () => {
    await db.owner.query(`CREATE FUNCTION aurora_replica_status() RETURNS TABLE (server_id text, session_id text, replica_lag_in_msec float8)
      LANGUAGE sql AS $$ VALUES ('writer-1', 'MASTER_SESSION_ID', NULL), ('reader-1', 'b61d', 17.5) $$`);
    const { replicas } = await replicationOf(db.observer, patient);
    await db.owner.query('DROP FUNCTION aurora_replica_status()');
    expect(replicas).toEqual([{ name: 'reader-1', state: 'streaming', lagMs: 17.5, lagBytes: null }]);
  });
});

describe('explaining', () => {
  test('shows the plan of a statement, with values or without', async () => {
    const { plan, totalCost, rows } = await explainStatement(db.observer, 'SELECT * FROM good WHERE id = 5;', patient);
    expect(plan[0]).toMatch(/^Index Scan using good_pkey on good/);
    expect([totalCost > 0, rows]).toEqual([true, 1]);
    const { plan: generic } = await explainStatement(db.observer, 'SELECT * FROM good WHERE id = $1', patient);
    expect(generic.join('\n')).toContain('(id = $1)');
    const { plan: priced } = await explainStatement(db.observer, "SELECT * FROM good WHERE 'under $9' <> ''", patient);
    expect(priced[0]).toMatch(/^Seq Scan on good/);
  });

  test.each([
    ['SELECT 1; DELETE FROM good', 'database.several-statements'],
    ['SELECT 1; COMMIT; DELETE FROM good', 'database.several-statements'],
    ['SELECT $1; DELETE FROM good', 'database.several-statements'],
    ['ANALYZE DELETE FROM good', 'database.statement-malformed'],
    ['(ANALYZE) DELETE FROM good', 'database.statement-malformed'],
    ['SELECT * FROM nowhere', 'database.statement-malformed'],
    ['DROP TABLE good', 'database.statement-malformed'],
    [';', 'database.statement-malformed'],
    ['SELECT sly()', 'database.statement-forbidden'],
  ])('refuses %s, also from who may do everything', async (query, code) => {
    await expect(explainStatement(db.owner, query, patient)).rejects.toMatchObject({ name: 'Refusal', code });
    expect((await db.owner.query('SELECT count(*)::int AS n FROM good')).rows).toEqual([{ n: 60_000 }]);
  });

  test('plans what changes something without changing it, and not for a role that only reads', async () => {
    expect((await explainStatement(db.owner, 'DELETE FROM good', patient)).plan[0]).toMatch(/^Delete on good/);
    expect((await db.owner.query('SELECT count(*)::int AS n FROM good')).rows).toEqual([{ n: 60_000 }]);
    await expect(explainStatement(db.observer, 'DELETE FROM good', patient)).rejects.toMatchObject({
      kind: 'forbidden',
      code: 'database.statement-forbidden',
    });
  });

  test('gives up before it holds anybody up', async () => {
    const end = await openTransaction(db.owner, 'LOCK TABLE good');
    await expect(
      explainStatement(db.observer, 'SELECT * FROM good', { ...patient, lockTimeoutMs: 10 }),
    ).rejects.toMatchObject({ kind: 'unavailable', code: 'database.look-timeout' });
    await end();
  });
});

test('a database that is down is one sentence, and is looked at again once it is back', async () => {
  const comeBack = await db.refuseConnections();
  await expect(blockedSessions(db.observer, patient)).rejects.toMatchObject({
    kind: 'unavailable',
    code: 'database.unavailable',
  });
  await comeBack();
  await eventually(async () => expect(await blockedSessions(db.observer, patient)).toEqual({ sessions: [] }));
});
