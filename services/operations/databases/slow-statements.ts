import { mostStatementCharacters } from '../../contracts/http/operations/database-sessions-api.ts';
import type { SlowStatements } from '../../contracts/http/operations/databases-api.ts';
import type { Database } from '../../kit/storage/database.ts';
import { type LookLimits, look } from './look.ts';

type Row = {
  readonly id: string;
  readonly query: string;
  readonly calls: string;
  readonly total_ms: number;
  readonly mean_ms: number;
  readonly max_ms: number;
  readonly rows: string;
  readonly hit_percent: number | null;
};

const lacking = (sentence: string): SlowStatements => ({ lacking: sentence, since: null, statements: [] });

/** The schema that holds the extension's views, quoted; it may be any. */
const extensionSchema = `SELECT quote_ident(n.nspname) AS schema FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace
  WHERE e.extname = 'pg_stat_statements'`;

/**
 * The statements of this database that took the most time together, from pg_stat_statements, which is never reset here: others count by it.
 * Says so where the server does not count statements.
 */
export const slowStatements = (database: Database, limit: number, limits?: LookLimits): Promise<SlowStatements> =>
  look(
    database,
    async (tx) => {
      const { rows: extensions } = await tx.query<{ schema: string }>(extensionSchema);
      const schema = extensions[0]?.schema;
      if (schema === undefined)
        return lacking('this database has no pg_stat_statements: "CREATE EXTENSION pg_stat_statements" makes it');
      const { rows: loaded } = await tx.query<{ track: string | null }>(
        "SELECT current_setting('pg_stat_statements.track', true) AS track",
      );
      if (loaded[0]?.track == null)
        return lacking('the server does not load pg_stat_statements: add it to shared_preload_libraries');
      const { rows } = await tx.query<Row>(
        `SELECT s.queryid::text AS id, left(s.query, ${mostStatementCharacters}) AS query, s.calls,
           s.total_plan_time + s.total_exec_time AS total_ms, (s.total_plan_time + s.total_exec_time) / s.calls AS mean_ms,
           s.max_exec_time AS max_ms, s.rows,
           100.0::float8 * s.shared_blks_hit / nullif(s.shared_blks_hit + s.shared_blks_read, 0) AS hit_percent
         FROM ${schema}.pg_stat_statements s JOIN pg_database d ON d.oid = s.dbid
         WHERE d.datname = current_database() AND s.calls > 0 AND s.queryid IS NOT NULL ORDER BY total_ms DESC, id LIMIT $1`,
        [limit],
      );
      const { rows: info } = await tx.query<{ since: Date }>(
        `SELECT stats_reset AS since FROM ${schema}.pg_stat_statements_info`,
      );
      return {
        lacking: null,
        since: info[0]?.since.toISOString() ?? null,
        statements: rows.map((row) => ({
          id: row.id,
          query: row.query,
          calls: Number(row.calls),
          totalMs: row.total_ms,
          meanMs: row.mean_ms,
          maxMs: row.max_ms,
          rows: Number(row.rows),
          hitPercent: row.hit_percent,
        })),
      };
    },
    limits,
  );
