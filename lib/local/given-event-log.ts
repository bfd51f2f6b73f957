import { isKafkaUrl } from '../../services/kit/config/kafka-address.ts';
import { openEventLog } from '../../services/kit/events/open-event-log.ts';
import { createLogger } from '../../services/kit/telemetry/logger.ts';
import { StartRefused } from './start-refused.ts';

/** Throws `StartRefused` unless the URL is a Kafka's and one of its brokers answers. */
export const requireEventLog = async (url: string): Promise<void> => {
  if (!isKafkaUrl(url))
    throw new StartRefused(
      'events.invalid',
      `--events ${url}: give kafka://host:port, with commas between several brokers`,
    );
  const log = await openEventLog({ url, logger: createLogger('start', 'silent') });
  try {
    await log.check();
  } catch (problem) {
    throw new StartRefused(
      'events.unreachable',
      `no broker of ${url} answers; start Kafka first, or leave out --events to use the embedded log`,
      { cause: problem },
    );
  } finally {
    await log.close();
  }
};
