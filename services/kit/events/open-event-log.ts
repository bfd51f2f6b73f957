import { createDatabase } from '../storage/database.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { createEmbeddedLog } from './embedded/embedded-log.ts';
import type { EventLog } from './event-log.ts';

export type OpenEventLogOptions = {
  /** `postgresql://...` for the embedded log, `kafka://broker:port,broker:port` for Kafka, with `?auth=iam` on AWS. */
  readonly url: string;
  readonly logger: Logger;
  readonly metrics?: Metrics | undefined;
  /** Milliseconds that the second connection to an embedded log may idle; default 5,000. */
  readonly idleMs?: number | undefined;
};

/** Small, because a relay and a consumer send few, large statements and all services share the server. */
const connections = 2;
/** Longer than from one heartbeat to the next, which now and then meets a turn: a new connection costs both sides some 5 ms. */
const defaultIdleMs = 5_000;

/** Opens the log that the URL names. Does not wait for it to be up: a service can start, and take orders, without it. */
export const openEventLog = async ({
  url,
  logger,
  metrics,
  idleMs = defaultIdleMs,
}: OpenEventLogOptions): Promise<EventLog> => {
  const scheme = url.split(':')[0];
  switch (scheme) {
    case 'postgres':
    case 'postgresql':
      return createEmbeddedLog({
        // Both loops of a process may wait a moment for each other; nobody waits for an answer here.
        database: createDatabase({
          ...{ url, connections, idleMs, logger, metrics },
          poolName: 'events',
          acquireTimeoutMs: 5_000,
        }),
        logger,
      });
    case 'kafka': {
      // Loaded only where it is needed: its client costs a process of the embedded log memory for nothing.
      const { createKafkaLog } = await import('./kafka/kafka-log.ts');
      return createKafkaLog({ url, logger });
    }
    default:
      throw new Error(`EVENTS_URL: the scheme "${scheme}" names no log; use postgresql:// or kafka://`);
  }
};
