/**
 * A narrow stand-in for BigQuery's REST API over DuckDB: datasets, tables, insertAll and queries, in the shapes of Google's reference.
 * It shows that requests are formed and answers read; SQL is run in DuckDB's dialect after three replacements, so that what only
 * BigQuery knows of SQL, quotas and permissions is not shown.
 */
import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { hangUp, listen } from '../loopback.ts';

type Field = { name: string; type: string; mode: string };
type Definition = {
  tableReference: { tableId: string };
  schema?: { fields: Field[] };
  view?: { query: string };
};

const duckTypes = new Map([
  ['STRING', 'VARCHAR'],
  ['INTEGER', 'BIGINT'],
]);
const duckType = (type: string) => duckTypes.get(type) ?? type;
const bigTypes = (type: string) => {
  if (/INT/.test(type)) return 'INTEGER';
  if (type === 'DOUBLE') return 'FLOAT';
  return type === 'VARCHAR' ? 'STRING' : type;
};

const inDuckDb = (sql: string) =>
  sql.replaceAll(/`[\w-]+\.\w+\.(\w+)`/g, '"$1"').replaceAll('* EXCEPT (', '* EXCLUDE (');

const cell = (value: unknown, type: string): string | null => {
  if (value === null || value === undefined) return null;
  return type === 'TIMESTAMP' ? String(Date.parse(`${String(value).replace(' ', 'T')}Z`) * 1000) : String(value);
};

const run = async (connection: DuckDBConnection, sql: string) => {
  const read = await connection.runAndReadAll(inDuckDb(sql));
  const names = read.columnNames();
  const fields = names.map((name, at) => ({ name, type: bigTypes(String(read.columnType(at))), mode: 'NULLABLE' }));
  const rows = read.getRowObjectsJson().map((row) => ({
    f: fields.map(({ name, type }) => ({ v: cell(row[name], type) })),
  }));
  return { jobComplete: true, schema: { fields }, rows };
};

/** Starts the peer. `refuse` makes it answer this status instead, until it is given undefined. */
export const startBigQueryPeer = async (token: string) => {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  const tables = new Map<string, Definition>();
  let refused: number | undefined;
  const insertIds: string[] = [];

  const insertAll = async (id: string, rows: { insertId: string; json: Record<string, unknown> }[]) => {
    const fields = tables.get(id)?.schema?.fields ?? [];
    const insertErrors = rows.flatMap(({ json: row }, index) =>
      Object.keys(row)
        .filter((name) => !fields.some((field) => field.name === name))
        .map((name) => ({ index, errors: [{ reason: 'invalid', message: `no such field: ${name}.` }] })),
    );
    if (insertErrors.length > 0) return { insertErrors };
    for (const { insertId, json: row } of rows) {
      insertIds.push(insertId);
      const names = Object.keys(row);
      const typeOf = (name: string) => duckType(fields.find((field) => field.name === name)?.type ?? '');
      const given = names.map((name, at) => `CAST($${at + 1} AS ${typeOf(name)})`).join(', ');
      await connection.run(
        `INSERT INTO "${id}" (${names.map((name) => `"${name}"`).join(', ')}) SELECT ${given}`,
        names.map((name) => (row[name] === null || row[name] === undefined ? null : String(row[name]))),
      );
    }
    return {};
  };

  const keep = async (definition: Definition) => {
    const { tableReference, schema, view } = definition;
    const id = tableReference.tableId;
    if (view) await connection.run(`CREATE OR REPLACE VIEW "${id}" AS ${inDuckDb(view.query)}`);
    else
      await connection.run(
        `CREATE TABLE "${id}" (${schema?.fields.map(({ name, type, mode }) => `"${name}" ${duckType(type)}${mode === 'REQUIRED' ? ' NOT NULL' : ''}`).join(', ')})`,
      );
    tables.set(id, definition);
  };

  const answer = async (method: string, path: string, body: Record<string, unknown>): Promise<[number, unknown]> => {
    const failure = (status: number, message: string): [number, unknown] => [status, { error: { message } }];
    if (refused !== undefined) return failure(refused, 'not now');
    const [, id, action] = /\/tables(?:\/(\w+))?(?:\/(\w+))?$/.exec(path) ?? [];
    if (path.endsWith('/datasets')) return [200, {}];
    if (path.endsWith('/queries'))
      return run(connection, String(body['query'])).then(
        (result): [number, unknown] => [200, result],
        (problem: Error) => failure(400, problem.message),
      );
    if (method === 'POST' && id === undefined) {
      const definition = body as unknown as Definition;
      if (tables.has(definition.tableReference.tableId)) return failure(409, 'Already Exists');
      await keep(definition);
      return [200, definition];
    }
    const there = tables.get(id ?? '');
    if (!there || id === undefined) return failure(404, `Not found: Table ${id}`);
    if (action === 'insertAll') return [200, await insertAll(id, body['rows'] as Parameters<typeof insertAll>[1])];
    if (method === 'PUT') await keep(body as unknown as Definition);
    if (method === 'PATCH') {
      const { fields } = (body as unknown as { schema: { fields: Field[] } }).schema;
      for (const field of fields.filter(({ name }) => !there.schema?.fields.some((known) => known.name === name)))
        await connection.run(`ALTER TABLE "${id}" ADD COLUMN "${field.name}" ${duckType(field.type)}`);
      tables.set(id, { ...there, schema: { fields } });
    }
    return [200, tables.get(id)];
  };

  const server = createServer(async (request, response) => {
    const send = (status: number, body: unknown) => {
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(body));
    };
    if (request.headers.authorization !== `Bearer ${token}`) return send(401, { error: { message: 'no token' } });
    const body = request.method === 'GET' ? {} : ((await json(request)) as Record<string, unknown>);
    const [status, said] = await answer(request.method ?? '', request.url ?? '', body);
    send(status, said);
  });
  const url = `http://127.0.0.1:${await listen(server)}`;
  return {
    url,
    insertIds,
    refuse: (status: number | undefined) => {
      refused = status;
    },
    stop: async () => {
      await hangUp(server);
      connection.closeSync();
      instance.closeSync();
    },
  };
};
