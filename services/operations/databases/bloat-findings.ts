import type { BloatFindings } from '../../contracts/http/operations/databases-api.ts';
import type { Database } from '../../kit/storage/database.ts';
import { type LookLimits, look } from './look.ts';

/** Transactions after which PostgreSQL refuses to write, unless old rows were frozen: 2^31 less the 3 million that it keeps back. */
const lastTransaction = 2_147_483_648 - 3_000_000;
/** Fewer left than this is a finding. */
const fewTransactions = 10_000_000;
const mostFindings = 200;

type TableRow = {
  readonly table: string;
  readonly rows: string;
  readonly dead: string;
  readonly limit: string;
  readonly bytes: string;
  readonly cleaned_at: Date | null;
};

/** A setting of vacuum, of the table itself where it has its own. */
const setting = (name: string) =>
  `coalesce((SELECT option_value FROM pg_options_to_table(c.reloptions) WHERE option_name = '${name}'), current_setting('${name}'))`;

const tableStatement = `SELECT * FROM (
    SELECT s.relid::regclass::text AS table, greatest(c.reltuples, 0)::bigint AS rows, s.n_dead_tup AS dead,
      (${setting('autovacuum_vacuum_threshold')}::float8
        + ${setting('autovacuum_vacuum_scale_factor')}::float8 * greatest(c.reltuples, 0))::bigint AS limit,
      pg_table_size(s.relid) AS bytes, greatest(s.last_vacuum, s.last_autovacuum) AS cleaned_at
    FROM pg_stat_user_tables s JOIN pg_class c ON c.oid = s.relid) t
  WHERE dead > t.limit ORDER BY dead DESC, 1 LIMIT ${mostFindings}`;

const wraparoundStatement = `SELECT c.oid::regclass::text AS table,
    ${lastTransaction} - greatest(age(c.relfrozenxid), age(t.relfrozenxid))::bigint AS left
  FROM pg_class c LEFT JOIN pg_class t ON t.oid = c.reltoastrelid
  WHERE c.relkind IN ('r', 'm') AND ${lastTransaction} - greatest(age(c.relfrozenxid), age(t.relfrozenxid))::bigint < $1
  ORDER BY 2, 1 LIMIT ${mostFindings}`;

export type BloatLimits = LookLimits & {
  /** Transactions that must be left; default 10 million. */
  readonly fewTransactionsLeft?: number;
};

/** Tables whose dead rows vacuum has let grow beyond its own limit, and tables that come near to the end of transaction numbers. */
export const bloatFindings = (
  database: Database,
  { fewTransactionsLeft = fewTransactions, ...limits }: BloatLimits = {},
): Promise<BloatFindings> =>
  look(
    database,
    async (tx) => {
      const { rows: tables } = await tx.query<TableRow>(tableStatement);
      const { rows: old } = await tx.query<{ table: string; left: string }>(wraparoundStatement, [fewTransactionsLeft]);
      return {
        tables: tables.map((row) => ({
          table: row.table,
          rows: Number(row.rows),
          deadRows: Number(row.dead),
          limit: Number(row.limit),
          bytes: Number(row.bytes),
          cleanedAt: row.cleaned_at?.toISOString() ?? null,
        })),
        wraparound: old.map(({ table, left }) => ({ table, transactionsLeft: Number(left) })),
      };
    },
    limits,
  );
