import { openEventLog } from '../../kit/events/open-event-log.ts';
import { createLogger } from '../../kit/telemetry/logger.ts';
import { startKafkaBroker } from '../../kit/testing/event-logs/kafka-broker.ts';
import { consumersConformance } from './consumers.conformance.ts';

consumersConformance('kafka', async () => {
  const broker = await startKafkaBroker();
  const log = await openEventLog({ url: broker.url, logger: createLogger('test', 'silent') });
  return {
    log,
    url: broker.url,
    drop: async () => {
      await log.close();
      await broker.drop();
    },
  };
});
