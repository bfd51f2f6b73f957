import { Refusal } from '../values/refusal.ts';

/** Errors of PostgreSQL and of the socket that say "not now": the same statement can succeed once the database is back. */
const connectionCodes: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  '53300', // too_many_connections
  '57P01', // admin_shutdown
  '57P02', // crash_shutdown
  '57P03', // cannot_connect_now
  '25006', // read_only_sql_transaction: a writer that was demoted during failover
]);

/** What the driver throws without a code when the socket ends or a deadline of the client passes. */
const connectionMessages =
  /^(Connection terminated|Client has encountered a connection error|timeout e|Query read timeout|Cannot use a pool|Client was closed|database .* is not (currently )?accepting connections)/i;

const codeOf = (error: unknown): string => String((error as { code?: unknown } | null)?.code ?? '');

/** Whether the connection failed, so that nobody can know whether the last statement took effect. */
export const isConnectionFailure = (error: unknown): boolean => {
  if (!(error instanceof Error)) return false;
  const code = codeOf(error);
  // 55000 with this message: connections to the database are switched off for a while (ALLOW_CONNECTIONS false).
  return connectionCodes.has(code) || code.startsWith('08') || connectionMessages.test(error.message);
};

/** Whether the database chose this transaction as the victim of a conflict: the very same work can be run again. */
export const isConflictFailure = (error: unknown): boolean => ['40001', '40P01'].includes(codeOf(error));

/** Whether waiting is the answer: the database or something that the work depends on is down. */
export const isUnavailable = (error: unknown): boolean =>
  (error instanceof Refusal && error.kind === 'unavailable') || isConnectionFailure(error);

/** Turns a failed connection into a refusal that doors answer with 503; anything else stays what it is. */
export const asRefusal = (error: unknown): unknown =>
  isConnectionFailure(error)
    ? new Refusal('unavailable', 'database.unavailable', 'the database cannot be reached; try again shortly', {
        retryAfterSeconds: 1,
        cause: error,
      })
    : error;
