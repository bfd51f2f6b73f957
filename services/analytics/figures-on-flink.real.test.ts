/** The same hour of purchases through job.sql on Apache Flink and through the aggregator that stands for it: equal rows. */
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
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
import { runJava } from '../kit/testing/run-java.ts';
import { analyticsApp } from './app.ts';
import { createMinuteFigures } from './domain/minute-figures.ts';
import { hearRecord } from './events/hear-record.ts';
import { resultEvent } from './events/result-event.ts';
import { replayedHour } from './testing/replayed-hour.ts';

const logger = createLogger('analytics', 'silent');
const script = new URL('job.sql', import.meta.url);

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

const replaced = (text: string, from: string, to: string) => {
  expect(text).toContain(from);
  return text.replaceAll(from, to);
};

/** Runs the job that ships on a Flink of one slot, up to the end of its input; what it writes goes to a topic of its own. */
const runOnFlink = async (into: string) => {
  const over = path.join(folder, into);
  await mkdir(over);
  let sql = await readFile(script, 'utf8');
  sql = replaced(sql, "'scan.startup.mode'", "'scan.bounded.mode' = 'latest-offset', 'scan.startup.mode'");
  sql = replaced(sql, "'topic' = 'analytics-results'", `'topic' = '${into}'`);
  sql = replaced(sql, "'60 s'", "'1 s'");
  const settings = "SET 'parallelism.default' = '1';\n\nSET 'restart-strategy.type' = 'none';\n\n";
  await writeFile(path.join(over, 'job.sql'), settings + sql);
  const flink = process.env['REAL_FLINK'] ?? '';
  const jars = (await readdir(flink)).toSorted().map((jar) => path.join(flink, jar));
  // In front of the one in the JAR, so that only the settings differ.
  await runJava([over, process.env['REAL_FLINK_JOB'] ?? '', ...jars], 'SqlJob', { EVENTS_URL: broker.url });
};

const resultsIn = async (topic: string): Promise<AnalyticsResult[]> =>
  (await readTopic(log, topic)).map(({ value }) => analyticsResultSchema.parse(JSON.parse(value)));
const sorted = (results: readonly AnalyticsResult[]) =>
  results.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));

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
  await runOnFlink('flink-1-results');
  const rows = await resultsIn('flink-1-results');
  expect(rows.filter(({ type }) => type === 'analytics.order-late.v1').length).toBeGreaterThan(40);
  // Flink closes what is open at the end of its input; the aggregator goes on.
  expect(sorted(rows)).toEqual(sorted([...told, ...open]));
});
