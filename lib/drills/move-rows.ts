/** Brings every row of one database to another of the same schema on this machine, as pg_dump and pg_restore do with the data alone. */
import path from 'node:path';
import pg from 'pg';
import { type ClusterDoor, inDatabase } from '../backups/open-cluster.ts';

const { escapeLiteral } = pg;

type Column = { readonly table: string; readonly columns: string };

/** Tables that hold rows themselves, with their columns but those that are computed. */
const tablesOf = async (client: pg.Client): Promise<Column[]> => {
  const { rows } = await client.query<Column>(
    `SELECT format('%I.%I', n.nspname, c.relname) AS table, string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) AS columns
       FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
       JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
      WHERE c.relkind = 'r' AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\\_%'
      GROUP BY 1 ORDER BY 1`,
  );
  return rows;
};

type Counter = { readonly name: string; readonly value: string };

const countersOf = async (client: pg.Client): Promise<Counter[]> => {
  const { rows } = await client.query<Counter>(
    `SELECT format('%I.%I', schemaname, sequencename) AS name, last_value::text AS value FROM pg_sequences WHERE last_value IS NOT NULL`,
  );
  return rows;
};

/**
 * Replaces all rows of the database at `to` by those at `from`, at once or not at all. Nobody else may use it meanwhile.
 * @param folder where both servers may write and read files
 * @returns how many rows there are now
 */
export const moveRows = (
  database: string,
  { from, to, folder }: { readonly from: ClusterDoor; readonly to: ClusterDoor; readonly folder: string },
): Promise<number> =>
  inDatabase(from, database, (source) =>
    inDatabase(to, database, async (target) => {
      const tables = await tablesOf(source);
      if (JSON.stringify(tables) !== JSON.stringify(await tablesOf(target)))
        throw new Error(`the schema of ${database} is not what it was at the point that is restored`);
      let count = 0;
      await target.query('BEGIN');
      // Rows come as they were: no trigger may act on them, nor refuse them.
      await target.query('SET LOCAL session_replication_role = replica');
      await target.query(`TRUNCATE ${tables.map(({ table }) => table).join(', ')}`);
      for (const [at, { table, columns }] of tables.entries()) {
        const file = escapeLiteral(path.join(folder, `${database}-${at}.rows`));
        await source.query(`COPY ${table} (${columns}) TO ${file}`);
        const { rowCount } = await target.query(`COPY ${table} (${columns}) FROM ${file}`);
        count += rowCount ?? 0;
      }
      for (const { name, value } of await countersOf(source))
        await target.query('SELECT setval($1::regclass, $2::bigint)', [name, value]);
      await target.query('COMMIT');
      return count;
    }),
  );
