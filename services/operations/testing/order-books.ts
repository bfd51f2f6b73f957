/** Orders with their events as the order service has them, and the ledger's entries of them. */

import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import { chainOf, eventDigest, type LedgerEntry, ledgerSortKey } from '../../contracts/ledger/ledger-entry.ts';
import type { Sql } from '../../kit/storage/database.ts';
import { systemIds } from '../../kit/system-ids.ts';
import type { HistoryEvent } from '../storage/order-history.ts';

const types = ['order.placed.v1', 'order.stock-reserved.v1', 'order.paid.v1', 'order.shipped.v1'];

/** An order with so many events, which happened two hours ago. */
export const anOrder = (count = 3): { readonly id: string; readonly events: HistoryEvent[] } => {
  const id = systemIds.next('ord');
  const begun = Date.now() - 7_200_000;
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
  for (const { id, events } of orders) {
    const at = events[0]?.at ?? new Date();
    await sql.query(
      `INSERT INTO orders (id, user_id, email, status, lines, total, currency, shipping_address, captured, refunded, refunds, closed, owed, version, created_at, updated_at)
       VALUES ($1, 'usr_1', 'a@b.example', 'paid', '[]', 0, 'EUR', '{}', 0, 0, '[]', false, false, $2, $3, $3)`,
      [id, events.length, at],
    );
    for (const { sequence, eventId, type, at: happened } of events)
      await sql.query('INSERT INTO order_events VALUES ($1, $2, $3, $4, $5, $6)', [
        id,
        sequence,
        eventId,
        type,
        '{}',
        happened,
      ]);
  }
};

export const putEntries = async (client: DynamoDBClient, entries: readonly LedgerEntry[]): Promise<void> => {
  const documents = DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } });
  for (const Item of entries) await documents.send(new PutCommand({ TableName: 'order-events', Item }));
};
