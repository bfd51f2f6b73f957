/** The warehouse of this machine: DuckDB in the data folder, held by the platform while it runs and asked at its door. */
import type { Server } from 'node:http';
import { warehouseTables } from '../../services/contracts/warehouse/order-rows.ts';
import { warehouseViews } from '../../services/contracts/warehouse/order-views.ts';
import type { ServiceManifest } from '../../services/kit/manifest.ts';
import type { Schema, Warehouse } from '../../services/kit/warehouse/warehouse.ts';
import { createWarehouseDoor } from '../../services/kit/warehouse/warehouse-door.ts';
import { StartRefused } from '../local/start-refused.ts';

/** The variable that names a warehouse to a service. */
export const WAREHOUSE_URL = 'WAREHOUSE_URL';

/** File of the warehouse in a data folder. */
export const WAREHOUSE_FILE = 'orders.duckdb';

/** What the shop keeps in a warehouse. */
export const shopSchema: Schema = { tables: warehouseTables, views: warehouseViews };

/** Whether a service writes to a warehouse, or asks it. */
export const hasWarehouse = ({ configuration }: Pick<ServiceManifest, 'configuration'>): boolean =>
  WAREHOUSE_URL in configuration;

export type LocalWarehouse = { readonly url: string; close(): Promise<void> };

/** The warehouse of a file, made and prepared where that is missing. Throws `StartRefused` when it is damaged or held by another process. */
export const openWarehouseFile = async (file: string): Promise<Warehouse> => {
  // Native code of 70 MB, which nothing else needs.
  const { openDuckDbWarehouse } = await import('../../services/kit/warehouse/duckdb-warehouse.ts');
  const warehouse = await openDuckDbWarehouse(file).catch((problem: Error) => {
    throw new StartRefused(
      'data.corrupt',
      `the warehouse ${file} cannot be opened (${(problem.cause as Error | undefined)?.message.split('\n')[0] ?? problem.message}); end who holds it, or move the file away and run "npx cloudmart warehouse backfill", which loads it anew from the ledger`,
      { cause: problem },
    );
  });
  await warehouse.prepare(shopSchema);
  return warehouse;
};

const listen = (server: Server, port: number) =>
  new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });

/** Opens the warehouse and its door. Throws `StartRefused` when the file is damaged or held by another process. */
export const startWarehouse = async (file: string, port: number): Promise<LocalWarehouse> => {
  const warehouse = await openWarehouseFile(file);
  const server = createWarehouseDoor(warehouse);
  try {
    await listen(server, port);
  } catch (problem) {
    await warehouse.close();
    throw problem;
  }
  return {
    url: `http://127.0.0.1:${port}`,
    close: async () => {
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
      await warehouse.close();
    },
  };
};
