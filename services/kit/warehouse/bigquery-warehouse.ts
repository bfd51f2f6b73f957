/**
 * A warehouse in BigQuery, by its REST API. Rows are appended with their key as insertId, which BigQuery looks at for about a minute;
 * for ever a view shows each once (BigQuery, "Streaming data into BigQuery", "Best effort de-duplication").
 */
import {
  APPENDED_AT,
  appendedName,
  type Field,
  fieldsOf,
  onceView,
  type Place,
  placedView,
  rowsFrom,
} from './bigquery-schema.ts';
import {
  mostRows,
  type Prepared,
  type Row,
  type Schema,
  type Table,
  type View,
  type Warehouse,
  WarehouseAway,
  WarehouseOutdated,
} from './warehouse.ts';

const API_URL = 'https://bigquery.googleapis.com';
const ANSWER_WITHIN_MS = 15_000;
const QUERY_WITHIN_MS = 60_000;
/** BigQuery recommends at most so many rows in one request. */
const ROWS_A_REQUEST = 500;

export type BigQueryParts = Place & {
  /** A token of Google, asked for before each request; whoever makes them keeps them. */
  readonly accessToken: () => Promise<string>;
  /** Column by which rows of a table are named. */
  readonly keyOf: (table: string) => string;
  readonly now: () => Date;
  /** Base URL of the API; another one only in tests. */
  readonly apiUrl?: string;
};

type Answer = { readonly status: number; readonly body: Record<string, unknown> };

const reasonOf = ({ status, body }: Answer): string =>
  (body['error'] as { message?: string } | undefined)?.message ?? `status ${status}`;

/** Quotas and faults of BigQuery pass; a lack of rights or a wrong question does not. */
const isAway = ({ status, body }: Answer) =>
  status === 408 ||
  status === 429 ||
  status >= 500 ||
  (status === 403 && /rateLimit|quota/i.test(JSON.stringify(body)));

