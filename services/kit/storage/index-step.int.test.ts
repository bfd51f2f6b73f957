import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { startChild } from '../testing/child-process.ts';
import { eventually } from '../testing/condition.ts';
import { emptyDatabase, type TestDatabase } from '../testing/postgres.ts';
import { migrate } from './migrate.ts';

let db: TestDatabase;
let folder: string;
beforeEach(async () => {
  [db, folder] = await Promise.all([emptyDatabase(), mkdtemp(join(tmpdir(), 'cloudmart-migrations-'))]);
  await write('0001-orders.sql', 'CREATE TABLE orders (id serial PRIMARY KEY, email text)');
  await migrate(db.database, folder);
  await db.database.query(`INSERT INTO orders (email) SELECT 'buyer' || n FROM generate_series(1, 100) n`);
});
afterEach(() => Promise.all([db.drop(), rm(folder, { recursive: true })]));

const first = '-- cloudmart: no transaction\n';
const write = (name: string, sql: string) => writeFile(join(folder, name), sql);
const writeBuild = () =>
  write('0002-find.sql', `${first}CREATE UNIQUE INDEX CONCURRENTLY orders_email ON orders (email);\n`);
const indexes = async () => {
  const { rows } = await db.database.query<{ name: string; valid: boolean }>(
    `SELECT indexrelid::regclass::text AS name, indisvalid AS valid FROM pg_index WHERE indrelid = 'orders'::regclass ORDER BY 1`,
  );
  return Object.fromEntries(rows.map(({ name, valid }) => [name, valid ? 'valid' : 'invalid']));
};

/** An open transaction that wrote to the table: every concurrent build waits for it. */
const openWriter = async () => {
  const client = new pg.Client({ connectionString: db.url });
  await client.connect();
  await client.query(`BEGIN; INSERT INTO orders (email) VALUES ('late')`);
  return async () => {
    await client.query('COMMIT');
    await client.end();
  };
};
const isBuilding = () => eventually(async () => expect(await indexes()).toHaveProperty('orders_email', 'invalid'));

describe('an index that is built concurrently', () => {
  test('lets customers write meanwhile, and of two processes that start together one builds it', async () => {
    await writeBuild();
    const commit = await openWriter();
    let tookLong = 0;
    const building = migrate(db.open(), folder, { takesLong: () => (tookLong += 1) });
    await isBuilding();
    const waiting = migrate(db.open(), folder);
    await eventually(async () => {
      const { rows } = await db.database.query(
        `SELECT FROM pg_stat_activity WHERE query LIKE 'SELECT pg_try_advisory_lock%'`,
      );
      expect(rows).not.toHaveLength(0);
    });
    await db.database.query(`INSERT INTO orders (email) VALUES ('meanwhile')`);
    await commit();
    expect(await Promise.all([building, waiting])).toEqual([['0002-find.sql'], []]);
    expect(await indexes()).toEqual({ orders_pkey: 'valid', orders_email: 'valid' });
    expect(tookLong).toBe(1);
  });

  test('is built anew after kill -9 in the middle, and the files behind it follow', async () => {
    await writeBuild();
    await write('0003-more.sql', 'CREATE TABLE more ()');
    const commit = await openWriter();
    const victim = startChild(new URL('../testing/processes/migrating-process.ts', import.meta.url), [db.url, folder]);
    await isBuilding();
    await victim.kill();
    // The server notices that nobody waits for the index, and the lock is free while the writer still holds up every build.
    const next = migrate(db.open(), folder);
    await eventually(async () => {
      const { rows } = await db.database.query<{ builds: number }>(
        `SELECT count(*)::int AS builds FROM pg_stat_activity WHERE datname = current_database() AND query LIKE '%CONCURRENTLY%' AND state = 'active' AND pid <> pg_backend_pid()`,
      );
      expect(rows[0]?.builds).toBe(1);
    });
    await commit();
    expect(await next).toEqual(['0002-find.sql', '0003-more.sql']);
    expect(victim.lines).toEqual([]);
    expect(await indexes()).toEqual({ orders_pkey: 'valid', orders_email: 'valid' });
  });

  test('that rows forbid says in one sentence which columns are double, tells no value, and leaves nothing that refuses writes', async () => {
    await writeBuild();
    await db.database.query(`INSERT INTO orders (email) VALUES ('buyer7')`);
    const refusal = await migrate(db.database, folder).catch((error: Error) => error.message);
    expect(refusal).toBe(
      'migration 0002-find.sql (own) failed: rows of orders share one (email), which unique index orders_email forbids; merge or delete what is double and start again: SELECT email, count(*) FROM orders GROUP BY email HAVING count(*) > 1',
    );
    expect(await indexes()).toEqual({ orders_pkey: 'valid' });
    await db.database.query(`DELETE FROM orders WHERE id > 100`);
    expect(await migrate(db.database, folder)).toEqual(['0002-find.sql']);
  });

  test('is not mistaken for one that somebody made by hand, and one that was finished but not kept as applied is built anew', async () => {
    await writeBuild();
    await db.database.query('CREATE INDEX orders_email ON orders (id)');
    for (const _ of [1, 2])
      await expect(migrate(db.database, folder)).rejects.toThrow('an index orders_email is there already');
    await db.database.query(`INSERT INTO begun_migrations (owner, name) VALUES ('own', '0002-find.sql')`);
    await migrate(db.database, folder);
    const { rows } = await db.database.query(`SELECT indexdef FROM pg_indexes WHERE indexname = 'orders_email'`);
    expect(rows).toEqual([{ indexdef: 'CREATE UNIQUE INDEX orders_email ON public.orders USING btree (email)' }]);
  });

  test('is dropped concurrently by a file of its own, also when it is gone already', async () => {
    await writeBuild();
    await migrate(db.database, folder);
    for (const name of ['0003-drop.sql', '0004-again.sql'])
      await write(name, `${first}-- Nobody asks for it.\nDROP INDEX CONCURRENTLY IF EXISTS orders_email`);
    expect(await migrate(db.database, folder)).toEqual(['0003-drop.sql', '0004-again.sql']);
    expect(await indexes()).toEqual({ orders_pkey: 'valid' });
  });
});

describe('a file is refused before anything is done', () => {
  test.each([
    [
      'two statements without a transaction',
      `${first}CREATE INDEX CONCURRENTLY a ON orders (id); DROP TABLE orders`,
      'must be one statement',
    ],
    ['something else without a transaction', `${first}UPDATE orders SET email = ''`, 'must be one statement'],
    [
      'an index that is kept when half built',
      `${first}CREATE INDEX CONCURRENTLY IF NOT EXISTS a ON orders (id)`,
      'must be one statement',
    ],
    [
      'a concurrent build in a transaction',
      'CREATE INDEX CONCURRENTLY a ON orders (id)',
      'begins with "-- cloudmart: no transaction"',
    ],
    [
      'a first line that is misspelt',
      '-- cloudmart: no-transaction\nCREATE INDEX CONCURRENTLY a ON orders (id)',
      'its first line is',
    ],
  ])('%s', async (_, sql, reason) => {
    await write('0002-good.sql', 'CREATE TABLE good ()');
    await write('0003-wrong.sql', sql);
    await expect(migrate(db.database, folder)).rejects.toThrow(reason);
    await rm(join(folder, '0003-wrong.sql'));
    expect(await migrate(db.database, folder)).toEqual(['0002-good.sql']);
  });
});
