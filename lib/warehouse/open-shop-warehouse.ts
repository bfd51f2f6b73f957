/** Opens a shop's warehouse for a command: that of the platform on this machine, running or not, or one in BigQuery. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { openBigQueryWarehouse } from '../../services/kit/warehouse/bigquery-warehouse.ts';
import type { Warehouse } from '../../services/kit/warehouse/warehouse.ts';
import { openWarehouseDoor } from '../../services/kit/warehouse/warehouse-door.ts';
import { StartRefused } from '../local/start-refused.ts';
import { type LocalState, readState } from '../local/state.ts';
import { openWarehouseFile, shopSchema, WAREHOUSE_FILE } from './local-warehouse.ts';

/** A dataset of BigQuery. `apiUrl`: another API, in tests alone. */
export type BigQueryPlace = { readonly project: string; readonly dataset: string; readonly apiUrl?: string };

/** The platform that runs on a folder; undefined: none does. */
export const runningState = (data: string): Promise<LocalState | undefined> =>
  readState(data).catch((problem: unknown) => {
    if (problem instanceof StartRefused && problem.code === 'platform.not-running') return undefined;
    throw problem;
  });

/** Which warehouse: that of a data folder, or one in BigQuery. */
export type WarehousePlace = { readonly data: string; readonly bigquery?: BigQueryPlace | undefined };

/** Variable that holds a token of Google for a person, as `gcloud auth print-access-token` prints one. */
export const GOOGLE_ACCESS_TOKEN = 'GOOGLE_ACCESS_TOKEN';

const openBigQuery = ({ apiUrl, ...place }: BigQueryPlace): Warehouse => {
  const token = process.env[GOOGLE_ACCESS_TOKEN];
  if (!token)
    throw new StartRefused(
      'warehouse.no-token',
      `${GOOGLE_ACCESS_TOKEN} is not set; BigQuery lets in who shows a token: export ${GOOGLE_ACCESS_TOKEN}=$(gcloud auth print-access-token)`,
    );
  return openBigQueryWarehouse({
    ...place,
    ...(apiUrl !== undefined && { apiUrl }),
    accessToken: async () => token,
    keyOf: (name) => shopSchema.tables.find((table) => table.name === name)?.key ?? '',
    now: () => new Date(),
  });
};

const openLocal = async (data: string): Promise<Warehouse> => {
  const door = (await runningState(data))?.warehouse;
  const file = path.resolve(data, 'warehouse', WAREHOUSE_FILE);
  if (door === undefined && !existsSync(file))
    throw new StartRefused(
      'warehouse.missing',
      `${data} has no warehouse; start the platform with "npm start", or name its folder with --data DIR`,
    );
  return door === undefined ? openWarehouseFile(file) : openWarehouseDoor(door);
};

/** Opens it, does the work, closes it. Throws `StartRefused` when the folder has no warehouse, or nobody may enter BigQuery. */
export const withWarehouse = async <T>(
  { data, bigquery }: WarehousePlace,
  work: (warehouse: Warehouse) => Promise<T>,
): Promise<T> => {
  const warehouse = bigquery ? openBigQuery(bigquery) : await openLocal(data);
  try {
    return await work(warehouse);
  } finally {
    await warehouse.close();
  }
};
