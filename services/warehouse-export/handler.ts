/** Lambda entry: built once when the sandbox starts, called once a batch. */
import { setTimeout as pause } from 'node:timers/promises';
import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';
import { warehouseTables } from '../contracts/warehouse/order-rows.ts';
import { readConfig } from '../kit/config/config.ts';
import { systemClock } from '../kit/system-clock.ts';
import { createLogger } from '../kit/telemetry/logger.ts';
import { openWarehouse } from '../kit/warehouse/open-warehouse.ts';
import { warehouseExportApp } from './app.ts';
import { warehouseExportConfig } from './config.ts';
import { manifest } from './manifest.ts';

const config = await readConfig(manifest, warehouseExportConfig);
const app = warehouseExportApp({
  warehouse: openWarehouse(config.own, warehouseTables),
  logger: createLogger(manifest.name, config.logLevel),
  clock: systemClock,
  pause: (milliseconds) => pause(milliseconds),
});

export const handler = (event: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> => app(event);
