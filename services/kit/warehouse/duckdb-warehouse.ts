/** A warehouse in one file of this machine, by DuckDB. One process holds the file; others ask it at its door. */
import { type DuckDBConnection, DuckDBInstance, StatementType } from '@duckdb/node-api';
import {
  type Column,
  mostRows,
  type Row,
  type Schema,
  type Table,
  type Value,
  viewName,
  type Warehouse,
  WarehouseAway,
  WarehouseOutdated,
} from './warehouse.ts';

const types: Readonly<Record<Column['type'], string>> = {
  text: 'VARCHAR',
  integer: 'BIGINT',
  timestamp: 'TIMESTAMP',
  date: 'DATE',
};

/** What is asked reaches no file and no network, takes one core and little memory: it shares this machine with a shop. */
const settings = { threads: '1', memory_limit: '256MB', enable_external_access: 'false', lock_configuration: 'true' };

const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`;

const columnText = ({ name, type, isRequired }: Column) =>
  `${quoted(name)} ${types[type]}${isRequired ? ' NOT NULL' : ''}`;

const tableText = ({ name, key, columns }: Table) =>
  `CREATE TABLE ${quoted(name)} (${columns.map(columnText).join(', ')}, PRIMARY KEY (${quoted(key)}))`;

/** Whole numbers come as text, times without their zone. */
const plainValue = (value: unknown, type: string): Value => {
  if (value === null || value === undefined) return null;
  if (typeof value === 'number') return value;
  const text = String(value);
  if (/INT/.test(type)) return Number.isSafeInteger(Number(text)) ? Number(text) : text;
  return type === 'TIMESTAMP' ? `${text.replace(' ', 'T')}Z` : text;
};

/** Work on the one connection, one after the other. */
const inTurn = () => {
  let last: Promise<unknown> = Promise.resolve();
  return <T>(work: () => Promise<T>): Promise<T> => {
    const mine = last.then(work, work);
    last = mine.catch(() => undefined);
    return mine;
  };
};

const columnsOf = async (connection: DuckDBConnection): Promise<Map<string, Map<string, string>>> => {
  const read = await connection.runAndReadAll('SELECT table_name, column_name, data_type FROM duckdb_columns()');
  const tables = new Map<string, Map<string, string>>();
  for (const [table, column, type] of read.getRows()) {
    const columns = tables.get(String(table)) ?? new Map<string, string>();
    tables.set(String(table), columns.set(String(column), String(type)));
  }
  return tables;
};

const createMissing = async (connection: DuckDBConnection, { tables, views }: Schema) => {
  const there = await columnsOf(connection);
  const created: string[] = [];
  const added: string[] = [];
  for (const table of tables) {
    const columns = there.get(table.name);
    if (!columns) {
      await connection.run(tableText(table));
      created.push(table.name);
      continue;
    }
    for (const column of table.columns.filter(({ name }) => !columns.has(name))) {
      // Rows that are there have no value for it.
      await connection.run(
        `ALTER TABLE ${quoted(table.name)} ADD COLUMN ${columnText({ ...column, isRequired: false })}`,
      );
      added.push(`${table.name}.${column.name}`);
    }
  }
  for (const { name, sql } of views) await connection.run(`CREATE OR REPLACE VIEW ${quoted(viewName(name))} AS ${sql}`);
  return { created, added };
};

/** Opens the warehouse of a file, which is made where it is missing. Rejects with {@link WarehouseAway} while another process holds it. */
export const openDuckDbWarehouse = async (file: string): Promise<Warehouse> => {
  const instance = await DuckDBInstance.create(file, settings).catch((problem: Error) => {
    throw new WarehouseAway(problem.message.split('\n')[0] ?? '', { cause: problem });
  });
  const connection = await instance.connect();
  const next = inTurn();
  /** Of every table: this process alone holds the file, and `prepare` alone changes them. Asking again costs as much as a row. */
  let columns = await columnsOf(connection);

  const append = async (table: string, rows: readonly Row[]): Promise<void> => {
    if (rows.length === 0) return;
    const known = columns.get(table);
    const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
    const missing = names.filter((name) => !known?.has(name));
    if (!known) throw new WarehouseOutdated(`it has no table ${table}`);
    if (missing.length > 0) throw new WarehouseOutdated(`${table} has no column ${missing.join(', ')}`);
    const shape = JSON.stringify([Object.fromEntries(names.map((name) => [name, known.get(name)]))]);
    const inserting = connection.run(
      `INSERT INTO ${quoted(table)} BY NAME
         SELECT unnest(from_json($1::JSON, '${shape.replaceAll("'", "''")}'), recursive := true) ON CONFLICT DO NOTHING`,
      [JSON.stringify(rows)],
    );
    await inserting.catch((problem: Error) => {
      // A row that is wrong stays wrong; a full disk or too little memory passes.
      if (/^(Binder|Catalog|Constraint|Conversion|Invalid|Parser)/.test(problem.message)) throw problem;
      throw new WarehouseAway(problem.message.split('\n')[0] ?? '', { cause: problem });
    });
  };

  const query = async (sql: string): Promise<Row[]> => {
    const statements = await connection.extractStatements(sql);
    if (statements.count !== 1) throw new Error('ask one question at a time: this is more or less than one statement');
    const prepared = await statements.prepare(0);
    if (prepared.statementType !== StatementType.SELECT)
      throw new Error('the warehouse is asked, not changed: write a SELECT');
    const read = await prepared.streamAndReadUntil(mostRows);
    const kinds = new Map(read.columnNames().map((name, at) => [name, String(read.columnType(at))]));
    return read
      .getRowObjectsJson()
      .slice(0, mostRows)
      .map((row) =>
        Object.fromEntries(
          Object.entries(row).map(([name, value]) => [name, plainValue(value, kinds.get(name) ?? '')]),
        ),
      );
  };

  return {
    prepare: (schema) =>
      next(async () => {
        try {
          return await createMissing(connection, schema);
        } finally {
          columns = await columnsOf(connection);
        }
      }),
    append: (table, rows) => next(() => append(table, rows)),
    query: (sql) => next(() => query(sql)),
    close: () =>
      next(async () => {
        connection.closeSync();
        instance.closeSync();
      }),
  };
};
