import { isKafkaUrl } from '../../services/kit/config/kafka-address.ts';
import { openEventLog } from '../../services/kit/events/open-event-log.ts';
import { createLogger } from '../../services/kit/telemetry/logger.ts';
import { StartRefused } from './start-refused.ts';

/** The URL, if it is a Kafka's; throws one sentence for anything else. */
export const requireKafkaUrl = (url: string): string => {
  if (!isKafkaUrl(url)) throw new Error('give kafka://host:port, with commas between several brokers');
  return url;
};

/** Throws `StartRefused` unless one of the brokers of this `kafka://` URL answers. */
export const requireEventLog = async (url: string): Promise<void> => {
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
