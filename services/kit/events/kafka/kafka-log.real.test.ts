import { afterAll, beforeAll } from '@jest/globals';
import { createLogger } from '../../telemetry/logger.ts';
import { type KafkaBroker, startKafkaBroker } from '../../testing/event-logs/kafka-broker.ts';
import type { LogUnderTest } from '../../testing/event-logs/log-under-test.ts';
import { consumerConformance } from '../consumer.conformance.ts';
import { consumerGroupConformance } from '../consumer-group.conformance.ts';
import { eventLogConformance } from '../event-log.conformance.ts';
import type { EventLog } from '../event-log.ts';
import { createKafkaLog } from './kafka-log.ts';

const logger = createLogger('test', 'silent');
let broker: KafkaBroker;
beforeAll(async () => {
  broker = await startKafkaBroker();
});
afterAll(() => broker.drop());

const startLog = async (): Promise<LogUnderTest> => {
  const opened: EventLog[] = [];
  return {
    url: broker.url,
    open: async () => {
      const log = createKafkaLog({ url: broker.url, logger });
      opened.push(log);
      return log;
    },
    stop: async () => {
      await Promise.all(opened.map((log) => log.close()));
    },
  };
};

eventLogConformance('kafka', startLog);
consumerGroupConformance('kafka', startLog);
consumerConformance('kafka', async () => {
  const log = createKafkaLog({ url: broker.url, logger });
  return { log, drop: () => log.close() };
});
