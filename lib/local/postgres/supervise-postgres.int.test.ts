import { execFileSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import pg from 'pg';
import { eventually } from '../../../services/kit/testing/condition.ts';
import { freePort } from '../../../services/kit/testing/loopback.ts';
import { postmasterOf } from './postgres-cluster.ts';
import { type SupervisedPostgres, supervisePostgres } from './supervise-postgres.ts';

let place: string;
let port: number;
let server: SupervisedPostgres;
let said: string[];
let states: string[];
let pids: (number | null)[];

const query = async (text: string) => {
  const client = new pg.Client({
    connectionString: `postgresql://cloudmart:secret@127.0.0.1:${port}/postgres`,
    connectionTimeoutMillis: 2_000,
  });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
};

const kill = async () => process.kill((await postmasterOf(server.cluster)) as number, 'SIGKILL');

beforeEach(async () => {
  // Not below a folder of another account: as root the server runs as somebody else.
  place = await mkdtemp(path.join(tmpdir(), 'postgres-'));
  await mkdir(path.join(place, 'data'));
  await chmod(place, 0o711);
  port = await freePort();
  said = [];
  states = [];
  pids = [];
  server = await supervisePostgres(
    {
      folder: { path: path.join(place, 'data'), id: path.basename(place) },
      logFile: path.join(place, 'postgres.log'),
      port,
      password: 'secret',
    },
    {
      say: (line) => said.push(line),
      changed: (state, pid, restarts) => {
        states.push(`${state} ${restarts}`);
        pids.push(pid);
      },
      backOff: { firstMs: 10, mostMs: 50, calmMs: 60_000 },
    },
  );
});

afterEach(async () => {
  await server.stop(5_000);
  await rm(place, { recursive: true, force: true });
});

test('a server that is killed with -9 is back with what was committed, under the process that is told', async () => {
  await query('CREATE TABLE kept AS SELECT 42 AS answer');
  await kill();
  await eventually(async () => expect(await query('SELECT answer FROM kept')).toEqual([{ answer: 42 }]));
  await eventually(() => expect(said.at(-1)).toBe('PostgreSQL is ready again after 1 restart'));
  expect(said[0]).toBe('PostgreSQL was ended by SIGKILL; starting it again in 10 ms');
  expect(states).toEqual(['starting 0', 'ready 0', 'down 0', 'starting 1', 'ready 1']);
  expect(pids.at(-1)).toBe(await postmasterOf(server.cluster));
});

test('a server whose guard alone was killed is ended and started under a new one', async () => {
  const postmaster = (await postmasterOf(server.cluster)) as number;
  const guard = Number(execFileSync('ps', ['-o', 'ppid=', '-p', String(postmaster)], { encoding: 'utf8' }));
  process.kill(guard, 'SIGKILL');
  await eventually(() => expect(said.at(-1)).toBe('PostgreSQL is ready again after 1 restart'));
  expect(await postmasterOf(server.cluster)).not.toBe(postmaster);
  expect(await query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
});

test('what keeps it from starting is told, and tried again until it is gone', async () => {
  const version = path.join(server.cluster, 'PG_VERSION');
  await rename(version, `${version}.away`);
  await kill();
  await eventually(() => expect(said.filter((line) => line.includes('is damaged'))).toHaveLength(2));
  await rename(`${version}.away`, version);
  await eventually(async () => expect(await query('SELECT 1 AS one')).toEqual([{ one: 1 }]));
});

test('it is not started again once it is told to stop', async () => {
  await kill();
  await server.stop(5_000);
  await expect(query('SELECT 1')).rejects.toThrow();
  expect(states.at(-1)).toMatch(/^down/);
});
