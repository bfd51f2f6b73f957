/** Lets whoever operates a database see which statements take its time: pg_stat_statements, made once, as often as it is asked to. */
import { type Administrator, identifier } from './create-owners.ts';

/** Library that each server has to load, on AWS, on this machine and in a container; it is also the extension that shows what it counted. */
export const STATEMENT_COUNTS = 'pg_stat_statements';

/**
 * Settings of a server for one shop, whose services have some 320 statements: half a megabyte in place of two. Migrations and what begins and
 * ends transactions would be 500 more, and no query to make faster.
 */
export const STATEMENT_COUNT_SETTINGS = {
  shared_preload_libraries: STATEMENT_COUNTS,
  'pg_stat_statements.max': 1000,
  'pg_stat_statements.track_utility': 'off',
} as const;

// Apart from the owner's tables, where neither its migrations nor a look for missing indexes meets what is not the owner's.
const SCHEMA = 'statement_counts';

/**
 * Makes the extension in the database of this connection unless it is there, and lets roles read it. Whose statements they see is a matter
 * of pg_monitor, which they have. Only a superuser makes this extension, on RDS its administrator, who needs the owner's leave for a schema.
 */
export const countStatements = async (
  inside: Administrator,
  { database, role: owner }: { readonly database: string; readonly role: string },
  readers: readonly string[],
): Promise<void> => {
  await inside.query(`SET ROLE ${identifier(owner)}`);
  await inside.query(`GRANT CREATE ON DATABASE ${identifier(database)} TO SESSION_USER`);
  await inside.query('RESET ROLE');
  await inside.query(`CREATE SCHEMA IF NOT EXISTS ${SCHEMA}`);
  await inside.query(`CREATE EXTENSION IF NOT EXISTS ${STATEMENT_COUNTS} SCHEMA ${SCHEMA}`);
  for (const reader of readers) await inside.query(`GRANT USAGE ON SCHEMA ${SCHEMA} TO ${identifier(reader)}`);
};
