import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';
import type { Logger } from '../kit/telemetry/logger.ts';
import type { Clock } from '../kit/values/clock.ts';
import type { Warehouse } from '../kit/warehouse/warehouse.ts';
import { handleLedgerChanges } from './events/on-ledger-change.ts';

export type WarehouseExportDependencies = {
  /** Undefined: there is none yet, and changes are passed over. */
  readonly warehouse: Warehouse | undefined;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly pause: (milliseconds: number) => Promise<void>;
};

/** Builds the function: one call a batch of changes. */
export const warehouseExportApp = ({ warehouse, ...effects }: WarehouseExportDependencies) => {
  if (!warehouse)
    effects.logger.warn('there is no warehouse: changes of the ledger are passed over until WAREHOUSE_URL names one');
  return async (event: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> =>
    warehouse ? handleLedgerChanges({ ...effects, warehouse }, event.Records) : { batchItemFailures: [] };
};
