import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { openEventLog } from '../../../services/kit/events/open-event-log.ts';
import { usesEvents } from '../../../services/kit/manifest.ts';
import { createLogger } from '../../../services/kit/telemetry/logger.ts';
import { eventually } from '../../../services/kit/testing/condition.ts';
import { freePort } from '../../../services/kit/testing/loopback.ts';
import { testManifest } from '../../../services/kit/testing/manifest.ts';
import { services } from '../../services.ts';
import type { Secrets } from '../secrets.ts';
import { databaseUrl, EVENTS_DATABASE, prepareDatabases } from './databases.ts';
import { type Postgres, type PostgresOptions, startPostgres } from './postgres.ts';

let place: string;
let options: PostgresOptions;
let running: Postgres | undefined;

const start = async (more: Partial<PostgresOptions> = {}) => {
  running = await startPostgres({ ...options, ...more });
  return running;
};

const query = async (url: string, text: string) => {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
};

const administrator = () => `postgresql://cloudmart:secret@127.0.0.1:${options.port}/postgres`;

beforeEach(async () => {
  // Not below a folder of another account: as root the server runs as somebody else.
  place = await mkdtemp(path.join(tmpdir(), 'postgres-'));
  await mkdir(path.join(place, 'data'));
  await chmod(place, 0o711);
  options = {
    folder: { path: path.join(place, 'data'), id: path.basename(place) },
    logFile: path.join(place, 'postgres.log'),
    port: await freePort(),
    password: 'secret',
  };
  running = undefined;
});

afterEach(async () => {
  await running?.stop(5_000);
  await rm(place, { recursive: true, force: true });
});

