import type { IndexFindings } from '../../contracts/http/operations/databases-api.ts';
import type { Database } from '../../kit/storage/database.ts';
import { type LookLimits, look } from './look.ts';

/** Where a finding begins. Sources: ankane/pghero, lib/pghero/methods/indexes.rb; NikolayS/postgres_dba, sql/i*.sql. */
const from = {
  /** Rows of a table from which reading all of them costs something. */
  rows: 10_000,
  /** Per cent of a table's scans by an index, below which one is missing. */
  indexPercent: 95,
  /** Scans of a table, below which its share of them says nothing. */
  tableScans: 20,
  /** Scans of an index, below which it is unused. */
  indexScans: 50,
  /** Bytes of an index, below which it costs nothing worth a change. */
  bytes: 1_048_576,
} as const;

const mostFindings = 200;

type IndexRow = { readonly index: string; readonly table: string; readonly bytes: string; readonly definition: string };
type MissingRow = {
  readonly table: string;
  readonly rows: string;
  readonly sequential: string;
  readonly by_index: string;
  readonly index_percent: number;
};

const indexColumns = `i.indexrelid::regclass::text AS index, i.indrelid::regclass::text AS table,
  pg_relation_size(i.indexrelid) AS bytes, pg_get_indexdef(i.indexrelid) AS definition`;

const own = "n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast') AND n.nspname NOT LIKE 'pg_temp%'";
const ownIndexes = `pg_index i JOIN pg_class c ON c.oid = i.indrelid JOIN pg_namespace n ON n.oid = c.relnamespace AND ${own}`;

const missingStatement = `SELECT s.relid::regclass::text AS table, c.reltuples::bigint AS rows, s.seq_scan AS sequential,
    coalesce(s.idx_scan, 0) AS by_index,
    100.0::float8 * coalesce(s.idx_scan, 0) / (s.seq_scan + coalesce(s.idx_scan, 0)) AS index_percent
  FROM pg_stat_user_tables s JOIN pg_class c ON c.oid = s.relid
  WHERE greatest(c.reltuples, s.n_live_tup) >= ${from.rows} AND s.seq_scan + coalesce(s.idx_scan, 0) >= ${from.tableScans}
    AND 100.0 * coalesce(s.idx_scan, 0) < ${from.indexPercent} * (s.seq_scan + coalesce(s.idx_scan, 0))
  ORDER BY s.seq_scan * greatest(c.reltuples, 1) DESC, 1 LIMIT ${mostFindings}`;

// What forbids something is used without being read: unique ones, those of constraints, and the one that names rows to replicas.
const unusedStatement = `SELECT ${indexColumns}, s.idx_scan AS scans
  FROM ${ownIndexes} JOIN pg_stat_user_indexes s ON s.indexrelid = i.indexrelid
  WHERE s.idx_scan < ${from.indexScans} AND i.indisvalid AND NOT i.indisunique AND NOT i.indisreplident
    AND NOT EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conindid = i.indexrelid)
    AND pg_relation_size(i.indexrelid) >= ${from.bytes}
  ORDER BY bytes DESC, 1 LIMIT ${mostFindings}`;

// A column of an index is its number, operator class, collation and order. Covered is who stands at the beginning of another B-tree of
// the same condition; of two that are alike, the later one. With expressions or further columns only a twin covers.
const duplicateStatement = `WITH known AS (
    SELECT i.indexrelid, i.indrelid, i.indisunique, i.indnatts, i.indnkeyatts, a.amname,
      coalesce(pg_get_expr(i.indpred, i.indrelid), '') AS condition, coalesce(pg_get_expr(i.indexprs, i.indrelid), '') AS expressions,
      (SELECT string_agg(concat_ws(':', i.indkey[k], i.indclass[k], i.indcollation[k], i.indoption[k]), ',' ORDER BY k)
       FROM generate_series(0, i.indnatts - 1) k) || ',' AS columns
    FROM ${ownIndexes} JOIN pg_class x ON x.oid = i.indexrelid JOIN pg_am a ON a.oid = x.relam
    WHERE i.indisvalid AND NOT i.indisexclusion)
  SELECT DISTINCT ON (d.indexrelid) ${indexColumns}, b.indexrelid::regclass::text AS covered_by
  FROM known d JOIN pg_index i ON i.indexrelid = d.indexrelid
  JOIN known b ON b.indrelid = d.indrelid AND b.indexrelid <> d.indexrelid AND b.amname = d.amname AND b.condition = d.condition
    AND (b.columns = d.columns AND b.expressions = d.expressions AND b.indnkeyatts = d.indnkeyatts
         AND (d.indisunique::int, -d.indexrelid::bigint) < (b.indisunique::int, -b.indexrelid::bigint)
      OR d.amname = 'btree' AND b.columns <> d.columns AND starts_with(b.columns, d.columns) AND d.indnkeyatts = d.indnatts
         AND b.indnkeyatts >= d.indnkeyatts AND d.expressions = '' AND b.expressions = '')
  WHERE NOT d.indisunique AND NOT i.indisreplident OR d.columns = b.columns AND d.indisunique AND b.indisunique
    AND NOT i.indisprimary AND NOT i.indisreplident
    AND NOT EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conindid = i.indexrelid)
  ORDER BY d.indexrelid, b.indexrelid LIMIT ${mostFindings}`;

const invalidStatement = `SELECT ${indexColumns},
    EXISTS (SELECT 1 FROM pg_stat_progress_create_index p WHERE p.index_relid = i.indexrelid) AS building
  FROM ${ownIndexes} WHERE NOT i.indisvalid AND c.relkind <> 'p' ORDER BY 1 LIMIT ${mostFindings}`;

const asIndex = ({ index, table, bytes, definition }: IndexRow) => ({ index, table, bytes: Number(bytes), definition });

/** Tables that lack an index, and indexes that nobody reads, that another one covers, or that were never finished. */
export const indexFindings = (database: Database, limits?: LookLimits): Promise<IndexFindings> =>
  look(
    database,
    async (tx) => {
      const { rows: statistics } = await tx.query<{ since: Date | null }>(
        'SELECT stats_reset AS since FROM pg_stat_database WHERE datname = current_database()',
      );
      const { rows: missing } = await tx.query<MissingRow>(missingStatement);
      const { rows: unused } = await tx.query<IndexRow & { scans: string }>(unusedStatement);
      const { rows: duplicate } = await tx.query<IndexRow & { covered_by: string }>(duplicateStatement);
      const { rows: invalid } = await tx.query<IndexRow & { building: boolean }>(invalidStatement);
      return {
        since: statistics[0]?.since?.toISOString() ?? null,
        missing: missing.map((row) => ({
          table: row.table,
          rows: Number(row.rows),
          sequentialScans: Number(row.sequential),
          indexScans: Number(row.by_index),
          indexPercent: row.index_percent,
        })),
        unused: unused.map((row) => ({ ...asIndex(row), scans: Number(row.scans) })),
        duplicate: duplicate.map((row) => ({ ...asIndex(row), coveredBy: row.covered_by })),
        invalid: invalid.map((row) => ({ ...asIndex(row), isBeingBuilt: row.building })),
      };
    },
    limits,
  );
