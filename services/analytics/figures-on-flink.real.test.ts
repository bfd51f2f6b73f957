/** The same hour of purchases through job.sql on Apache Flink and through the aggregator that stands for it: equal rows. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type AnalyticsResult, analyticsResultSchema } from '../contracts/events/analytics-results.ts';
import type { EventLog, LogRecord, NewRecord } from '../kit/events/event-log.ts';
import { createKafkaLog } from '../kit/events/kafka/kafka-log.ts';
import { systemClock } from '../kit/system-clock.ts';
import { createLogger } from '../kit/telemetry/logger.ts';
import { eventually } from '../kit/testing/condition.ts';
import { type KafkaBroker, startKafkaBroker } from '../kit/testing/event-logs/kafka-broker.ts';
import { readTopic } from '../kit/testing/event-logs/read-topic.ts';
import { analyticsApp } from './app.ts';
import { createMinuteFigures } from './domain/minute-figures.ts';
import { hearRecord } from './events/hear-record.ts';
import { resultEvent } from './events/result-event.ts';
import { runOnFlink, sorted } from './testing/flink-job.ts';
import { replayedHour } from './testing/replayed-hour.ts';

const logger = createLogger('analytics', 'silent');

let broker: KafkaBroker;
let log: EventLog;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'cloudmart-flink-'));
  broker = await startKafkaBroker();
  log = createKafkaLog({ url: broker.url, logger });
});
afterAll(async () => {
  await log.close();
  await broker.drop();
  await rm(folder, { recursive: true, force: true });
});

const resultsIn = async (topic: string): Promise<AnalyticsResult[]> =>
  (await readTopic(log, topic)).map(({ value }) => analyticsResultSchema.parse(JSON.parse(value)));

const compute = (partitions: number, records: readonly LogRecord[]) => {
  const figures = createMinuteFigures([...Array(partitions).keys()], 0);
  const outcomes = records.flatMap((record) => {
    const heard = hearRecord(record, 0);
    return heard ? figures.hear(heard) : [];
  });
  return { told: outcomes.map(resultEvent), open: figures.open().map(resultEvent) };
};

const fill = async (partitions: number, records: readonly NewRecord[]) => {
  await log.createTopics({
    'order-events': { partitions, retentionDays: 7 },
    'analytics-results': { partitions: 1, retentionDays: 7 },
    [`flink-${partitions}-results`]: { partitions: 1, retentionDays: 7 },
  });
  await log.append('order-events', records);
};

test('an hour with late, doubled and disordered events gives equal rows', async () => {
  await fill(1, replayedHour(1_000));
  const { told, open } = compute(1, await readTopic(log, 'order-events'));
  const job = await analyticsApp({ log, logger, clock: systemClock });
  await eventually(async () => expect(await resultsIn('analytics-results')).toEqual(told));
  await job.stop();
  await runOnFlink({ folder, eventsUrl: broker.url, into: 'flink-1-results' });
  const rows = await resultsIn('flink-1-results');
  expect(rows.filter(({ type }) => type === 'analytics.order-late.v1').length).toBeGreaterThan(40);
  // Flink closes what is open at the end of its input; the aggregator goes on.
  expect(sorted(rows)).toEqual(sorted([...told, ...open]));
});
