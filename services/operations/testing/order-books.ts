/** Orders with their events as the order service has them, and the ledger's entries of them. */

import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { BatchWriteCommand, DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import pLimit from 'p-limit';
import { chainOf, eventDigest, type LedgerEntry, ledgerSortKey } from '../../contracts/ledger/ledger-entry.ts';
import type { Sql } from '../../kit/storage/database.ts';
import { systemIds } from '../../kit/system-ids.ts';
import type { HistoryEvent } from '../storage/order-history.ts';

const types = ['order.placed.v1', 'order.stock-reserved.v1', 'order.paid.v1', 'order.shipped.v1'];

/** An order with so many events, which happened two hours ago, or that many hours. */
export const anOrder = (count = 3, hoursAgo = 2): { readonly id: string; readonly events: HistoryEvent[] } => {
  const id = systemIds.next('ord');
  const begun = Date.now() - hoursAgo * 3_600_000;
  const events = Array.from({ length: count }, (_, at) => ({
    orderId: id,
    sequence: at + 1,
    eventId: systemIds.next('evt'),
    type: types[at % types.length] ?? '',
    at: new Date(begun + at * 1000),
  }));
  return { id, events };
};

/** The message of an event, as its topic has it. */
export const messageOf = ({ orderId, sequence, eventId, type, at }: HistoryEvent): string =>
  JSON.stringify({
    specversion: '1.0',
    id: eventId,
    type,
    subject: orderId,
    sequence,
    time: at.toISOString(),
    data: {},
  });

/** What the ledger makes of events that come in this order. */
export const entriesOf = (events: readonly HistoryEvent[]): LedgerEntry[] => {
  let chain = '';
  return events.map((event) => {
    const text = messageOf(event);
    const digest = eventDigest(text);
    chain = chainOf(chain, digest);
    const { orderId, eventId, type } = event;
    const sequence = ledgerSortKey(event.sequence);
    const time = event.at.toISOString();
    return { orderId, sequence, eventId, type, time, event: text, digest, chain, recordedAt: time };
  });
};

/** Writes orders as the order service would; their rows say no more than is looked at. */
export const insertOrders = async (sql: Sql, orders: readonly ReturnType<typeof anOrder>[]): Promise<void> => {
  const rows = orders.map(({ id, events }) => ({ id, version: events.length, at: events[0]?.at ?? new Date() }));
  await sql.query(
    `INSERT INTO orders (id, user_id, email, status, lines, total, currency, shipping_address, captured, refunded, refunds, closed, owed, version, created_at, updated_at)
     SELECT id, 'usr_1', 'a@b.example', 'paid', '[]', 0, 'EUR', '{}', 0, 0, '[]', false, false, version, at, at
     FROM jsonb_to_recordset($1) AS row (id text, version integer, at timestamptz)`,
    [JSON.stringify(rows)],
  );
  await sql.query(
    `INSERT INTO order_events SELECT "orderId", sequence, "eventId", type, '{}', at
     FROM jsonb_to_recordset($1) AS row ("orderId" text, sequence integer, "eventId" text, type text, at timestamptz)`,
    [JSON.stringify(orders.flatMap(({ events }) => events))],
  );
};

/** Most items of one batch. Source: Amazon DynamoDB, API reference, BatchWriteItem. */
const mostInBatch = 25;

export const putEntries = async (client: DynamoDBClient, entries: readonly LedgerEntry[]): Promise<void> => {
  const documents = DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } });
  const put = async (some: readonly LedgerEntry[]) => {
    const requests = some.map((Item) => ({ PutRequest: { Item } }));
    const { UnprocessedItems = {} } = await documents.send(
      new BatchWriteCommand({ RequestItems: { 'order-events': requests } }),
    );
    if (Object.keys(UnprocessedItems).length > 0) throw new Error('the table left entries of a batch out');
  };
  await pLimit(2).map(
    Array.from({ length: Math.ceil(entries.length / mostInBatch) }, (_, at) => at * mostInBatch),
    (from) => put(entries.slice(from, from + mostInBatch)),
  );
};
