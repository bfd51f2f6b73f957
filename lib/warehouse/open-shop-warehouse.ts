/** Opens a shop's warehouse for a command: that of the platform on this machine, running or not. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Warehouse } from '../../services/kit/warehouse/warehouse.ts';
import { openWarehouseDoor } from '../../services/kit/warehouse/warehouse-door.ts';
import { StartRefused } from '../local/start-refused.ts';
import { type LocalState, readState } from '../local/state.ts';
import { openWarehouseFile, WAREHOUSE_FILE } from './local-warehouse.ts';

/** The platform that runs on a folder; undefined: none does. */
export const runningState = (data: string): Promise<LocalState | undefined> =>
  readState(data).catch((problem: unknown) => {
    if (problem instanceof StartRefused && problem.code === 'platform.not-running') return undefined;
    throw problem;
  });

/** Opens it, does the work, closes it. Throws `StartRefused` when the folder has no warehouse. */
export const withWarehouse = async <T>(data: string, work: (warehouse: Warehouse) => Promise<T>): Promise<T> => {
  const door = (await runningState(data))?.warehouse;
  const file = path.resolve(data, 'warehouse', WAREHOUSE_FILE);
  if (door === undefined && !existsSync(file))
    throw new StartRefused(
      'warehouse.missing',
      `${data} has no warehouse; start the platform with "npm start", or name its folder with --data DIR`,
    );
  const warehouse = door === undefined ? await openWarehouseFile(file) : openWarehouseDoor(door);
  try {
    return await work(warehouse);
  } finally {
    await warehouse.close();
  }
};
