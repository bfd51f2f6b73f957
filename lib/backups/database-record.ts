/** What a database holds: its schema as lines, and for each table how many rows and a digest of them. */
import type pg from 'pg';
import type { DatabaseRecord, TableRecord } from './backup-manifest.ts';

const OWN_SCHEMAS = `n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\\_toast%' AND n.nspname NOT LIKE 'pg\\_temp%'`;

/** Tables whose rows a restored database has: PostgreSQL empties those that are not logged. */
const TABLES = `
  SELECT format('%I.%I', n.nspname, c.relname) AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind = 'r' AND c.relpersistence = 'p' AND ${OWN_SCHEMAS} ORDER BY 1`;

/** One line for everything that a schema consists of; what an extension brings follows from the extension. */
const SCHEMA = `
  SELECT line FROM (
    SELECT format('column %I.%I.%I %s%s default %s', n.nspname, c.relname, a.attname, format_type(a.atttypid, a.atttypmod),
      CASE WHEN a.attnotnull THEN ' not null' ELSE '' END, coalesce(pg_get_expr(d.adbin, d.adrelid), 'none')) AS line
      FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
      LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
      WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'p', 'v', 'm') AND ${OWN_SCHEMAS}
    UNION ALL SELECT format('%s %I.%I owner %s rights %s', c.relkind, n.nspname, c.relname, pg_get_userbyid(c.relowner), c.relacl)
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S') AND ${OWN_SCHEMAS}
    UNION ALL SELECT format('constraint %I.%I %s %s', n.nspname, o.conname, o.conrelid::regclass, pg_get_constraintdef(o.oid))
      FROM pg_constraint o JOIN pg_namespace n ON n.oid = o.connamespace WHERE ${OWN_SCHEMAS}
    UNION ALL SELECT format('index %s valid %s', pg_get_indexdef(i.indexrelid), i.indisvalid)
      FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE ${OWN_SCHEMAS}
    UNION ALL SELECT format('trigger %s', pg_get_triggerdef(t.oid)) FROM pg_trigger t WHERE NOT t.tgisinternal
    UNION ALL SELECT format('function %s', pg_get_functiondef(p.oid)) FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
      WHERE p.prokind IN ('f', 'p') AND ${OWN_SCHEMAS}
    UNION ALL SELECT format('extension %s %s', extname, extversion) FROM pg_extension
  ) AS lines ORDER BY line COLLATE "C"`;

/** A set of rows as text: sums do not depend on an order, and two keys make a chance meeting as good as impossible. */
const digestQuery = (table: string) => `
  SELECT count(*)::text AS rows,
    coalesce(sum(hashtextextended(t::text, 0)), 0)::text || ':' || coalesce(sum(hashtextextended(t::text, 1)), 0)::text AS digest
  FROM ONLY ${table} AS t`;

/** Qualified, quoted names of all tables of a database. */
export const tablesOf = async (client: pg.Client): Promise<string[]> =>
  (await client.query<{ name: string }>(TABLES)).rows.map(({ name }) => name);

/** Reads the whole database, within the transaction that the client is in. */
export const recordDatabase = async (client: pg.Client): Promise<DatabaseRecord> => {
  const { rows: lines } = await client.query<{ line: string }>(SCHEMA);
  const tables: Record<string, TableRecord> = {};
  for (const name of await tablesOf(client)) {
    const { rows } = await client.query<{ rows: string; digest: string }>(digestQuery(name));
    tables[name] = { rows: Number(rows[0]?.rows), digest: rows[0]?.digest ?? '' };
  }
  return { schema: lines.map(({ line }) => line), tables };
};

/** One sentence for each difference between what was recorded and what is found. */
export const differencesOf = (database: string, recorded: DatabaseRecord, found: DatabaseRecord): string[] => {
  const oneLine = (line: string) => line.replaceAll(/\s+/g, ' ').slice(0, 200);
  const lacking = (here: DatabaseRecord, there: DatabaseRecord) => {
    const known = new Set(there.schema);
    return here.schema.filter((line) => !known.has(line)).map(oneLine);
  };
  const names = [...new Set([...Object.keys(recorded.tables), ...Object.keys(found.tables)])].toSorted();
  return [
    ...lacking(recorded, found).map((line) => `${database}: the schema lacks ${line}`),
    ...lacking(found, recorded).map((line) => `${database}: the schema has more: ${line}`),
    ...names.flatMap((name) => {
      const [was, is] = [recorded.tables[name], found.tables[name]];
      if (!was || !is) return [];
      if (was.rows !== is.rows) return [`${database}: ${name} has ${is.rows} rows and had ${was.rows}`];
      return was.digest === is.digest ? [] : [`${database}: ${name} has ${is.rows} rows as it had, of other content`];
    }),
  ];
};
