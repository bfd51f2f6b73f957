import { execFile } from 'node:child_process';
import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type pg from 'pg';
import { type ClusterDoor, inDatabase } from '../backups/open-cluster.ts';
import { root } from '../checkout.ts';
import { checkPlatform } from '../laws/check-platform.ts';
import { postmasterOf } from '../local/postgres/postgres-cluster.ts';
import { readSecrets } from '../local/secrets.ts';
import { pidOf } from '../replay/kill-targets.ts';
import { signalTarget } from '../replay/signal-target.ts';
import { pauseUnless } from '../shop/patiently.ts';
import { copyBeside, giveToServer } from './copy-beside.ts';
import type { Drill, DrillContext } from './drill.ts';
import { moveRows } from './move-rows.ts';

/** The service whose database is restored, and that database. */
const [SERVICE, DATABASE] = ['order', 'orders'];
const TOPICS = ['order-events', 'payment-events', 'inventory-events'];
const POLL_MS = 100;
const WITHIN_MS = 60_000;
const STOP_WITHIN_MS = 10_000;
/** Milliseconds until a consumer that stands still has lost its place, which only then can be moved. */
const LEASE_MS = 3_000;
/** How far ahead of the point consumers are moved back: an event of before it may have been handled after it. */
const BEHIND_MS = 60_000;

const until = async (what: string, signal: AbortSignal, holds: () => Promise<boolean>) => {
  for (const end = performance.now() + WITHIN_MS; !(await holds().catch(() => false)); ) {
    if (performance.now() > end) throw new Error(`${what} within ${WITHIN_MS / 1000} s`);
    await pauseUnless(signal, POLL_MS);
  }
};

/** What a command of this platform prints, as an operator runs it; its exit code 1 is an answer, too. */
const command = (context: DrillContext, ...words: readonly string[]): Promise<Record<string, unknown>> =>
  new Promise((resolve, reject) => {
    const all = ['bin/cloudmart.ts', ...words, '--data', context.state.dataFolder, '--json'];
    const options = { cwd: root, signal: context.signal, maxBuffer: 64 * 1024 ** 2 };
    execFile(process.execPath, all, options, (problem, stdout, stderr) => {
      try {
        resolve(JSON.parse(stdout) as Record<string, unknown>);
      } catch {
        reject(new Error(`"cloudmart ${words.join(' ')}" answered nothing: ${stderr || problem?.message}`));
      }
    });
  });

/** From here on every finished file of the server's log is kept; the server starts anew for it. */
const archiveLog = async (context: DrillContext, door: ClusterDoor, archive: string) => {
  await mkdir(archive, { recursive: true, mode: 0o700 });
  await giveToServer(context, archive);
  const ask = <T>(work: (client: pg.Client) => Promise<T>) => inDatabase(door, 'postgres', work);
  await ask(async (client) => {
    await client.query(`ALTER SYSTEM SET archive_mode = 'on'`);
    await client.query(`ALTER SYSTEM SET archive_command = 'cp %p "${archive}/%f"'`);
  });
  const postmaster = await postmasterOf(context.state.postgres.cluster);
  if (postmaster === undefined) throw new Error('PostgreSQL has no process to start anew');
  process.kill(postmaster, 'SIGINT');
  await until('PostgreSQL did not begin to archive', context.signal, () =>
    ask(async (client) => {
      const { rows } = await client.query<{ mode: string }>(`SELECT current_setting('archive_mode') AS mode`);
      return rows[0]?.mode === 'on';
    }),
  );
};

/** Ends the current file of the log, and resolves once it is in the archive. */
const archiveAll = ({ signal }: DrillContext, door: ClusterDoor): Promise<void> =>
  inDatabase(door, 'postgres', async (client) => {
    const { rows } = await client.query<{ file: string }>('SELECT pg_walfile_name(pg_switch_wal()) AS file');
    await until('the log was not archived', signal, async () => {
      const { rows: kept } = await client.query<{ last: string | null }>(
        'SELECT last_archived_wal AS last FROM pg_stat_archiver',
      );
      return (kept[0]?.last ?? '') >= (rows[0]?.file ?? '');
    });
  });

const one = async (client: pg.Client, question: string): Promise<string> => {
  const { rows } = await client.query<{ value: string }>(question);
  return rows[0]?.value ?? '';
};

/** Orders that were answered with 201 so far. */
const promisedOrders = async (history: string): Promise<string[]> => {
  const lines = (await readFile(history, 'utf8')).split('\n').filter((line) => line !== '');
  return lines.map((line) => (JSON.parse(line) as { orderId: string }).orderId);
};

const countMissing = (door: ClusterDoor, orderIds: readonly string[]): Promise<number> =>
  inDatabase(door, DATABASE, async (client) => {
    const { rowCount } = await client.query(
      'SELECT FROM unnest($1::text[]) AS promised (id) WHERE NOT EXISTS (SELECT FROM orders o WHERE o.id = promised.id)',
      [orderIds],
    );
    return rowCount ?? 0;
  });

