/** Opens the warehouse that a service's configuration names; its manifest declares these variables as `warehouseConfiguration`. */
import * as z from 'zod';
import { googleAccessTokens } from '../auth/google-access-token.ts';
import { openBigQueryWarehouse } from './bigquery-warehouse.ts';
import { type Table, type Warehouse, WarehouseAway } from './warehouse.ts';
import { openWarehouseDoor } from './warehouse-door.ts';

export const warehouseConfig = z.object({
  WAREHOUSE_URL: z
    .string()
    .regex(
      /^(none:|http:\/\/127\.0\.0\.1:\d+|bigquery:\/\/[a-z][a-z0-9-]{4,28}[a-z0-9]\/\w{1,1024})$/,
      'must be bigquery://<project>/<dataset>, none: or the door of a warehouse on this machine',
    ),
  GOOGLE_AUDIENCE: z.string().startsWith('//iam.googleapis.com/').optional(),
  GOOGLE_SERVICE_ACCOUNT: z.email().optional(),
});

export type WarehouseConfig = z.output<typeof warehouseConfig>;

const now = () => new Date();

/**
 * The warehouse that the configuration names; undefined: there is none yet. Throws when BigQuery is named without a pool of identities.
 * @param tables those that it has, for their keys
 */
export const openWarehouse = (config: WarehouseConfig, tables: readonly Table[]): Warehouse | undefined => {
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
    keyOf: (name) => tables.find((table) => table.name === name)?.key ?? '',
    accessToken: () =>
      tokens().catch((problem: Error) => {
        throw new WarehouseAway(problem.message, { cause: problem });
      }),
  });
};
