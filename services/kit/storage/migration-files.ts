/** The numbered `.sql` files of a folder, read and checked before any of them touches a database. */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What a file without a transaction does; only these two can be begun again after a kill at any moment. */
export type IndexStep = {
  readonly act: 'build' | 'drop';
  /** Name of the index. */
  readonly index: string;
};

export type Migration = {
  readonly owner: 'kit' | 'own';
  readonly name: string;
  readonly checksum: string;
  readonly sql: string;
  /** Present in a file without a transaction. */
  readonly step?: IndexStep;
};

export type MigrationFolderOptions = {
  /** Folder of the kit's own tables, applied first; default the one beside this file. A bundle has it in `context.migrations.kit`. */
  readonly kitFolder?: URL | string;
};

const withoutTransaction = '-- cloudmart: no transaction';
const build = /^CREATE\s+(?:UNIQUE\s+)?INDEX\s+CONCURRENTLY\s+([a-z_][a-z0-9_]*)\s+ON\s[^;]+;?$/i;
const drop = /^DROP\s+INDEX\s+CONCURRENTLY\s+IF\s+EXISTS\s+([a-z_][a-z0-9_]*)\s*;?$/i;

/** What the file does outside of a transaction, or undefined for one that has a transaction. Throws when it may not. */
const stepOf = (name: string, sql: string): IndexStep | undefined => {
  const [first = ''] = sql.split('\n', 1);
  const statement = sql.replaceAll(/--.*$/gm, '').trim();
  if (first.trim() !== withoutTransaction) {
    if (/^--\s*cloudmart\s*:/i.test(first))
      throw new Error(
        `migration ${name}: its first line is "${first.trim()}"; write "${withoutTransaction}" or leave it out`,
      );
    if (/\bINDEX\s+CONCURRENTLY\b/i.test(statement))
      throw new Error(
        `migration ${name} handles an index CONCURRENTLY, which no transaction can; make it a file of its own that begins with "${withoutTransaction}"`,
      );
    return undefined;
  }
  const [, built] = build.exec(statement) ?? [];
  if (built) return { act: 'build', index: built };
  const [, dropped] = drop.exec(statement) ?? [];
  if (dropped) return { act: 'drop', index: dropped };
  throw new Error(
    `migration ${name} runs without a transaction, so it must be one statement: CREATE [UNIQUE] INDEX CONCURRENTLY name ON ..., or DROP INDEX CONCURRENTLY IF EXISTS name; give everything else a file of its own`,
  );
};

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
      const step = stepOf(name, sql);
      const checksum = createHash('sha256').update(sql).digest('hex');
      return { owner, name, sql, checksum, ...(step && { step }) };
    }),
  );
};

/** The migrations of the kit, then those of the folder. Throws, naming the file, for one that is named or filled wrongly. */
export const readMigrations = async (
  folder: URL | string | undefined,
  { kitFolder = new URL('./migrations', import.meta.url) }: MigrationFolderOptions = {},
): Promise<Migration[]> => [
  ...(await readFolder('kit', kitFolder)),
  ...(folder === undefined ? [] : await readFolder('own', folder)),
];
