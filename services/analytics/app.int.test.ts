import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { analyticsResultSchema } from '../contracts/events/analytics-results.ts';
import type { LogRecord } from '../kit/events/event-log.ts';
import { systemClock } from '../kit/system-clock.ts';
import { createLogger } from '../kit/telemetry/logger.ts';
import { eventually } from '../kit/testing/condition.ts';
import { type TestLog, testLog } from '../kit/testing/event-logs/log-fixtures.ts';
import { analyticsApp } from './app.ts';
import { createMinuteFigures } from './domain/minute-figures.ts';
import { hearRecord } from './events/hear-record.ts';
import { resultEvent } from './events/result-event.ts';
import { replayedHour } from './testing/replayed-hour.ts';

const entry = fileURLToPath(new URL('local.ts', import.meta.url));
const logger = createLogger('analytics', 'silent');

let events: TestLog;
const running: ChildProcess[] = [];
beforeEach(async () => {
  events = await testLog();
  const topic = { partitions: 1, retentionDays: 7 };
  await events.log.createTopics({ 'order-events': topic, 'analytics-results': topic });
});
afterEach(async () => {
  await Promise.all(running.splice(0).map(end));
  await events.drop();
});

const end = async (child: ChildProcess) => {
  const gone = child.exitCode === null && child.signalCode === null ? once(child, 'exit') : undefined;
  child.kill('SIGKILL');
  await gone;
};
const startProcess = () => {
  const child = spawn(process.execPath, [entry], {
    env: { EVENTS_URL: events.url, LOG_LEVEL: 'fatal' },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  running.push(child);
  return child;
};
const start = () => analyticsApp({ log: events.log, logger, clock: systemClock });

/** What one process would tell that saw everything without a break. */
const toldOf = (records: readonly LogRecord[]) => {
  const figures = createMinuteFigures([0], 0);
  const outcomes = records.flatMap((record) => {
    const heard = hearRecord(record, 0);
    return heard ? figures.hear(heard) : [];
  });
  return { outcomes, events: outcomes.map(resultEvent), open: figures.open() };
};
const results = async () =>
  (await events.readAll('analytics-results')).map(({ value }) => JSON.parse(value) as unknown);

test('a process that is killed again and again tells every minute and every late order once', async () => {
  const hour = replayedHour(800);
  const quarter = Math.ceil(hour.length / 4);
  for (let part = 0; part < 4; part++) {
    const child = startProcess();
    const before = (await results()).length;
    for (const record of hour.slice(part * quarter, (part + 1) * quarter))
      await events.log.append('order-events', [record]);
    await eventually(async () => expect((await results()).length).toBeGreaterThan(before + 3));
    await end(child);
  }
  const child = startProcess();
  const told = toldOf(await events.readAll('order-events'));
  await eventually(async () => expect((await results()).length).toBeGreaterThanOrEqual(told.events.length));
  await end(child);
  expect(await results()).toEqual(told.events);
}, 300_000);

test('what is told is what the topic is said to hold, and every paid order is in one minute or late', async () => {
  await events.log.append('order-events', replayedHour(800));
  const records = await events.readAll('order-events');
  const told = toldOf(records);
  const job = await start();
  await eventually(async () => expect(await results()).toHaveLength(told.events.length));
  await job.stop();
  for (const result of await results()) analyticsResultSchema.parse(result);

  const paid = new Map(
    records.flatMap((record) => {
      const heard = hearRecord(record, 0)?.paid;
      return heard ? [[heard.eventId, heard.amount] as const] : [];
    }),
  );
  const late = new Map(
    told.outcomes.flatMap((outcome) => (outcome.kind === 'late' ? [[outcome.eventId, outcome.amount] as const] : [])),
  );
  const closed = [...told.outcomes, ...told.open].flatMap((outcome) => (outcome.kind === 'closed' ? [outcome] : []));
  const sum = (amounts: Iterable<number>) => [...amounts].reduce((total, amount) => total + amount, 0);
  expect(late.size).toBeGreaterThan(30);
  expect(sum(closed.map(({ orders }) => orders)) + late.size).toBe(paid.size);
  expect(sum(closed.map(({ revenue }) => revenue)) + sum(late.values())).toBe(sum(paid.values()));
});

test('a log that refuses for a while delays results, and doubles none', async () => {
  const hour = replayedHour(400);
  await events.log.append('order-events', hour.slice(0, 200));
  const job = await start();
  await eventually(async () => expect((await results()).length).toBeGreaterThan(0));
  const accept = await events.refuseConnections();
  await accept();
  await events.log.append('order-events', hour.slice(200));
  const told = toldOf(await events.readAll('order-events'));
  await eventually(async () => expect(await results()).toEqual(told.events));
  await job.stop();
});
