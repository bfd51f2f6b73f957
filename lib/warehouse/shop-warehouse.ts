/** What commands do with the warehouse of the platform that runs on a folder. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { openMappingTable } from '../../services/kit/functions/mapping-table.ts';
import type { ServiceManifest } from '../../services/kit/manifest.ts';
import { readState } from '../local/state.ts';
import { ledgerTableOf, services } from '../services.ts';
import { type BackfillReport, backfill, type Days, type LedgerPlace, ledgerPages } from './backfill.ts';
import { hasWarehouse } from './local-warehouse.ts';
import { withWarehouse } from './open-shop-warehouse.ts';
import { type WarehouseStatus, warehouseStatus } from './warehouse-status.ts';

const ledgerOf = async (data: string): Promise<LedgerPlace> => {
  const { tables } = await readState(data);
  const table = ledgerTableOf(services);
  if (table === undefined) throw new Error('this shop has no ledger from which a warehouse could be loaded');
  return { table, environment: tables };
};

/** The function that brings a ledger into the warehouse; undefined: none does. */
export const exporterOf = (table: string): ServiceManifest | undefined =>
  services.find((service) => hasWarehouse(service) && service.follows?.includes(table));

/** Loads days of the ledger. Throws `StartRefused` when no platform runs on the folder. */
export const backfillShop = async (data: string, days: Days): Promise<BackfillReport> => {
  const ledger = await ledgerOf(data);
  return withWarehouse({ data }, (warehouse) => backfill(warehouse, ledgerPages(ledger), days, () => new Date()));
};

/** How the warehouse is, compared with the ledger. Throws `StartRefused` when no platform runs on the folder. */
export const shopWarehouseStatus = async (data: string): Promise<WarehouseStatus> => {
  const ledger = await ledgerOf(data);
  let entries = 0;
  for await (const page of ledgerPages(ledger)) entries += page.filter(({ reason }) => reason === undefined).length;
  const { environment } = ledger;
  const client = new DynamoDBClient({
    endpoint: environment['AWS_ENDPOINT_URL_DYNAMODB'],
    region: environment['AWS_REGION'],
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  try {
    const exporter = exporterOf(ledger.table)?.name ?? '';
    const failed = await openMappingTable(client, exporter, ledger.table).givenUp();
    return await withWarehouse({ data }, (warehouse) =>
      warehouseStatus(warehouse, { entries, givenUp: failed.length, failed }),
    );
  } finally {
    client.destroy();
  }
};
