import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { LRUCache } from 'lru-cache';
import type { Config } from '../kit/config/config.ts';
import type { BatchAnswer } from '../kit/functions/handle-batch.ts';
import { type IncomingEvent, readRecords } from '../kit/functions/read-records.ts';
import { createTableClient } from '../kit/functions/table-client.ts';
import type { Logger } from '../kit/telemetry/logger.ts';
import type { Clock } from '../kit/values/clock.ts';
import type { LedgerConfig } from './config.ts';
import { handleOrderEvents } from './events/on-order-event.ts';
import { createLedgerTable } from './storage/ledger-table.ts';

/** The events of an order follow each other within seconds, or days later in another process. */
const rememberedChains = 10_000;

export type LedgerDependencies = {
  readonly config: Pick<Config<LedgerConfig>, 'tables'>;
  readonly logger: Logger;
  readonly clock: Clock;
  /** Given by tests; default the client of the SDK's own environment. */
  readonly client?: DynamoDBClient;
};

/** Builds the function: one call a batch of events. */
export const ledgerApp = ({ config, logger, clock, client = createTableClient() }: LedgerDependencies) => {
  const ledger = createLedgerTable({ table: config.tables['order-events'] ?? '', client });
  const chains = new LRUCache<string, string>({ max: rememberedChains });
  return (event: IncomingEvent): Promise<BatchAnswer> =>
    handleOrderEvents({ ledger, chains, logger, clock }, readRecords(event));
};