describe('the embedded PostgreSQL', () => {
  it('keeps what was written, with fsync and synchronous commit on, over a fast shut-down', async () => {
    const first = await start();
    expect(
      await query(
        administrator(),
        "SELECT name, setting FROM pg_settings WHERE name IN ('fsync', 'synchronous_commit', 'full_page_writes', 'data_checksums') ORDER BY 1",
      ),
    ).toEqual([
      { name: 'data_checksums', setting: 'on' },
      { name: 'fsync', setting: 'on' },
      { name: 'full_page_writes', setting: 'on' },
      { name: 'synchronous_commit', setting: 'on' },
    ]);
    await query(administrator(), 'CREATE TABLE kept AS SELECT 42 AS answer');
    await first.stop(5_000);
    expect(await readFile(options.logFile, 'utf8')).toContain('database system is shut down');
    await start();
    expect(await query(administrator(), 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
  });

  it('keeps what was committed when the server itself is killed with -9', async () => {
    const first = await start();
    await query(administrator(), 'CREATE TABLE kept AS SELECT 42 AS answer');
    const pid = Number((await readFile(path.join(first.cluster, 'postmaster.pid'), 'utf8')).split('\n')[0]);
    process.kill(pid, 'SIGKILL');
    expect(await first.ended).toBeDefined();
    await start();
    expect(await query(administrator(), 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
  });

  it('ends when its parent is killed with -9, and starts again on the same files', async () => {
    const source = `import { startPostgres } from ${JSON.stringify(path.resolve('lib/local/postgres/postgres.ts'))};
      await startPostgres(${JSON.stringify(options)}); console.log('up'); setInterval(() => {}, 1000);`;
    await writeFile(path.join(place, 'parent.ts'), source);
    const parent = spawn(process.execPath, [path.join(place, 'parent.ts')], {
      cwd: process.cwd(),
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(parent.stdout, 'data');
    parent.kill('SIGKILL');
    await eventually(async () =>
      expect(await readFile(options.logFile, 'utf8')).toContain('database system is shut down'),
    );
    await start();
    expect(await query(administrator(), 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('takes over from a server that a killed start left running', async () => {
    const first = await start();
    const second = await startPostgres(options);
    expect(await first.ended).toBeDefined();
    running = second;
    expect(await query(administrator(), 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('gives each service a database that only its own role may enter, and events to all that use them', async () => {
    const { port } = await start();
    const secrets: Secrets = {
      administrator: 'secret',
      calls: {},
      roles: Object.fromEntries(services.map(({ name }) => [name, `of-${name}`])),
      configuration: {},
    };
    await prepareDatabases(port, secrets, services);
    await prepareDatabases(port, secrets, services);
    const url = (role: string, database: string) => databaseUrl(port, role, secrets, database);
    await query(url('order', 'orders'), 'CREATE TABLE mine (id int)');
    await expect(query(url('cart', 'orders'), 'SELECT 1')).rejects.toThrow('permission denied for database "orders"');
    await expect(query(url('order', 'orders').replace('of-order', 'of-cart'), 'SELECT 1')).rejects.toThrow(
      'password authentication failed',
    );
    await query(url('cart', EVENTS_DATABASE), 'CREATE TABLE log (id int)');
    for (const { name } of services.filter(usesEvents))
      expect(await query(url(name, EVENTS_DATABASE), 'INSERT INTO log VALUES (7) RETURNING id')).toEqual([{ id: 7 }]);
    await expect(query(url('api-gateway', EVENTS_DATABASE), 'SELECT 1')).rejects.toThrow(
      'password authentication failed',
    );
  });

  it('lets who observes read databases and the event log, and write to none of them', async () => {
    const { port } = await start();
    const desk = testManifest({ name: 'desk', observes: { databases: ['orders'], topics: ['order-events'] } });
    const secrets: Secrets = {
      administrator: 'secret',
      calls: {},
      roles: Object.fromEntries([...services, desk].map(({ name }) => [name, `of-${name}`])),
      configuration: {},
    };
    await prepareDatabases(port, secrets, [...services, desk]);
    const url = (role: string, database: string) => databaseUrl(port, role, secrets, database);
    const logAs = (role: string) =>
      openEventLog({ url: url(role, EVENTS_DATABASE), logger: createLogger('test', 'silent') });
    await query(url('order', 'orders'), 'CREATE TABLE sold AS SELECT 7 AS units');
    expect(await query(url('desk', 'orders'), 'SELECT units FROM sold')).toEqual([{ units: 7 }]);
    await expect(query(url('desk', 'orders'), 'DELETE FROM sold')).rejects.toThrow('permission denied for table sold');

    const [owner, observer] = await Promise.all([logAs('order'), logAs('desk')]);
    const topic = { 'order-events': { partitions: 1, retentionDays: 1 } };
    await owner.createTopics(topic);
    await owner.append('order-events', [{ key: 'ord_1', value: '{}' }]);
    expect(await observer.read({ topic: 'order-events', partition: 0 })).toMatchObject([{ key: 'ord_1' }]);
    expect(await observer.offsets('order-events')).toMatchObject([{ end: 1 }]);
    expect(await observer.retention()).toBe(0);
    await expect(observer.append('order-events', [{ key: 'ord_2', value: '{}' }])).rejects.toThrow(/permission denied/);
    await expect(observer.createTopics(topic)).rejects.toThrow(/permission denied/);
    await Promise.all([owner.close(), observer.close()]);
  });

  it.each([
    [
      'written by another version',
      'PG_VERSION',
      '16\n',
      /was written by PostgreSQL 16 and this version runs 18; restore/,
    ],
    ['without a version', 'PG_VERSION', '', /is not a PostgreSQL cluster or is damaged; restore/],
  ])('refuses files %s and leaves them alone', async (_, file, content, message) => {
    const { cluster, stop } = await start();
    await stop(5_000);
    await writeFile(path.join(cluster, file), content);
    await expect(startPostgres(options)).rejects.toEqual(
      expect.objectContaining({ code: 'data.corrupt', message: expect.stringMatching(message) }),
    );
    expect(await readFile(path.join(cluster, file), 'utf8')).toBe(content);
  });

  it('says what PostgreSQL says when its files are damaged, and where its log is', async () => {
    const { cluster, stop } = await start();
    await stop(5_000);
    await truncate(path.join(cluster, 'global/pg_control'), 10);
    await expect(startPostgres(options)).rejects.toEqual(
      expect.objectContaining({
        code: 'postgres.failed',
        message: expect.stringMatching(
          /pg_control.*Its log is .*postgres\.log; if the data are damaged, restore a backup or move/,
        ),
      }),
    );
  });

  it('refuses a password that does not open the databases', async () => {
    const { stop } = await start();
    await stop(5_000);
    await expect(startPostgres({ ...options, password: 'other' })).rejects.toEqual(
      expect.objectContaining({
        code: 'data.corrupt',
        message: expect.stringContaining('the password in secrets.json does not open the databases'),
      }),
    );
  });
});
