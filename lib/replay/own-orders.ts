/** What a replay was promised, and whether that and nothing else is there at the end: its own orders and mails alone. */
import pg from 'pg';
import { confirmationId, type MailFolder, mailIdOf } from '../shop/mail-folder.ts';
import { pauseUnless } from '../shop/patiently.ts';
import type { Accepted } from './replay.ts';

export type OrderAudit = {
  /** Orders that were answered with 201 and are not there. */
  readonly lost: readonly string[];
  /** Orders of the replay's customers that it never asked for. */
  readonly doubled: readonly string[];
  /** Orders that are there, of purchases that failed because nobody answered. */
  readonly unheard: readonly string[];
};

export type MailAudit = {
  /** Paid orders. */
  readonly expected: number;
  readonly sent: number;
  /** Paid orders without their confirmation. */
  readonly missing: readonly string[];
};

export type StoredOrder = { readonly id: string; readonly key: string | null };

/** Compares what is stored with what was asked for and promised. */
export const auditOrders = (
  stored: readonly StoredOrder[],
  accepted: readonly Pick<Accepted, 'orderId'>[],
  askedKeys: ReadonlySet<string>,
): OrderAudit => {
  const there = new Set(stored.map(({ id }) => id));
  const promised = new Set(accepted.map(({ orderId }) => orderId));
  const others = stored.filter(({ id }) => !promised.has(id));
  const wasAsked = ({ key }: StoredOrder) => key !== null && askedKeys.has(key);
  return {
    lost: [...promised].filter((id) => !there.has(id)),
    doubled: others.filter((order) => !wasAsked(order)).map(({ id }) => id),
    unheard: others.filter(wasAsked).map(({ id }) => id),
  };
};

const STATEMENT_WITHIN_MS = 60_000;
const CONNECT_WITHIN_MS = 5_000;

const ask = async <R extends pg.QueryResultRow>(
  url: string,
  text: string,
  values: readonly unknown[],
): Promise<R[]> => {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: CONNECT_WITHIN_MS,
    query_timeout: STATEMENT_WITHIN_MS,
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return (await client.query<R>(text, [...values])).rows;
  } finally {
    await client.end().catch(() => undefined);
  }
};

/** The time of a database, before which nothing is the replay's. */
export const databaseTime = async (url: string): Promise<Date> => {
  const [row] = await ask<{ now: Date }>(url, 'SELECT now() AS now', []);
  return row?.now ?? new Date();
};

/** Orders of some accounts since a moment, with the keys under which they were asked for. */
export const storedOrders = (url: string, userIds: readonly string[], since: Date): Promise<StoredOrder[]> =>
  ask<StoredOrder>(
    url,
    `SELECT o.id, k.key FROM orders o LEFT JOIN idempotency_keys k ON k.order_id = o.id
      WHERE o.user_id = ANY($1) AND o.created_at >= $2`,
    [userIds, since],
  );

export type MailWait = {
  /** Until the mails that are missing are given up. */
  readonly withinMs: number;
  /** Told every few seconds how many are missing. */
  readonly onWait: (missing: number) => void;
  readonly signal: AbortSignal;
};

const LOOK_EVERY_MS = 1_000;

/** Waits for the confirmations of these orders. */
export const auditMails = async (
  mails: Pick<MailFolder, 'read'>,
  paid: readonly string[],
  { withinMs, onWait, signal }: MailWait,
): Promise<MailAudit> => {
  const isSent = async (orderId: string) => {
    const notificationId = confirmationId(orderId);
    return (await mails.read(mailIdOf(notificationId)))?.notificationId === notificationId;
  };
  let missing = paid;
  for (const until = performance.now() + withinMs; ; ) {
    const still: string[] = [];
    for (const orderId of missing) if (!(await isSent(orderId))) still.push(orderId);
    missing = still;
    if (missing.length === 0 || performance.now() > until)
      return { expected: paid.length, sent: paid.length - missing.length, missing };
    onWait(missing.length);
    await pauseUnless(signal, LOOK_EVERY_MS);
  }
};
