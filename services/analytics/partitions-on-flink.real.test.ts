/** The same hour over several partitions, one of which stays empty, through Flink and through the aggregator: equal rows. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type AnalyticsResult, analyticsResultSchema } from '../contracts/events/analytics-results.ts';
import type { EventLog } from '../kit/events/event-log.ts';
import { createKafkaLog } from '../kit/events/kafka/kafka-log.ts';
import { systemClock } from '../kit/system-clock.ts';
import { createLogger } from '../kit/telemetry/logger.ts';
import { eventually } from '../kit/testing/condition.ts';
import { type KafkaBroker, startKafkaBroker } from '../kit/testing/event-logs/kafka-broker.ts';
import { readTopic } from '../kit/testing/event-logs/read-topic.ts';
import { analyticsApp } from './app.ts';
import { runOnFlink, sorted } from './testing/flink-job.ts';
import { type HourPart, replayedParts } from './testing/replayed-hour.ts';

const PARTITIONS = 4;
const PARTS = 6;
const logger = createLogger('analytics', 'silent');

let broker: KafkaBroker;
let log: EventLog;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'cloudmart-flink-partitions-'));
  broker = await startKafkaBroker();
  log = createKafkaLog({ url: broker.url, logger });
});
afterAll(async () => {
  await log?.close();
  await broker?.drop();
  await rm(folder, { recursive: true, force: true });
});

const resultsIn = async (topic: string): Promise<AnalyticsResult[]> =>
  (await readTopic(log, topic)).map(({ value }) => analyticsResultSchema.parse(JSON.parse(value)));

/** A key for each partition but the last, found by a topic that has as many. */
const keysOfAllButOne = async (): Promise<string[]> => {
  await log.createTopics({ probe: { partitions: PARTITIONS, retentionDays: 1 } });
  await log.append(
    'probe',
    Array.from({ length: 50 }, (_, number) => ({ key: `ord_${number}`, value: '{}' })),
  );
  const found = new Map((await readTopic(log, 'probe')).map(({ partition, key }) => [partition, key]));
  expect(found.size).toBe(PARTITIONS);
  return [...found].filter(([partition]) => partition < PARTITIONS - 1).map(([, key]) => key);
};

/** Each paid order once, as the minute or the late order that it must be: by hand, without a watermark. */
const plannedIn = (parts: readonly HourPart[]) => {
  const minutes = new Map<string, Map<string, number>>();
  const late = new Set<string>();
  parts.forEach(({ records }, part) => {
    for (const { value } of records) {
      const { id, type, time, data } = JSON.parse(value);
      if (type !== 'order.paid.v1') continue;
      const isOfEarlier = Date.parse(time) < Date.parse('2026-03-01T10:00:00.000Z') + (part * 3_600_000) / PARTS;
      const minute = `${time.slice(0, 16)}:00.000Z/${data.captured.currency}`;
      if (isOfEarlier) late.add(id);
      else minutes.set(minute, (minutes.get(minute) ?? new Map()).set(id, data.captured.amount));
    }
  });
  return {
    late: [...late].toSorted(),
    minutes: [...minutes].map(([minute, orders]) => [minute, orders.size, sum([...orders.values()])]).toSorted(),
  };
};
const sum = (amounts: readonly number[]) => amounts.reduce((total, amount) => total + amount, 0);

const shownIn = (results: readonly AnalyticsResult[]) => ({
  late: results.flatMap((each) => (each.type === 'analytics.order-late.v1' ? each.data.eventId : [])).toSorted(),
  minutes: results
    .flatMap((each) => (each.type === 'analytics.minute-closed.v1' ? [each] : []))
    .map(({ subject, data: { orders, revenue } }) => [subject, orders, revenue])
    .toSorted(),
});

test('partitions that are read in any order, and one on which nothing ever happens, change no row', async () => {
  const keys = await keysOfAllButOne();
  const parts = replayedParts(1_000, PARTS, keys);
  const one = { partitions: 1, retentionDays: 7 };
  await log.createTopics({
    'order-events': { ...one, partitions: PARTITIONS },
    'analytics-results': one,
    'flink-results': one,
  });
  const ending = new AbortController();
  const flink = runOnFlink({ folder, eventsUrl: broker.url, into: 'flink-results', until: ending.signal });
  const failed = flink.then(
    () => new Error('the job ended by itself'),
    (problem: Error) => problem,
  );
  const job = await analyticsApp({ log, logger, clock: systemClock });
  try {
    for (const [number, { records, closing }] of parts.entries()) {
      await log.append('order-events', records);
      const planned = plannedIn(parts.slice(0, number + 1));
      await eventually(
        async () => {
          const end = await Promise.race([failed, undefined]);
          if (end) return;
          // Again and again, because a partition on which nothing happens holds up nobody after half a minute.
          await log.append(
            'order-events',
            keys.map((key) => ({ key, value: closing })),
          );
          for (const topic of ['analytics-results', 'flink-results'])
            expect(shownIn(await resultsIn(topic))).toEqual(planned);
        },
        { everyMs: 500, timeoutMs: 240_000 },
      );
    }
    expect(await Promise.race([failed, undefined])).toBeUndefined();
    const offsets = await log.offsets('order-events');
    expect(offsets.find(({ partition }) => partition === PARTITIONS - 1)?.end).toBe(0);
    const rows = await resultsIn('flink-results');
    expect(shownIn(rows).late.length).toBeGreaterThan(40);
    expect(sorted(rows)).toEqual(sorted(await resultsIn('analytics-results')));
  } finally {
    await job.stop();
    ending.abort();
    await failed;
  }
});
