/** One moment of all databases together: writes wait for an instant, and what was there then can be read afterwards. */
import { setTimeout as pause } from 'node:timers/promises';
import type pg from 'pg';
import type { DatabaseRecord } from './backup-manifest.ts';
import { BackupRefused } from './backup-refused.ts';
import { recordDatabase, tablesOf } from './database-record.ts';
import { type ClusterDoor, connectTo, databasesOf } from './open-cluster.ts';

/**
 * Whoever writes waits for us only as long as we wait for whoever wrote: shorter than a second, in which PostgreSQL would look for a
 * deadlock on their side and give up their work rather than ours. Ours looks first, which also has an autovacuum step aside.
 */
const LOOK = `SET deadlock_timeout = '100ms'; SET lock_timeout = '700ms'`;
const TRIES = 40;
const PAUSE_MS = 150;
/** SQLSTATE: lock not available, deadlock detected. */
const TRY_AGAIN = ['55P03', '40P01'];

export type HeldMoment = {
  /** Lets writes go on. */
  release(): Promise<void>;
  /** Reads what each database held in that moment. */
  record(): Promise<Record<string, DatabaseRecord>>;
  /** Lets go of everything. */
  close(): Promise<void>;
};

type Room = { readonly name: string; readonly client: pg.Client };

/** Locks every table of a database against writes, and then fixes what this transaction sees of it. */
const hold = async ({ client }: Room) => {
  const tables = await tablesOf(client);
  await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
  // Locks that are taken behind a savepoint go with it, and the snapshot stays.
  await client.query('SAVEPOINT held');
  // Takes no snapshot by itself, so that what we waited for is seen.
  if (tables.length > 0) await client.query(`LOCK TABLE ${tables.join(', ')} IN SHARE MODE`);
  await client.query('SELECT pg_current_snapshot()');
};

const holdAll = async (rooms: readonly Room[], signal: AbortSignal) => {
  for (let left = TRIES; ; left -= 1) {
    signal.throwIfAborted();
    try {
      for (const room of rooms) await hold(room);
      return;
    } catch (problem) {
      for (const { client } of rooms) await client.query('ROLLBACK');
      if (!TRY_AGAIN.includes(String((problem as { code?: unknown }).code))) throw problem;
      if (left === 0)
        throw new BackupRefused('backup.busy', 'the shop never let all its tables rest for an instant; try it again');
    }
    await pause(PAUSE_MS);
  }
};

/** Has every write of every database wait. The caller releases soon: customers wait too. */
export const holdWrites = async (door: ClusterDoor, signal: AbortSignal): Promise<HeldMoment> => {
  const rooms: Room[] = [];
  const close = async () => {
    await Promise.all(rooms.map(({ client }) => client.end().catch(() => undefined)));
  };
  try {
    for (const name of await databasesOf(door)) {
      const client = await connectTo(door, name);
      rooms.push({ name, client });
      await client.query(LOOK);
    }
    await holdAll(rooms, signal);
  } catch (problem) {
    await close();
    throw problem;
  }
  return {
    release: async () => {
      await Promise.all(rooms.map(({ client }) => client.query('ROLLBACK TO SAVEPOINT held')));
    },
    record: async () => {
      const records: Record<string, DatabaseRecord> = {};
      for (const { name, client } of rooms) {
        signal.throwIfAborted();
        records[name] = await recordDatabase(client);
      }
      return records;
    },
    close,
  };
};