/** The service stands still, and lets go of its database. */
const standStill = async (context: DrillContext, door: ClusterDoor): Promise<number> => {
  const pid = await signalTarget(SERVICE, 'SIGSTOP', { dataFolder: context.state.dataFolder, signal: context.signal });
  await inDatabase(door, 'postgres', (client) =>
    client.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1', [DATABASE]),
  );
  return pid;
};

/** Restores the cluster beside to that time, and brings the rows of the one database over. */
const restoreTo = async (
  context: DrillContext,
  { door, archive, copy }: { door: ClusterDoor; archive: string; copy: Awaited<ReturnType<typeof copyBeside>> },
  at: string,
) => {
  const server = await copy.start('recovery.signal', {
    ...{ archive_mode: 'off', restore_command: `cp "${archive}/%f" %p` },
    ...{ recovery_target_time: at, recovery_target_action: 'promote' },
  });
  try {
    const from = { port: server.port, password: door.password };
    await until('the restored copy did not come to its time', context.signal, () =>
      inDatabase(
        from,
        'postgres',
        async (client) => (await one(client, 'SELECT pg_is_in_recovery()::text AS value')) === 'false',
      ),
    );
    return await moveRows(DATABASE, { from, to: door, folder: archive });
  } finally {
    await server.stop(STOP_WITHIN_MS);
  }
};

/** One database goes back to a point in time; the log, the other databases, the tables and the mails stay where they are. */
export const pointInTime: Drill = {
  name: 'point-in-time',
  sentence:
    'the orders are deleted by mistake, their database is restored to a point in time, and everybody else is ahead of it',
  run: async (context) => {
    const { state, say, signal, afterPurchases } = context;
    const { administrator: password } = await readSecrets(state.dataFolder);
    const door = { port: state.postgres.port, password };
    const archive = path.join(path.dirname(state.postgres.cluster), 'archive');
    const history = path.join(state.dataFolder, 'replay', 'history.jsonl');
    say('archiving the log of PostgreSQL, and copying its files under purchases');
    await archiveLog(context, door, archive);
    const copy = await inDatabase(door, 'postgres', (client) =>
      copyBeside(context, client, { name: 'point-in-time', password }),
    );
    await afterPurchases(5);
    const at = await inDatabase(door, 'postgres', (client) => one(client, 'SELECT clock_timestamp()::text AS value'));
    await afterPurchases(10);

    say('deleting the orders');
    const frozen = await standStill(context, door);
    await inDatabase(door, DATABASE, (client) => client.query('TRUNCATE orders'));
    const lostAt = performance.now();
    await archiveAll(context, door);
    say(`restoring them to ${at}`);
    const rows = await restoreTo(context, { door, archive, copy }, at);
    const promised = await promisedOrders(history);
    const missing = await countMissing(door, promised);
    const found = (await checkPlatform(state.dataFolder, { historyFile: history, limitSeconds: 600 })).filter(
      ({ violations }) => violations.length > 0,
    );
    say(`${missing} orders that were answered are gone; laws broken: ${found.map(({ id }) => id).join(', ')}`);

    await pauseUnless(signal, LEASE_MS);
    const since = new Date(Date.parse(at) - BEHIND_MS).toISOString();
    for (const topic of TOPICS)
      await command(
        context,
        ...['offsets', 'reset', '--consumer', SERVICE, '--topic', topic, '--to', 'timestamp', '--at', since],
        ...['--reason', 'the orders were restored to a point in time'],
      );
    say('starting the service of orders anew, which takes back what the log knows');
    if ((await pidOf(SERVICE, state)) === frozen) process.kill(frozen, 'SIGKILL');
    await until(
      'the service of orders did not start anew',
      signal,
      async () => (await pidOf(SERVICE, state)) !== frozen,
    );
    await signalTarget(SERVICE, 0, { dataFolder: state.dataFolder, signal });
    const seconds = Math.round((performance.now() - lostAt) / 1000);
    const stillMissing = await countMissing(door, promised);
    const cancelled = await inDatabase(door, DATABASE, (client) =>
      one(client, `SELECT count(*)::text AS value FROM orders WHERE cancel_reason = 'timed-out'`),
    );
    await afterPurchases(5);
    const { drifts } = (await command(context, 'reconcile')) as { drifts?: readonly unknown[] };
    return [
      { sentence: `${rows} rows are as of ${at}, restored from a copy and the archived log`, holds: rows > 0 },
      {
        sentence: `the restore lost ${missing} of ${promised.length} answered orders, which the laws found: ${found.map(({ id, violations }) => `${id} ${violations.length}`).join(', ')}`,
        holds: missing > 0 && found.some(({ id }) => id === 'I1') && found.some(({ id }) => id === 'I15'),
      },
      {
        sentence: `the service took them back from the log when it started, ${stillMissing} are missing ${seconds} s after the mistake; ${cancelled} cancelled, since the token to charge is in no event`,
        holds: stillMissing === 0,
      },
      {
        sentence: `reconcile finds ${drifts?.length ?? '?'} differences of money and goods`,
        holds: drifts?.length === 0,
      },
    ];
  },
};
