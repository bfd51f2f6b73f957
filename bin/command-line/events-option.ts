import { Option } from 'commander';
import { lookedUp } from './options.ts';

/** `--events URL`: a log of one's own in place of the embedded one. */
export const eventsOption = () =>
  lookedUp(
    new Option(
      '--events <url>',
      'use this Kafka (kafka://host:port,host:port) as the event log instead of the embedded one',
    ),
    async (url: string) => (await import('../../lib/local/given-event-log.ts')).requireKafkaUrl(url),
  );
