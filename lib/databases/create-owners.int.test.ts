import { randomBytes } from 'node:crypto';
import { glob, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import pg from 'pg';
import { emptyDatabase, type TestDatabase } from '../../services/kit/testing/postgres.ts';
import { root } from '../checkout.ts';
import { createOwners, type DatabaseOwner } from './create-owners.ts';

// The cluster serves the whole test run, so every name is this file's own.
const suffix = randomBytes(4).toString('hex');
const administrator = `platform_${suffix}`;
const [orders, carts]: readonly [DatabaseOwner, DatabaseOwner] = [
  { database: `orders-${suffix}`, role: `order-${suffix}`, signIn: 'iam' },
  { database: `carts_${suffix}`, role: `cart_${suffix}`, signIn: 'iam' },
];

let lent: TestDatabase;
const open = async (user: string, database: string) => {
  const url = new URL(lent.url);
  const client = new pg.Client({
    host: url.hostname,
    port: Number(url.port),
    user,
    password: 'x',
    database,
    connectionTimeoutMillis: 5_000,
  });
  await client.connect();
  return client;
};
const asSuperuser = async (text: string) => {
  const client = new pg.Client({ connectionString: lent.url });
  await client.connect();
  return client.query<Record<string, unknown>>(text).finally(() => client.end());
};
const isSentToIam = async (role: string) => {
  const { rows } = await asSuperuser(`SELECT pg_has_role('${role}', 'rds_iam', 'USAGE') AS usage`);
  return rows[0]?.['usage'];
};
/** Like RDS, which refuses the password of whoever holds the rights of rds_iam, by way of another role too. */
const create = async (owners: readonly DatabaseOwner[]) => {
  if (await isSentToIam(administrator)) throw new Error(`PAM authentication failed for user "${administrator}"`);
  const client = await open(administrator, 'postgres');
  return createOwners(client, owners).finally(() => client.end());
};
const within = async <T>(user: string, database: string, work: (client: pg.Client) => Promise<T>): Promise<T> => {
  const client = await open(user, database);
  return work(client).finally(() => client.end());
};

beforeAll(async () => {
  lent = await emptyDatabase();
  // What RDS gives its administrator: not a superuser, but allowed to make roles and databases and to hand out rds_iam.
  await asSuperuser(`CREATE ROLE "${administrator}" LOGIN PASSWORD 'x' CREATEROLE CREATEDB`);
  await asSuperuser('DO $$ BEGIN CREATE ROLE rds_iam; EXCEPTION WHEN duplicate_object THEN NULL; END $$');
  await asSuperuser(`GRANT rds_iam TO "${administrator}" WITH ADMIN TRUE, INHERIT FALSE, SET FALSE`);
  await create([orders, carts]);
  // The embedded cluster asks for passwords; on RDS a token takes their place.
  for (const { role } of [orders, carts]) await asSuperuser(`ALTER ROLE "${role}" PASSWORD 'x'`);
});
afterAll(async () => {
  for (const { database } of [orders, carts]) await asSuperuser(`DROP DATABASE IF EXISTS "${database}" WITH (FORCE)`);
  for (const role of [orders.role, carts.role, administrator])
    await asSuperuser(`DROP OWNED BY "${role}"; DROP ROLE "${role}"`);
  await lent.drop();
});

test('an owner makes tables in its database', async () => {
  await within(orders.role, orders.database, (client) => client.query('CREATE TABLE orders (id text PRIMARY KEY)'));
});

test('an owner, who is no superuser, makes the extensions that the migrations of services ask for', async () => {
  const files: string[] = [];
  for await (const file of glob('services/**/migrations/*.sql', { cwd: root })) files.push(file);
  expect(files.length).toBeGreaterThan(5);
  const extensions = new Set<string>();
  for (const file of files)
    for (const [, name = ''] of (await readFile(join(root, file), 'utf8')).matchAll(
      /CREATE EXTENSION IF NOT EXISTS (\w+)/g,
    ))
      extensions.add(name);
  expect([...extensions]).toContain('unaccent');
  await within(carts.role, carts.database, async (client) => {
    for (const name of extensions) await client.query(`CREATE EXTENSION IF NOT EXISTS ${name}`);
    expect((await client.query("SELECT unaccent('łódź') AS text")).rows).toEqual([{ text: 'lodz' }]);
  });
});

test('an owner signs in by IAM', async () => {
  const { rows } = await within(orders.role, orders.database, (client) =>
    client.query("SELECT pg_has_role(current_user, 'rds_iam', 'MEMBER') AS member"),
  );
  expect(rows).toEqual([{ member: true }]);
});

test('the administrator can still sign in by its password after each owner, however often the job runs', async () => {
  for (const owners of [[orders], [orders], [carts], [orders, carts]]) {
    await create(owners);
    expect(await isSentToIam(administrator)).toBe(false);
  }
});

test('the administrator enters every database, and acts as its owner when it says so', async () => {
  await within(carts.role, carts.database, (client) => client.query('CREATE TABLE visits AS SELECT 1 AS count'));
  await within(administrator, carts.database, async (client) => {
    await expect(client.query('SELECT count FROM visits')).rejects.toThrow(/permission denied for table/);
    await client.query(`SET ROLE "${carts.role}"`);
    expect((await client.query('SELECT count FROM visits')).rows).toEqual([{ count: 1 }]);
  });
});

test("nobody but the owner gets into an owner's database", async () => {
  await expect(within(carts.role, orders.database, async () => undefined)).rejects.toThrow(
    /permission denied for database/,
  );
});

test('running again keeps what is there and adds who is missing', async () => {
  await within(carts.role, carts.database, (client) => client.query('CREATE TABLE carts AS SELECT 7 AS items'));
  await create([orders, carts]);
  const { rows } = await within(carts.role, carts.database, (client) => client.query('SELECT items FROM carts'));
  expect(rows).toEqual([{ items: 7 }]);
});

test('a job that was cut off half-way is finished by the next one', async () => {
  const half: DatabaseOwner = { database: `halves_${suffix}`, role: `half_${suffix}`, signIn: 'iam' };
  await within(administrator, 'postgres', (client) => client.query(`CREATE ROLE "${half.role}" LOGIN`));
  await create([half]);
  const { rows } = await within(administrator, 'postgres', (client) =>
    client.query('SELECT pg_get_userbyid(datdba) AS owner FROM pg_database WHERE datname = $1', [half.database]),
  );
  expect(rows).toEqual([{ owner: half.role }]);
  await asSuperuser(`DROP DATABASE "${half.database}" WITH (FORCE)`);
  await asSuperuser(`DROP ROLE "${half.role}"`);
});

test('a name that is no identifier is refused before anything is done', async () => {
  await expect(create([{ database: 'x"; DROP DATABASE orders; --', role: 'evil', signIn: 'iam' }])).rejects.toThrow(
    /cannot name a role or a database/,
  );
  const { rowCount } = await within(administrator, 'postgres', (client) =>
    client.query("SELECT 1 FROM pg_roles WHERE rolname = 'evil'"),
  );
  expect(rowCount).toBe(0);
});
