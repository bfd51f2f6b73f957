/** Loads into a warehouse what the ledger has of some days: after an outage, into a new warehouse, or with a release that knows more. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, paginateScan } from '@aws-sdk/lib-dynamodb';
import {
  type LedgerItem,
  orderEventRow,
  orderEventsTable,
  readLedgerItem,
  setAsideRow,
  setAsideTable,
} from '../../services/contracts/warehouse/order-rows.ts';
import type { Warehouse } from '../../services/kit/warehouse/warehouse.ts';
import { shopSchema } from './local-warehouse.ts';

/** Milliseconds for one page of a scan. */
const PAGE_WITHIN_MS = 10_000;

/** Days, both included, ISO 8601; absent: from the first, to the last. */
export type Days = { readonly from?: string | undefined; readonly to?: string | undefined };

export type BackfillReport = {
  /** Events of the ledger in those days. */
  readonly events: number;
  /** Rows that were not there. */
  readonly loaded: number;
  /** Records that wait for a person or a later release. */
  readonly setAside: number;
  /** Entries that are not what was recorded: nobody loads them. */
  readonly damaged: readonly string[];
};

/** Where an AWS SDK finds the ledger. */
export type LedgerPlace = { readonly table: string; readonly environment: Readonly<Record<string, string>> };

const clientOf = (environment: LedgerPlace['environment']) =>
  new DynamoDBClient({
    endpoint: environment['AWS_ENDPOINT_URL_DYNAMODB'],
    region: environment['AWS_REGION'],
    credentials: {
      accessKeyId: environment['AWS_ACCESS_KEY_ID'] ?? '',
      secretAccessKey: environment['AWS_SECRET_ACCESS_KEY'] ?? '',
    },
    requestHandler: { requestTimeout: PAGE_WITHIN_MS, throwOnRequestTimeout: true },
  });

/** Items of the ledger, a page at a time. */
export async function* ledgerPages({ table, environment }: LedgerPlace): AsyncGenerator<Record<string, unknown>[]> {
  const client = clientOf(environment);
  try {
    const pages = paginateScan(
      { client: DynamoDBDocumentClient.from(client) },
      { TableName: table, ConsistentRead: true },
    );
    for await (const { Items = [] } of pages) yield Items;
  } finally {
    client.destroy();
  }
}

const dayOf = (item: Record<string, unknown>) => String(item['time'] ?? item['recordedAt'] ?? '').slice(0, 10);

const countRows = async (warehouse: Warehouse) =>
  Number((await warehouse.query(`SELECT COUNT(*) AS n FROM ${orderEventsTable.name}`))[0]?.['n'] ?? 0);

/** Loads some days of the ledger; what is there already changes nothing, so it may run again and beside the export. */
export const backfill = async (
  warehouse: Warehouse,
  pages: AsyncIterable<readonly Record<string, unknown>[]>,
  { from = '', to = '9999-12-31' }: Days,
  now: () => Date,
): Promise<BackfillReport> => {
  await warehouse.prepare(shopSchema);
  const before = await countRows(warehouse);
  const damaged: string[] = [];
  let events = 0;
  let setAside = 0;
  for await (const page of pages) {
    const at = now().toISOString();
    const chosen = page.filter((item) => dayOf(item) >= from && dayOf(item) <= to);
    const items: LedgerItem[] = chosen.map(readLedgerItem);
    const rows = items.flatMap((item) => (item.kind === 'event' ? [orderEventRow(item.entry, item.event, at)] : []));
    const asides = items.flatMap((item) => (item.kind === 'aside' ? [setAsideRow(item, at)] : []));
    await warehouse.append(orderEventsTable.name, rows);
    await warehouse.append(setAsideTable.name, asides);
    for (const [index, item] of items.entries())
      if (item.kind === 'damaged') damaged.push(`${chosen[index]?.['orderId']}: ${item.detail}`);
    events += rows.length;
    setAside += asides.length;
  }
  return { events, loaded: (await countRows(warehouse)) - before, setAside, damaged };
};
