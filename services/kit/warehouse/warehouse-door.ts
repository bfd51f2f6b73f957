/** The door at which processes of this machine ask a warehouse that one of them holds, and its client. */
import { createServer, type IncomingMessage, type Server } from 'node:http';
import {
  mostRows,
  type Prepared,
  type Row,
  type Schema,
  type Warehouse,
  WarehouseAway,
  WarehouseOutdated,
} from './warehouse.ts';

const MOST_BYTES = 16 * 1024 ** 2;
const ANSWER_WITHIN_MS = 30_000;

type Question =
  | { readonly ask: 'prepare'; readonly schema: Schema }
  | { readonly ask: 'append'; readonly table: string; readonly rows: readonly Row[] }
  | { readonly ask: 'query'; readonly sql: string };

const answer = (warehouse: Warehouse, question: Question): Promise<unknown> => {
  switch (question.ask) {
    case 'prepare':
      return warehouse.prepare(question.schema);
    case 'append':
      return warehouse.append(question.table, question.rows);
    case 'query':
      return warehouse.query(question.sql);
  }
};

const readBody = async (request: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MOST_BYTES) throw new Error(`a question has at most ${MOST_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
};

/** A server, not yet listening, that answers processes of this machine and no web page. */
export const createWarehouseDoor = (warehouse: Warehouse): Server =>
  createServer(async (request, response) => {
    const send = (status: number, body: unknown) => {
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(body ?? null));
    };
    const { origin, host = '' } = request.headers;
    if (origin !== undefined || !/^(127\.0\.0\.1|localhost)(:\d+)?$/.test(host)) {
      request.resume();
      return send(403, { code: 'host.foreign', detail: 'the warehouse answers processes of this machine only' });
    }
    try {
      send(200, await answer(warehouse, JSON.parse(await readBody(request)) as Question));
    } catch (problem) {
      if (response.destroyed) return;
      const { message, code = 'warehouse.refused' } = problem as Error & { code?: string };
      send(code === 'warehouse.away' ? 503 : 400, { code, detail: message });
    }
  });

/** A warehouse behind the door at `http://127.0.0.1:port`. */
export const openWarehouseDoor = (url: string): Warehouse => {
  const ask = async (question: Question): Promise<unknown> => {
    let status: number;
    let body: { code?: string; detail?: string } | null;
    try {
      const got = await fetch(url, {
        method: 'POST',
        body: JSON.stringify(question),
        signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
      });
      status = got.status;
      body = (await got.json()) as typeof body;
    } catch (problem) {
      throw new WarehouseAway((problem as Error).message, { cause: problem });
    }
    if (status === 200) return body;
    const detail = body?.detail ?? `status ${status}`;
    if (status >= 500) throw new WarehouseAway(detail);
    if (body?.code === 'warehouse.outdated') throw new WarehouseOutdated(/\((.*)\)/s.exec(detail)?.[1] ?? detail);
    throw new Error(detail);
  };
  return {
    prepare: (schema) => ask({ ask: 'prepare', schema }) as Promise<Prepared>,
    append: async (table, rows) => void (await ask({ ask: 'append', table, rows })),
    query: async (sql) => ((await ask({ ask: 'query', sql })) as Row[]).slice(0, mostRows),
    close: async () => undefined,
  };
};
