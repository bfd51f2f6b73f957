/** Indexes that are built or dropped while the table is written to, begun again after a kill at any moment. */
import type { Sql } from './database.ts';
import type { IndexStep, Migration } from './migration-files.ts';

/** Milliseconds for one index: it is read through twice while customers write, and waits for transactions that began earlier. */
const indexTimeoutMs = 4 * 3_600_000;
const patiently = { timeoutMs: indexTimeoutMs, isOneStatement: true };

const stateOf = async (session: Sql, index: string): Promise<'absent' | 'invalid' | 'valid'> => {
  const { rows } = await session.query<{ isValid: boolean }>(
    'SELECT indisvalid AS "isValid" FROM pg_index WHERE indexrelid = to_regclass($1)',
    [index],
  );
  if (rows[0] === undefined) return 'absent';
  return rows[0].isValid ? 'valid' : 'invalid';
};

type ServerError = Error & { readonly code?: string; readonly table?: string; readonly detail?: string };

/** The server's detail also has the doubled value, which may belong to a customer: only the names of the columns are told. */
const explained = (problem: unknown, { name, owner, step }: Migration & { readonly step: IndexStep }): Error => {
  const { code, table = 'the table', detail = '', message } = problem as ServerError;
  const columns = /^Key \((.*)\)=\(/.exec(detail)?.[1];
  const why =
    code === '23505'
      ? `rows of ${table} share one (${columns ?? 'key'}), which unique index ${step.index} forbids; merge or delete what is double and start again: SELECT ${columns ?? '...'}, count(*) FROM ${table} GROUP BY ${columns ?? '...'} HAVING count(*) > 1`
      : message;
  return new Error(`migration ${name} (${owner}) failed: ${why}`, { cause: problem });
};

const dropIndex = (session: Sql, index: string) =>
  session.query(`DROP INDEX CONCURRENTLY IF EXISTS ${index}`, undefined, patiently);

/**
 * Does what the file says, outside of any transaction. What an earlier try left behind, whole or INVALID, is dropped and built anew; a
 * valid index that no try of ours can have left is refused. A build that fails leaves nothing: an INVALID unique index would go on
 * refusing what customers write.
 */
export const takeIndexStep = async (
  session: Sql,
  migration: Migration & { readonly step: IndexStep },
): Promise<void> => {
  const { owner, name, sql, step } = migration;
  const { index } = step;
  await session.query(`SET statement_timeout = ${indexTimeoutMs}`);
  if (step.act === 'build') {
    const { rowCount: isNew } = await session.query(
      'INSERT INTO begun_migrations (owner, name) VALUES ($1, $2) ON CONFLICT DO NOTHING',
      [owner, name],
    );
    const found = await stateOf(session, index);
    if (found === 'valid' && isNew) {
      await session.query('DELETE FROM begun_migrations WHERE (owner, name) = ($1, $2)', [owner, name]);
      throw new Error(
        `migration ${name} (${owner}): an index ${index} is there already, and no migration built it; drop or rename it and start again`,
      );
    }
    if (found !== 'absent') await dropIndex(session, index);
  }
  try {
    await session.query(sql, undefined, patiently);
  } catch (error) {
    // Best effort: where the connection is gone, the next start drops it.
    if (step.act === 'build') await dropIndex(session, index).catch(() => undefined);
    throw explained(error, migration);
  }
};
