import type { CloudEvent } from '../../events/cloud-event.ts';
import { createEmbeddedLog } from '../../events/embedded/embedded-log.ts';
import type { EventLog, LogRecord } from '../../events/event-log.ts';
import { createLogger } from '../../telemetry/logger.ts';
import { emptyDatabase } from '../postgres.ts';
import { readTopic } from './read-topic.ts';

export type TestLog = {
  readonly log: EventLog;
  readonly url: string;
  /** Every record of a topic. */
  readAll(topic: string): Promise<LogRecord[]>;
  refuseConnections(): Promise<() => Promise<void>>;
  drop(): Promise<void>;
};

/** An embedded log of one test file on a database of its own. */
export const testLog = async (): Promise<TestLog> => {
  const store = await emptyDatabase();
  const log = createEmbeddedLog({ database: store.database, logger: createLogger('test', 'silent') });
  return {
    log,
    url: store.url,
    readAll: (topic) => readTopic(log, topic),
    refuseConnections: store.refuseConnections,
    drop: async () => {
      await log.close();
      await store.drop();
    },
  };
};

/** An event with everything that the kit looks at; `evt_<subject>_<sequence>` is its id. */
export const anEvent = (subject: string, sequence: number, data: unknown = {}): CloudEvent => ({
  specversion: '1.0',
  id: `evt_${subject}_${sequence}`,
  source: 'cloudmart/order',
  type: 'order.placed.v1',
  subject,
  time: '2026-01-01T00:00:00Z',
  datacontenttype: 'application/json',
  data,
  sequence,
  traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
});