export const openBigQueryWarehouse = (parts: BigQueryParts): Warehouse => {
  const { project, dataset, accessToken, keyOf, now, apiUrl = API_URL } = parts;
  const inProject = `${apiUrl}/bigquery/v2/projects/${project}`;
  const inDataset = `${inProject}/datasets/${dataset}`;

  const ask = async (method: string, url: string, body?: unknown, withinMs = ANSWER_WITHIN_MS): Promise<Answer> => {
    let answer: Answer;
    try {
      const got = await fetch(url, {
        method,
        headers: { authorization: `Bearer ${await accessToken()}`, 'content-type': 'application/json' },
        ...(body !== undefined && { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(withinMs),
      });
      answer = { status: got.status, body: ((await got.json().catch(() => ({}))) ?? {}) as Record<string, unknown> };
    } catch (problem) {
      throw new WarehouseAway((problem as Error).message, { cause: problem });
    }
    if (isAway(answer)) throw new WarehouseAway(reasonOf(answer));
    return answer;
  };

  /** The answer, which must be one of success or of a status that is named. */
  const expectAnswer = async (asking: Promise<Answer>, ...others: number[]): Promise<Answer> => {
    const answer = await asking;
    if (answer.status < 300 || others.includes(answer.status)) return answer;
    throw new Error(`BigQuery refused: ${reasonOf(answer)}`);
  };

  const reference = (tableId: string) => ({ projectId: project, datasetId: dataset, tableId });

  const prepareTable = async (table: Table): Promise<Prepared> => {
    const name = appendedName(table.name);
    const there = await expectAnswer(ask('GET', `${inDataset}/tables/${name}`), 404);
    const fields = fieldsOf(table);
    if (there.status === 404) {
      const definition = {
        tableReference: reference(name),
        description: table.description,
        schema: { fields },
        timePartitioning: { type: 'DAY', field: table.dividedBy },
        clustering: { fields: [table.key] },
      };
      // Of two that make it at the same time the second finds it.
      const made = await expectAnswer(ask('POST', `${inDataset}/tables`, definition), 409);
      return { created: made.status === 409 ? [] : [table.name], added: [] };
    }
    const kept = ((there.body['schema'] as { fields?: Field[] } | undefined)?.fields ?? []) as Field[];
    const missing = fields.filter(({ name: wanted }) => !kept.some((field) => field.name === wanted));
    if (missing.length > 0) {
      // Rows that are there have no value for it.
      const added = missing.map((field) => ({ ...field, mode: 'NULLABLE' }));
      await expectAnswer(ask('PATCH', `${inDataset}/tables/${name}`, { schema: { fields: [...kept, ...added] } }));
    }
    return { created: [], added: missing.map((field) => `${table.name}.${field.name}`) };
  };

  const writeView = async ({ name, sql }: View): Promise<void> => {
    const definition = { tableReference: reference(name), view: { query: sql, useLegacySql: false } };
    const made = await expectAnswer(ask('POST', `${inDataset}/tables`, definition), 409);
    if (made.status === 409) await expectAnswer(ask('PUT', `${inDataset}/tables/${name}`, definition));
  };

  const prepare = async ({ tables, views }: Schema): Promise<Prepared> => {
    const own = { datasetReference: { projectId: project, datasetId: dataset } };
    await expectAnswer(ask('POST', `${inProject}/datasets`, own), 409);
    const prepared: Prepared[] = [];
    for (const table of tables) {
      prepared.push(await prepareTable(table));
      await writeView(onceView(parts, table));
    }
    for (const view of views) await writeView(placedView(parts, tables, view));
    return {
      created: prepared.flatMap(({ created }) => created),
      added: prepared.flatMap(({ added }) => added),
    };
  };

  const appendSome = async (table: string, rows: readonly Row[]): Promise<void> => {
    const key = keyOf(table);
    const appendedAt = now().toISOString();
    const body = {
      rows: rows.map((row) => ({ insertId: String(row[key]), json: { ...row, [APPENDED_AT]: appendedAt } })),
    };
    const answer = await expectAnswer(ask('POST', `${inDataset}/tables/${appendedName(table)}/insertAll`, body), 404);
    if (answer.status === 404) throw new WarehouseOutdated(`it has no table ${table}`);
    const errors = (answer.body['insertErrors'] ?? []) as { errors?: { message?: string; reason?: string }[] }[];
    if (errors.length === 0) return;
    const messages = errors.flatMap((of) => of.errors ?? []).map(({ message = '' }) => message);
    const unknown = messages.find((message) => /no such field/i.test(message));
    if (unknown) throw new WarehouseOutdated(unknown);
    throw new Error(
      `BigQuery refused rows of ${table}: ${messages.find((message) => message !== '') ?? 'no reason given'}`,
    );
  };

  const query = async (sql: string): Promise<Row[]> => {
    if (!/^\s*(SELECT|WITH)\b/i.test(sql) || sql.includes(';'))
      throw new Error('the warehouse is asked, not changed: write one SELECT');
    const { body } = await expectAnswer(
      ask(
        'POST',
        `${inProject}/queries`,
        {
          query: sql,
          useLegacySql: false,
          defaultDataset: { projectId: project, datasetId: dataset },
          maxResults: mostRows,
          timeoutMs: QUERY_WITHIN_MS,
          formatOptions: { useInt64Timestamp: true },
        },
        QUERY_WITHIN_MS * 2,
      ),
    );
    if (body['jobComplete'] !== true) throw new WarehouseAway(`a query took longer than ${QUERY_WITHIN_MS / 1000} s`);
    const { fields } = body['schema'] as { fields: Field[] };
    return rowsFrom(fields, (body['rows'] ?? []) as Parameters<typeof rowsFrom>[1]);
  };

  return {
    prepare,
    append: async (table, rows) => {
      for (let start = 0; start < rows.length; start += ROWS_A_REQUEST)
        await appendSome(table, rows.slice(start, start + ROWS_A_REQUEST));
    },
    query,
    close: async () => undefined,
  };
};
