import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import pg from 'pg';
import { openEventLog } from '../../services/kit/events/open-event-log.ts';
import { createLogger } from '../../services/kit/telemetry/logger.ts';
import { testManifest } from '../../services/kit/testing/manifest.ts';
import { emptyDatabase, type TestDatabase } from '../../services/kit/testing/postgres.ts';
import { startTables, type Tables } from '../local/tables/tables.ts';
import { type Peers, preparePeers } from './prepare-peers.ts';

// The cluster serves the whole test run, so every name is this file's own.
const suffix = randomBytes(4).toString('hex');
const keeper = testManifest({
  name: `keeper-${suffix}`,
  owns: { database: `kept_${suffix}` },
  publishes: { [`kept-events-${suffix}`]: { partitions: 2, retentionDays: 1 } },
});
const teller = testManifest({ name: `teller-${suffix}`, owns: { tables: { told: { partitionKey: 'id' } } } });
const desk = testManifest({ name: `desk-${suffix}`, observes: { databases: [`kept_${suffix}`] } });
const all = [keeper, teller, desk];

let lent: TestDatabase;
let folder: string;
let tables: Tables;
let peers: Peers;

const asSuperuser = async (text: string) => {
  const client = new pg.Client({ connectionString: lent.url });
  await client.connect();
  return client.query(text).finally(() => client.end());
};

const queryAs = async ({ name }: { readonly name: string }, text: string) => {
  const client = new pg.Client({
    ...peers.postgres,
    user: name,
    password: peers.secrets.roles[name],
    database: `kept_${suffix}`,
  });
  await client.connect();
  return (await client.query<Record<string, unknown>>(text).finally(() => client.end())).rows;
};

beforeAll(async () => {
  lent = await emptyDatabase();
  folder = await mkdtemp(path.join(tmpdir(), 'cloudmart-peers-'));
  tables = await startTables(path.join(folder, 'tables'), 0, []);
  const { hostname, port, username, password } = new URL(lent.url);
  peers = {
    postgres: { host: hostname, port: Number(port), user: username },
    secrets: {
      administrator: decodeURIComponent(password),
      roles: { [keeper.name]: 'keeper-password', [desk.name]: 'desk-password' },
    },
    events: lent.url,
    tables: `http://127.0.0.1:${tables.port}`,
    folders: [path.join(folder, 'mails'), path.join(folder, 'buckets/images')],
    foldersOwner: process.getuid?.() ?? 0,
  };
});

afterAll(async () => {
  await tables.close();
  await asSuperuser(`DROP DATABASE IF EXISTS "kept_${suffix}" WITH (FORCE)`);
  for (const { name } of [keeper, desk]) await asSuperuser(`DROP ROLE IF EXISTS "${name}"`);
  await lent.drop();
  await rm(folder, { recursive: true, force: true });
});

test('every peer has what the manifests say, and a second run changes nothing', async () => {
  const said: string[] = [];
  for (let run = 0; run < 2; run++) await preparePeers(peers, all, (sentence) => said.push(sentence));
  expect(said.slice(0, 4)).toEqual(said.slice(4));

  await queryAs(keeper, 'CREATE TABLE kept AS SELECT 7 AS id');
  expect(await queryAs(desk, 'SELECT id FROM kept')).toEqual([{ id: 7 }]);
  await expect(queryAs(desk, 'INSERT INTO kept VALUES (8)')).rejects.toThrow(/permission denied for table kept/);

  const log = await openEventLog({ url: lent.url, logger: createLogger('test', 'silent') });
  const record = { key: 'k', value: '{}', headers: {} };
  await log.append(`kept-events-${suffix}`, [record]);
  await log.append(`kept-events-${suffix}.dead`, [record]);
  await expect(log.append(`other-events-${suffix}`, [record])).rejects.toThrow(/does not exist/);
  await log.close();

  const client = new DynamoDBClient({
    endpoint: peers.tables,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  expect((await client.send(new ListTablesCommand({}))).TableNames).toEqual(['told']);
  client.destroy();

  for (const made of peers.folders) expect((await stat(made)).isDirectory()).toBe(true);
});
