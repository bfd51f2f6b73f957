/** What became of an order's payment behind the shop: its entry in the ledger, and its row in the warehouse. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { openWarehouseDoor } from '../../services/kit/warehouse/warehouse-door.ts';
import type { LocalState } from '../local/state.ts';
import { ledgerTableOf, services } from '../services.ts';
import { pauseUnless } from '../shop/patiently.ts';

export type FigureProof = {
  /** Entries of the order that the ledger has; absent: the shop has none. */
  readonly ledger?: { readonly table: string; readonly entries: number };
  /** The row of the payment, and how long it took from the event; absent: the shop has no warehouse. */
  readonly warehouse?: { readonly eventId: string; readonly orderId: string; readonly eventToRowMs: number };
};

const WITHIN_MS = 60_000;
const LOOK_EVERY_MS = 25;

const waitFor = async <T>(what: string, look: () => Promise<T | undefined>, signal: AbortSignal): Promise<T> => {
  for (const until = performance.now() + WITHIN_MS; ; await pauseUnless(signal, LOOK_EVERY_MS)) {
    const found = await look();
    if (found !== undefined) return found;
    if (performance.now() > until) throw new Error(`${what} was not there after ${WITHIN_MS / 1000} s`);
  }
};

/** Waits for both. Throws when one does not come within a minute. */
export const proveFigures = async (state: LocalState, orderId: string, signal: AbortSignal): Promise<FigureProof> => {
  const table = ledgerTableOf(services);
  const client = new DynamoDBClient({
    endpoint: state.tables['AWS_ENDPOINT_URL_DYNAMODB'],
    region: state.tables['AWS_REGION'],
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  try {
    const documents = DynamoDBDocumentClient.from(client);
    const entriesOf = async (name: string) => {
      const question = new QueryCommand({
        ...{ TableName: name, ConsistentRead: true, KeyConditionExpression: 'orderId = :order' },
        ExpressionAttributeValues: { ':order': orderId },
      });
      const { Items = [] } = await documents.send(question);
      return Items.some(({ type }) => type === 'order.paid.v1') ? Items.length : undefined;
    };
    const entries =
      table === undefined ? undefined : await waitFor(`order ${orderId} in the ledger`, () => entriesOf(table), signal);
    const door = state.warehouse;
    const row =
      door === undefined
        ? undefined
        : await waitFor(
            `order ${orderId} in the warehouse`,
            async () => {
              const asked = openWarehouseDoor(door).query(
                `SELECT event_id, occurred_at, loaded_at FROM order_events WHERE order_id = '${orderId}' AND type = 'order.paid.v1'`,
              );
              return (await asked)[0];
            },
            signal,
          );
    return {
      ...(table !== undefined && entries !== undefined && { ledger: { table, entries } }),
      ...(row && {
        warehouse: {
          eventId: String(row['event_id']),
          orderId,
          eventToRowMs: Date.parse(String(row['loaded_at'])) - Date.parse(String(row['occurred_at'])),
        },
      }),
    };
  } finally {
    client.destroy();
  }
};
