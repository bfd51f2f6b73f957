import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Database, Sql } from './database.ts';

export type MigrateOptions = {
  /** Folder of the kit's own tables, applied first; default the one beside this file. A bundle has it in `context.migrations.kit`. */
  readonly kitFolder?: URL | string;
};

type Applied = { readonly owner: 'kit' | 'own'; readonly name: string; readonly checksum: string };
export type Migration = Applied & { readonly sql: string };

/** Any number that nothing else in the database locks. */
const lockNumber = 4_701_338_201;
/** Milliseconds for one statement: building an index on a big table takes longer than a request may. */
const statementTimeoutMs = 600_000;

const pathOf = (folder: URL | string) => (typeof folder === 'string' ? folder : fileURLToPath(folder));

const readFolder = async (owner: Migration['owner'], folder: URL | string): Promise<Migration[]> => {
  const path = pathOf(folder);
  const names = (await readdir(path)).filter((name) => name.endsWith('.sql')).toSorted();
  const misnamed = names.find((name) => !/^\d{4}-[a-z0-9-]+\.sql$/.test(name));
  if (misnamed) throw new Error(`migration ${misnamed} in ${path}: name it like 0002-add-something.sql`);
  const doubled = names.find((name, at) => names[at - 1]?.slice(0, 4) === name.slice(0, 4));
  if (doubled) throw new Error(`migration ${doubled} in ${path}: its number is taken already; use the next free one`);
  return Promise.all(
    names.map(async (name) => {
      const sql = await readFile(join(path, name), 'utf8');
      if (sql.trim() === '') throw new Error(`migration ${name} in ${path} is empty`);
      return { owner, name, sql, checksum: createHash('sha256').update(sql).digest('hex') };
    }),
  );
};

const bookkeeping = `
  CREATE TABLE IF NOT EXISTS applied_migrations (
    owner text NOT NULL, name text NOT NULL, checksum text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now(),
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

/** The migrations of the kit, then those of the folder. */
export const readMigrations = async (
  folder: URL | string | undefined,
  { kitFolder = new URL('./migrations', import.meta.url) }: MigrateOptions = {},
): Promise<Migration[]> => [
  ...(await readFolder('kit', kitFolder)),
  ...(folder === undefined ? [] : await readFolder('own', folder)),
];

const applyMissing = async (tx: Sql, known: readonly Migration[]): Promise<string[]> => {
  const patiently = { timeoutMs: statementTimeoutMs };
  await tx.query(`SET LOCAL statement_timeout = ${statementTimeoutMs}; SET LOCAL lock_timeout = ${statementTimeoutMs}`);
  await tx.query('SELECT pg_advisory_xact_lock($1)', [lockNumber], patiently);
  await tx.query(bookkeeping);
  const { rows: applied } = await tx.query<Applied>(
    'SELECT owner, name, checksum FROM applied_migrations ORDER BY name',
  );
  refuseRewrittenHistory(applied, known);
  const missing = known.filter(({ owner, name }) => !applied.some((row) => row.owner === owner && row.name === name));
  for (const { owner, name, sql, checksum } of missing) {
    const later = applied.find((row) => row.owner === owner && row.name > name);
    if (later)
      throw new Error(
        `migration ${name} (${owner}) comes before ${later.name}, which is applied already; give it a higher number`,
      );
    try {
      await tx.query(sql, undefined, patiently);
    } catch (error) {
      throw new Error(`migration ${name} (${owner}) failed: ${(error as Error).message}`, { cause: error });
    }
    await tx.query('INSERT INTO applied_migrations (owner, name, checksum) VALUES ($1, $2, $3)', [
      owner,
      name,
      checksum,
    ]);
  }
  return missing.map(({ name }) => name);
};

/**
 * Applies what is missing of the numbered `.sql` files, the kit's first, all in one transaction: a failing file changes
 * nothing. Processes that start at the same time wait for each other. Returns the names that were applied now.
 * Throws, naming the file, if an applied one was changed or is missing, or if a new one comes before an applied one.
 */
export const migrate = async (
  database: Database,
  folder?: URL | string,
  options?: MigrateOptions,
): Promise<string[]> => {
  const known = await readMigrations(folder, options);
  return database.transaction((tx) => applyMissing(tx, known));
};
