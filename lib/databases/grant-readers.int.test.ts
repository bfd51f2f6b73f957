import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import pg from 'pg';
import { emptyDatabase, type TestDatabase } from '../../services/kit/testing/postgres.ts';
import { type Administrator, createOwners, type DatabaseOwner } from './create-owners.ts';
import { type DatabaseReader, grantReaders, type WithinDatabase } from './grant-readers.ts';

// The cluster serves the whole test run, so every name is this file's own.
const suffix = randomBytes(4).toString('hex');
const administrator = `platform_${suffix}`;
// Which way a role signs in is the matter of create-owners.int.test.ts; passwords come from a superuser below.
const signIn = 'nobody';
const orders: DatabaseOwner = { database: `orders-${suffix}`, role: `order-${suffix}`, signIn };
const carts: DatabaseOwner = { database: `carts-${suffix}`, role: `cart-${suffix}`, signIn };
const desk: DatabaseReader = { database: orders.database, role: `desk-${suffix}`, signIn };

let lent: TestDatabase;
const open = async (user: string, database: string) => {
  const url = new URL(lent.url);
  const client = new pg.Client({ host: url.hostname, port: Number(url.port), user, password: 'x', database });
  await client.connect();
  return client;
};
const within = async <T>(user: string, database: string, work: (client: pg.Client) => Promise<T>): Promise<T> => {
  const client = await open(user, database);
  return work(client).finally(() => client.end());
};
const asSuperuser = async (text: string) => {
  const client = new pg.Client({ connectionString: lent.url });
  await client.connect();
  await client.query(text).finally(() => client.end());
};
/** As on RDS, whose administrator is no superuser, and yet makes extensions that only a superuser makes elsewhere. */
const asOnRds = (client: pg.Client, database: string): Administrator => ({
  query: async (text, values) => {
    if (!text.startsWith('CREATE EXTENSION')) return client.query(text, values);
    const { rows } = await client.query<{ may: boolean }>(
      "SELECT has_database_privilege(current_database(), 'CREATE') AS may",
    );
    if (!rows[0]?.may) throw new Error(`permission denied to create an extension in ${database}`);
    return within('postgres', database, (superuser) => superuser.query(text, values));
  },
});
const grant = (readers: readonly DatabaseReader[]) => {
  const inside: WithinDatabase = (database, work) =>
    within(administrator, database, (client) => work(asOnRds(client, database)));
  return inside('postgres', async (client) => {
    await createOwners(client, [orders, carts]);
    await grantReaders(client, inside, [orders, carts], readers);
  });
};
const asOwner = (text: string) => within(orders.role, orders.database, (client) => client.query(text));
const asReader = (text: string) =>
  within(desk.role, orders.database, async (client) => (await client.query<Record<string, unknown>>(text)).rows);

beforeAll(async () => {
  lent = await emptyDatabase();
  await asSuperuser(`CREATE ROLE "${administrator}" LOGIN PASSWORD 'x' CREATEROLE CREATEDB;
    GRANT pg_monitor, pg_signal_backend TO "${administrator}" WITH ADMIN OPTION`);
  await grant([]);
  for (const { role } of [orders, carts]) await asSuperuser(`ALTER ROLE "${role}" LOGIN PASSWORD 'x'`);
  await asOwner('CREATE TABLE early AS SELECT 1 AS id');
  await grant([desk]);
  await asSuperuser(`ALTER ROLE "${desk.role}" LOGIN PASSWORD 'x'`);
  await asOwner('CREATE TABLE late AS SELECT 2 AS id; CREATE SCHEMA jobs; CREATE TABLE jobs.job AS SELECT 3 AS id');
});
afterAll(async () => {
  for (const { database } of [orders, carts]) await asSuperuser(`DROP DATABASE IF EXISTS "${database}" WITH (FORCE)`);
  for (const role of [orders.role, carts.role, desk.role, administrator])
    await asSuperuser(`DROP OWNED BY "${role}"; DROP ROLE "${role}"`);
  await lent.drop();
});

