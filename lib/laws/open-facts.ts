/** Opens the databases of a platform for reading. */
import { readFile } from 'node:fs/promises';
import pg from 'pg';
import { openEventLog } from '../../services/kit/events/open-event-log.ts';
import type { AcceptedOrder, Read, Row } from '../../services/kit/laws/law.ts';
import { consumedTopics, type ServiceManifest } from '../../services/kit/manifest.ts';
import { createLogger } from '../../services/kit/telemetry/logger.ts';
import { ledgerTableOf, sentMailsOf } from '../services.ts';
import { openMailFolder } from '../shop/mail-folder.ts';
import type { Facts } from './facts.ts';
import { readLedger } from './read-ledger.ts';

export type FactsOptions = {
  /** `postgresql://` URL by database name. */
  readonly databases: Readonly<Record<string, string>>;
  /** URL of the log that the services use. */
  readonly events: string;
  readonly services: readonly ServiceManifest[];
  readonly mailFolder: string;
  /** Environment of an AWS SDK that is to find the tables. */
  readonly tables: Readonly<Record<string, string>>;
  /** What a client was promised, one JSON object a line; default nothing. */
  readonly historyFile?: string | undefined;
  /** Seconds after which unfinished work counts as stuck; default 60. */
  readonly limitSeconds?: number | undefined;
};

/** Milliseconds for one question to the database; the largest reads a whole history. */
const statementTimeoutMs = 120_000;
/** Milliseconds for a connection to it. */
const connectedWithinMs = 10_000;
/** Milliseconds that an answer may take longer than the server lets a statement run: then it hangs. */
const answerSlackMs = 5_000;

/** Empty for what is no JSON object. */
const parsedPromise = (line: string): Partial<AcceptedOrder> => {
  try {
    return (JSON.parse(line) as Partial<AcceptedOrder> | null) ?? {};
  } catch {
    return {};
  }
};

const readHistoryFile = async (file: string | undefined): Promise<AcceptedOrder[]> => {
  if (file === undefined) return [];
  const text = await readFile(file, 'utf8').catch((problem: NodeJS.ErrnoException) => {
    const reason = problem.code === 'ENOENT' ? 'there is no such file' : problem.message;
    throw new Error(
      `--history ${file}: ${reason}; "npx cloudmart replay" writes one to replay/history.jsonl in the data folder`,
    );
  });
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return lines.map((line, index) => {
    const { orderId, idempotencyKey, total } = parsedPromise(line);
    if (typeof orderId !== 'string' || typeof idempotencyKey !== 'string' || typeof total !== 'number')
      throw new Error(`${file}:${index + 1} is not a promise; expected {"orderId", "idempotencyKey", "total"}`);
    return { orderId, idempotencyKey, total };
  });
};

/**
 * The facts, and how to let go of them. Connections to databases are read-only, whatever a law asks, and of the log a law
 * sees what reads.
 */
export const openFacts = async (options: FactsOptions): Promise<{ facts: () => Facts; close: () => Promise<void> }> => {
  const { databases, events, services, mailFolder, tables, historyFile, limitSeconds = 60 } = options;
  const ledgerTable = ledgerTableOf(services);
  const pools = new Map<string, pg.Pool>();
  const reader = (database: string): Read => {
    const url = databases[database];
    if (!url)
      throw new Error(
        `no address is known for the database "${database}"; known: ${Object.keys(databases).join(', ')}`,
      );
    const pool =
      pools.get(url) ??
      new pg.Pool({
        connectionString: url,
        max: 1,
        statement_timeout: statementTimeoutMs,
        query_timeout: statementTimeoutMs + answerSlackMs,
        connectionTimeoutMillis: connectedWithinMs,
        options: '-c default_transaction_read_only=on',
      });
    pools.set(url, pool);
    return async <R extends Row>(text: string, values: readonly unknown[] = []) =>
      (await pool.query<R>(text, [...values])).rows;
  };
  const participant = ({ name, owns }: ServiceManifest) => ({
    service: name,
    ...(owns.database && { read: reader(owns.database) }),
  });
  const mails = openMailFolder(mailFolder);
  const promises = await readHistoryFile(historyFile);
  const log = await openEventLog({ url: events, logger: createLogger('laws', 'silent') });
  const fixed = {
    orders: reader('orders'),
    products: reader('products'),
    payments: reader('payments'),
    operations: services.some(({ owns }) => owns.database === 'operations') ? reader('operations') : undefined,
    log,
    publishers: services
      .filter(({ publishes }) => Object.keys(publishes).length > 0)
      .map((service) => ({ ...participant(service), publishes: service.publishes })),
    consumers: services
      .filter((service) => consumedTopics(service).length > 0)
      .map((service) => ({ ...participant(service), consumes: service.consumes })),
    mails: sentMailsOf(services) && (() => mails.list({ limit: Number.POSITIVE_INFINITY })),
    ledger: ledgerTable === undefined ? undefined : () => readLedger(ledgerTable, tables),
    promises,
    limitSeconds,
  };
  return {
    facts: () => ({ ...fixed, now: new Date() }),
    close: async () => {
      await Promise.all([log.close(), ...[...pools.values()].map((pool) => pool.end())]);
    },
  };
};
