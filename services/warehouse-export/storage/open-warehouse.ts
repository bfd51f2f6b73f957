import { warehouseTables } from '../../contracts/warehouse/order-rows.ts';
import { googleAccessTokens } from '../../kit/auth/google-access-token.ts';
import { openBigQueryWarehouse } from '../../kit/warehouse/bigquery-warehouse.ts';
import { type Warehouse, WarehouseAway } from '../../kit/warehouse/warehouse.ts';
import { openWarehouseDoor } from '../../kit/warehouse/warehouse-door.ts';
import type { WarehouseExportConfig } from '../config.ts';

const now = () => new Date();

/** The warehouse that the configuration names; undefined: there is none yet. Throws when BigQuery is named without a pool of identities. */
export const openWarehouse = (config: WarehouseExportConfig): Warehouse | undefined => {
  const { WAREHOUSE_URL: url, GOOGLE_AUDIENCE: audience, GOOGLE_SERVICE_ACCOUNT: serviceAccount } = config;
  if (url === 'none:') return undefined;
  if (!url.startsWith('bigquery:')) return openWarehouseDoor(url);
  if (audience === undefined)
    throw new Error(
      'GOOGLE_AUDIENCE: is missing; name the provider of the workload identity pool that trusts this role',
    );
  const { hostname: project, pathname } = new URL(url);
  const tokens = googleAccessTokens({ audience, serviceAccount, now });
  return openBigQueryWarehouse({
    ...{ project, dataset: pathname.slice(1), now },
    keyOf: (name) => warehouseTables.find((table) => table.name === name)?.key ?? '',
    accessToken: () =>
      tokens().catch((problem: Error) => {
        throw new WarehouseAway(problem.message, { cause: problem });
      }),
  });
};
