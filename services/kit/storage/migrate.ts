import { setTimeout as pause } from 'node:timers/promises';
import type { Database, Sql } from './database.ts';
import { takeIndexStep } from './index-step.ts';
import { type Migration, type MigrationFolderOptions, readMigrations } from './migration-files.ts';

export type MigrateOptions = MigrationFolderOptions & {
  /** Called, maybe several times, before something that may take longer than a start: an index, or another process that migrates. */
  readonly takesLong?: () => void;
};

type Applied = Pick<Migration, 'owner' | 'name' | 'checksum'>;

/** Any number that nothing else in the database locks. */
const lockNumber = 4_701_338_201;
/** Milliseconds for one statement: rewriting a big table takes longer than a request may. */
const statementTimeoutMs = 600_000;
const patiently = { timeoutMs: statementTimeoutMs };
/** As long as another process may build indexes. */
const lockWithinMs = 4 * 3_600_000;
const askAgainMs = 250;
/** After so long the other process does more than a start; probes give it two minutes. */
const ordinaryMs = 30_000;

const bookkeeping = `
  CREATE TABLE IF NOT EXISTS applied_migrations (
    owner text NOT NULL, name text NOT NULL, checksum text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (owner, name));
  CREATE TABLE IF NOT EXISTS begun_migrations (
    owner text NOT NULL, name text NOT NULL, begun_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (owner, name))`;

/** Throws, naming the file, if what was applied once is not what lies in the folder now. */
const refuseRewrittenHistory = (applied: readonly Applied[], known: readonly Migration[]) => {
  for (const { owner, name, checksum } of applied) {
    const file = known.find((migration) => migration.owner === owner && migration.name === name);
    if (!file)
      throw new Error(
        `migration ${name} (${owner}) was applied to this database but its file is missing; deploy a version that has it`,
      );
    if (file.checksum !== checksum)
      throw new Error(
        `migration ${name} (${owner}) was changed after it had been applied; restore it and add a new one instead`,
      );
  }
};

/** The files that are not applied yet. Throws if one of them comes before an applied one. */
const missingOf = (applied: readonly Applied[], known: readonly Migration[]): Migration[] => {
  const missing = known.filter(({ owner, name }) => !applied.some((row) => row.owner === owner && row.name === name));
  for (const { owner, name } of missing) {
    const later = applied.find((row) => row.owner === owner && row.name > name);
    if (later)
      throw new Error(
        `migration ${name} (${owner}) comes before ${later.name}, which is applied already; give it a higher number`,
      );
  }
  return missing;
};

/**
 * Whoever has the lock migrates. It is asked for again and again instead of waited for: a statement that waits holds a snapshot, every
 * concurrent build waits for all snapshots, and the build is what the lock would be waited for.
 */
const takeLock = async (session: Sql, takesLong: () => void) => {
  const since = performance.now();
  for (; performance.now() - since < lockWithinMs; await pause(askAgainMs)) {
    const { rows } = await session.query<{ isMine: boolean }>('SELECT pg_try_advisory_lock($1) AS "isMine"', [
      lockNumber,
    ]);
    if (rows[0]?.isMine) return;
    if (performance.now() - since > ordinaryMs) takesLong();
  }
  throw new Error(
    `another process has been migrating this database for ${lockWithinMs / 3_600_000} hours; look at it with "npx cloudmart db locks" and start again`,
  );
};

const inTransaction = async (session: Sql, work: () => Promise<unknown>) => {
  await session.query('BEGIN');
  try {
    await work();
    await session.query('COMMIT');
  } catch (error) {
    // The session ends with its connection; the first error is the one to report.
    await session.query('ROLLBACK').catch(() => undefined);
    throw error;
  }
};

const keepAsApplied = async (session: Sql, { owner, name, checksum }: Migration) => {
  await session.query('DELETE FROM begun_migrations WHERE (owner, name) = ($1, $2)', [owner, name]);
  const values = [owner, name, checksum];
  await session.query('INSERT INTO applied_migrations (owner, name, checksum) VALUES ($1, $2, $3)', values);
};

const apply = async (session: Sql, migration: Migration, takesLong: () => void) => {
  const { owner, name, sql, step } = migration;
  if (step) {
    takesLong();
    await takeIndexStep(session, { ...migration, step });
    await inTransaction(session, () => keepAsApplied(session, migration));
    return;
  }
  await session.query(`SET statement_timeout = ${statementTimeoutMs}`);
  await inTransaction(session, async () => {
    try {
      await session.query(sql, undefined, patiently);
    } catch (error) {
      throw new Error(`migration ${name} (${owner}) failed: ${(error as Error).message}`, { cause: error });
    }
    await keepAsApplied(session, migration);
  });
};

/**
 * Applies what is missing of the numbered `.sql` files, the kit's first, each in a transaction of its own: one that fails changes nothing,
 * and those before it stay. A file that begins with `-- cloudmart: no transaction` builds or drops one index concurrently; killed in the
 * middle, the next start builds it anew. Processes that start at the same time take turns. Returns the names that were applied now.
 * Throws, naming the file, if an applied one was changed or is missing, or if a new one comes before an applied one.
 */
export const migrate = async (
  database: Database,
  folder?: URL | string,
  { takesLong = () => undefined, ...folders }: MigrateOptions = {},
): Promise<string[]> => {
  const known = await readMigrations(folder, folders);
  return database.session(async (session) => {
    // A server notices by itself that its client was killed, instead of building on under the lock.
    await session.query(`SET client_connection_check_interval = 1000; SET lock_timeout = ${statementTimeoutMs}`);
    await takeLock(session, takesLong);
    await session.query(bookkeeping);
    const { rows: applied } = await session.query<Applied>(
      'SELECT owner, name, checksum FROM applied_migrations ORDER BY name',
    );
    refuseRewrittenHistory(applied, known);
    const missing = missingOf(applied, known);
    for (const migration of missing) await apply(session, migration, takesLong);
    return missing.map(({ name }) => name);
  });
};
