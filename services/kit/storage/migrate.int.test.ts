import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { emptyDatabase, type TestDatabase } from '../testing/postgres.ts';
import { migrate } from './migrate.ts';

let db: TestDatabase;
let folder: string;
beforeEach(async () => {
  [db, folder] = await Promise.all([emptyDatabase(), mkdtemp(join(tmpdir(), 'cloudmart-migrations-'))]);
});
afterEach(() => Promise.all([db.drop(), rm(folder, { recursive: true })]));

const write = (name: string, sql: string) => writeFile(join(folder, name), sql);
const tables = async () => {
  const { rows } = await db.database.query<{ name: string }>(
    `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' ORDER BY 1`,
  );
  return rows.map(({ name }) => name);
};

test('files are applied in order after those of the kit, once, also when several processes start together', async () => {
  await write('0001-orders.sql', 'CREATE TABLE orders (id text PRIMARY KEY)');
  await write('0002-lines.sql', 'CREATE TABLE lines (order_id text REFERENCES orders)');
  const applied = await Promise.all([1, 2, 3].map(() => migrate(db.open(), folder)));
  expect(applied.toSorted((a, b) => b.length - a.length)).toEqual([
    ['0001-outbox-and-inbox.sql', '0001-orders.sql', '0002-lines.sql'],
    [],
    [],
  ]);
  expect(await tables()).toEqual(expect.arrayContaining(['inbox', 'lines', 'orders', 'outbox', 'relay_lease']));
  await write('0003-more.sql', 'CREATE TABLE more ()');
  expect(await migrate(db.database, folder)).toEqual(['0003-more.sql']);
});

test('a file that fails changes nothing, those before it stay, and the next start goes on behind them', async () => {
  await write('0001-orders.sql', 'CREATE TABLE orders (id text PRIMARY KEY)');
  await write('0002-broken.sql', 'CREATE TABLE half_done (); CREATE TABLE lines (order_id text REFERENCES nowhere)');
  await expect(migrate(db.database, folder)).rejects.toThrow('migration 0002-broken.sql (own) failed');
  expect(await tables()).toContain('orders');
  expect(await tables()).not.toContain('half_done');
  await write('0002-broken.sql', 'CREATE TABLE lines (order_id text REFERENCES orders)');
  expect(await migrate(db.database, folder)).toEqual(['0002-broken.sql']);
});

test('history cannot be rewritten: a changed, missing or late file is refused by name', async () => {
  await write('0002-orders.sql', 'CREATE TABLE orders (id text PRIMARY KEY)');
  await migrate(db.database, folder);
  await write('0002-orders.sql', 'CREATE TABLE orders (id bigint PRIMARY KEY)');
  await expect(migrate(db.database, folder)).rejects.toThrow('migration 0002-orders.sql (own) was changed');
  await rm(join(folder, '0002-orders.sql'));
  await expect(migrate(db.database, folder)).rejects.toThrow('its file is missing');
  await write('0002-orders.sql', 'CREATE TABLE orders (id text PRIMARY KEY)');
  await write('0001-late.sql', 'CREATE TABLE late ()');
  await expect(migrate(db.database, folder)).rejects.toThrow(
    'migration 0001-late.sql (own) comes before 0002-orders.sql',
  );
});

test.each([
  ['orders.sql', 'SELECT 1', 'name it like'],
  ['0001-nothing.sql', '  \n', 'is empty'],
])('a file named or filled wrongly is refused (%s)', async (name, sql, reason) => {
  await write(name, sql);
  await expect(migrate(db.database, folder)).rejects.toThrow(reason);
});

test('two files with one number are refused', async () => {
  await write('0001-a.sql', 'SELECT 1');
  await write('0001-b.sql', 'SELECT 1');
  await expect(migrate(db.database, folder)).rejects.toThrow('its number is taken');
});
