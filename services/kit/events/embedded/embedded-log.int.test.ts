import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createLogger } from '../../telemetry/logger.ts';
import { eventually } from '../../testing/condition.ts';
import type { LogUnderTest } from '../../testing/event-logs/log-under-test.ts';
import { emptyDatabase, type TestDatabase } from '../../testing/postgres.ts';
import { consumerGroupConformance } from '../consumer-group.conformance.ts';
import { eventLogConformance } from '../event-log.conformance.ts';
import type { EventLog, LogRecord } from '../event-log.ts';
import { openEventLog } from '../open-event-log.ts';
import { createEmbeddedLog } from './embedded-log.ts';

const logger = createLogger('test', 'silent');

const startLog = async (): Promise<LogUnderTest> => {
  const db = await emptyDatabase();
  const opened: EventLog[] = [];
  return {
    url: db.url,
    open: async () => {
      const log = createEmbeddedLog({ database: db.open({ connections: 10 }), logger });
      opened.push(log);
      return log;
    },
    stop: async () => {
      await Promise.all(opened.map((log) => log.close()));
      await db.drop();
    },
  };
};

eventLogConformance('embedded', startLog);
consumerGroupConformance('embedded', startLog);

describe('the embedded log on two connections of its own', () => {
  let db: TestDatabase;
  let log: EventLog;
  beforeAll(async () => {
    db = await emptyDatabase();
    log = await openEventLog({ url: db.url, logger });
  });
  afterAll(async () => {
    await log.close();
    await db.drop();
  });

  test('processes that open it at the same time install its tables once', async () => {
    const others = await Promise.all([1, 2, 3].map(() => openEventLog({ url: db.url, logger })));
    await Promise.all(
      others.map((other) => other.createTopics({ 'first-events': { partitions: 3, retentionDays: 1 } })),
    );
    expect(await log.offsets('first-events')).toHaveLength(3);
    await Promise.all(others.map((other) => other.close()));
  });

  test('a consumer outlives a log that is down, and goes on where it was', async () => {
    await log.createTopics({ 'outage-events': { partitions: 2, retentionDays: 1 } });
    const seen: LogRecord[] = [];
    const subscription = await log.subscribe({
      group: 'patient',
      topics: ['outage-events'],
      handle: async (records) => {
        seen.push(...records);
      },
    });
    await log.append('outage-events', [{ key: 'a', value: '1' }]);
    await eventually(() => expect(seen.map(({ value }) => value)).toEqual(['1']));
    const allow = await db.refuseConnections();
    await expect(log.append('outage-events', [{ key: 'a', value: 'lost' }])).rejects.toMatchObject({
      kind: 'unavailable',
    });
    await allow();
    await eventually(() => log.append('outage-events', [{ key: 'a', value: '2' }]));
    await eventually(() => expect(new Set(seen.map(({ value }) => value))).toEqual(new Set(['1', '2'])));
    await subscription.close();
  });
});

test('an address that names no log says so', async () => {
  await expect(openEventLog({ url: 'redis://x', logger })).rejects.toThrow('names no log');
});
