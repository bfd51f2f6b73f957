import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Context, MSKEvent } from 'aws-lambda';
import { deadLetterOf } from '../events/dead-letters.ts';
import type { EventLog, Subscription } from '../events/event-log.ts';
import { openEventLog } from '../events/open-event-log.ts';
import { createLogger } from '../telemetry/logger.ts';
import { eventually } from '../testing/condition.ts';
import { emptyDatabase, type TestDatabase } from '../testing/postgres.ts';
import { defaultMappingSettings } from './event-source-mapping.ts';
import { startInvoker } from './invoker.ts';

const logger = createLogger('test', 'silent');
const topic = 'order-events';
let db: TestDatabase;
let log: EventLog;
let subscriptions: Pick<Subscription, 'close'>[];

const quick = { ...defaultMappingSettings, firstPauseMs: 1, longestPauseMs: 5 };
const deadLetterTries = 3;

const invoke = async (handler: (event: MSKEvent, context: Context) => unknown, timeoutMs = 5_000) => {
  const subscription = await startInvoker({
    name: 'notification',
    topics: [topic],
    handler,
    log,
    logger,
    settings: { ...quick, retryAttempts: 2, timeoutMs },
    deadLetterSettings: { ...quick, retryAttempts: deadLetterTries - 1 },
    pause: (milliseconds, signal) => wait(milliseconds, undefined, { signal }),
    random: () => 0.5,
    now: () => new Date(),
    requestId: randomUUID,
  });
  subscriptions.push(subscription);
  return subscription;
};

const valuesOf = (event: MSKEvent) =>
  Object.values(event.records).flatMap((group) =>
    group.map(({ value, offset, topic: from, partition }) => ({
      value: Buffer.from(value, 'base64').toString(),
      offset,
      place: `${from}-${partition}`,
    })),
  );

const append = (...ids: string[]) =>
  log.append(
    topic,
    ids.map((id) => ({ key: 'ord_1', value: JSON.stringify({ id }), headers: { traceparent: 'tp' } })),
  );

const lagOf = async (group: string) => (await log.lag(group)).reduce((sum, { records }) => sum + records, 0);

beforeEach(async () => {
  db = await emptyDatabase();
  log = await openEventLog({ url: db.url, logger });
  await log.createTopics({ [topic]: { partitions: 2, retentionDays: 1 } });
  subscriptions = [];
});

afterEach(async () => {
  await Promise.all(subscriptions.map((subscription) => subscription.close()));
  await log.close();
  await db.drop();
});

describe('the local invoker', () => {
  it('hands each record to the function and commits what it handled', async () => {
    const seen: string[] = [];
    await append('evt_1', 'evt_2', 'evt_3');
    await invoke((event, context) => {
      expect(context.functionName).toBe('notification');
      expect(context.getRemainingTimeInMillis()).toBeGreaterThan(0);
      seen.push(...valuesOf(event).map(({ value }) => JSON.parse(value).id));
      return { batchItemFailures: [] };
    });
    await eventually(async () => expect(await lagOf('notification')).toBe(0));
    await eventually(() => expect(seen).toEqual(['evt_1', 'evt_2', 'evt_3']));
  });

  it('puts a record that fails each time among the dead letters, with why, and goes on in order', async () => {
    const handled: string[] = [];
    await append('evt_1', 'evt_poison', 'evt_3');
    await invoke((event) => {
      for (const { value, offset, place } of valuesOf(event)) {
        if (value.includes('poison')) return { batchItemFailures: [{ itemIdentifier: { partition: place, offset } }] };
        handled.push(JSON.parse(value).id);
      }
      return undefined;
    });
    await eventually(() => expect(handled).toEqual(['evt_1', 'evt_3']));
    const [letter] = await log.read({ topic: `${topic}.dead`, partition: 0 });
    expect(deadLetterOf(letter as NonNullable<typeof letter>)).toMatchObject({
      topic,
      key: 'ord_1',
      eventId: 'evt_poison',
      consumer: 'notification',
      reason: 'failed',
      attempts: 3,
      errorClass: 'PartialFailure',
      traceparent: 'tp',
      value: JSON.stringify({ id: 'evt_poison' }),
    });
  });

  it('counts a function that takes too long as failed', async () => {
    let calls = 0;
    await append('evt_1');
    await invoke(async () => {
      calls += 1;
      if (calls === 1) await new Promise(() => undefined);
    }, 50);
    await eventually(() => expect(calls).toBe(2));
  });

  it('that ends in the middle leaves the rest to the next one', async () => {
    await append('evt_1');
    const begun = Promise.withResolvers<void>();
    const first = await invoke(() => {
      begun.resolve();
      throw new Error('not now');
    });
    await begun.promise;
    await first.close();
    const seen: string[] = [];
    await invoke((event) => {
      seen.push(...valuesOf(event).map(({ value }) => JSON.parse(value).id));
    });
    // Also if the first gave it up before it ended: then it comes from the dead letters.
    await eventually(() => expect(seen).toEqual(['evt_1']));
  });

  it('hands a dead letter over again, until the cause is gone', async () => {
    const handled: string[] = [];
    let calls = 0;
    await append('evt_1', 'evt_2');
    await invoke((event) => {
      for (const { value, offset, place } of valuesOf(event)) {
        // As if something that only the first event needs were away for longer than its retries last.
        if (value.includes('evt_1') && ++calls <= 4)
          return { batchItemFailures: [{ itemIdentifier: { partition: place, offset } }] };
        handled.push(JSON.parse(value).id);
      }
      return undefined;
    });
    await eventually(() => expect(handled).toEqual(['evt_2', 'evt_1']));
    await eventually(async () => expect(await lagOf('notification-dead')).toBe(0));
  });

  it('leaves a dead letter that fails again and again where it is, and makes no second one of it', async () => {
    let calls = 0;
    await append('evt_1');
    await invoke(() => {
      calls += 1;
      throw new Error('never');
    });
    await eventually(() => expect(calls).toBe(3 + deadLetterTries));
    await eventually(async () => expect(await lagOf('notification-dead')).toBe(0));
    expect(await log.read({ topic: `${topic}.dead`, partition: 0 })).toHaveLength(1);
  });
});