test('a reader sees what was there before it, and what the owner has made since, in every schema', async () => {
  expect(await asReader('SELECT id FROM early UNION SELECT id FROM late UNION SELECT id FROM jobs.job')).toEqual(
    expect.arrayContaining([{ id: 1 }, { id: 2 }, { id: 3 }]),
  );
});

test.each([
  ['INSERT INTO early VALUES (9)', /permission denied for table early/],
  ['UPDATE late SET id = 9', /permission denied for table late/],
  ['DELETE FROM jobs.job', /permission denied for table job/],
  ['TRUNCATE early', /permission denied for table early/],
  ['BEGIN; LOCK TABLE early IN SHARE MODE', /permission denied for table early/],
  ['DROP TABLE early', /must be owner of table early/],
  ['CREATE TABLE mine (id int)', /permission denied for schema public/],
  ['CREATE SCHEMA mine', /permission denied for database/],
  ['CREATE TEMP TABLE mine (id int)', /permission denied to create temporary tables/],
])('a reader is refused: %s', async (text, refusal) => {
  await expect(asReader(text)).rejects.toThrow(refusal);
});

test('a reader of one database enters no other', async () => {
  await expect(within(desk.role, carts.database, async () => undefined)).rejects.toThrow(
    /permission denied for database/,
  );
});

test('running again changes nothing, and who reads no longer enters no longer', async () => {
  await grant([desk]);
  expect(await asReader('SELECT id FROM late')).toEqual([{ id: 2 }]);
  await grant([]);
  await expect(asReader('SELECT id FROM late')).rejects.toThrow(/permission denied for database/);
  await grant([desk]);
  expect(await asReader('SELECT id FROM late')).toEqual([{ id: 2 }]);
});

test('who operates a database sees what others do there and may cancel it, and no longer once it only reads', async () => {
  const sees = async () => {
    const other = await open(orders.role, orders.database);
    await other.query('SELECT 42');
    const rows = await asReader(
      `SELECT query FROM pg_stat_activity WHERE usename = '${orders.role}' AND pid <> pg_backend_pid()`,
    );
    await other.end();
    return rows.map(({ query }) => query);
  };
  const cancels = () => asReader("SELECT pg_has_role(current_user, 'pg_signal_backend', 'USAGE') AS may");
  await grant([{ ...desk, operates: true }]);
  await grant([{ ...desk, operates: true }]);
  expect(await sees()).toContain('SELECT 42');
  expect(await cancels()).toEqual([{ may: true }]);
  await grant([desk]);
  expect(await sees()).toEqual(expect.arrayContaining(['<insufficient privilege>']));
  expect(await sees()).not.toContain('SELECT 42');
  expect(await cancels()).toEqual([{ may: false }]);
});

test('who operates a database sees what statements cost there, and nothing of it lies among the tables of the owner', async () => {
  await asSuperuser(
    `ALTER ROLE "${orders.role}" IN DATABASE "${orders.database}" SET pg_stat_statements.track = 'all'`,
  );
  const cost = () =>
    asReader(`SELECT query, calls FROM statement_counts.pg_stat_statements s JOIN pg_roles r ON r.oid = s.userid
      WHERE rolname = '${orders.role}' AND query LIKE 'SELECT count(*)%early%'`);
  await grant([{ ...desk, operates: true }]);
  await asOwner('SELECT count(*) FROM early WHERE id = 4711');
  await grant([{ ...desk, operates: true }]);
  expect(await cost()).toEqual([{ query: 'SELECT count(*) FROM early WHERE id = $1', calls: '1' }]);
  expect(
    (
      await asOwner(
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'v')",
      )
    ).rows,
  ).toEqual(expect.not.arrayContaining([{ relname: expect.stringContaining('pg_stat') }]));
  await grant([desk]);
  expect(await cost()).toEqual([]);
});
