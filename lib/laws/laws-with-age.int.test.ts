import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { inboxRetentionDays, pruneInbox } from '../../services/kit/events/inbox.ts';
import { outboxRetentionDays, pruneOutbox } from '../../services/kit/events/outbox.ts';
import type { Sql } from '../../services/kit/storage/database.ts';
import { services } from '../services.ts';
import { checkLaws } from './check-laws.ts';
import { startSmallPlatform } from './testing/small-platform.ts';

/** Days for which the fixture's topic is kept, as the order service declares it. */
const topicDays = 14;

let small: Awaited<ReturnType<typeof startSmallPlatform>>;
beforeAll(async () => {
  small = await startSmallPlatform();
});
afterAll(() => small?.stop());
beforeEach(() => small.begin());
afterEach(() => small.undo());

const ordersSql = (): Sql => ({
  query: async <Row>(text: string, values: readonly unknown[] = []) => {
    const { rows, rowCount } = await small.platform.orders.query(text, [...values]);
    return { rows: rows as Row[], rowCount: rowCount ?? 0 };
  },
});

/** Makes everything that was ever told so many days old. */
const age = async (days: number) => {
  const { orders, events } = small.platform;
  const then = [days];
  const since = 'now() - make_interval(secs => $1::float8 * 86400)';
  await orders.query(`UPDATE outbox SET created_at = ${since}, published_at = ${since}`, then);
  await orders.query(`UPDATE inbox SET accepted_at = ${since}`, then);
  await orders.query(`UPDATE idempotency_keys SET created_at = ${since}`, then);
  await events.query(`UPDATE event_log.records SET appended_at = ${since}`, then);
};

/** What the services do with what is too old. */
const forget = async () => {
  await pruneOutbox(ordersSql());
  await pruneInbox(ordersSql(), 'order');
  await small.platform.events.query('SELECT event_log.expire(1000)');
};

/** The laws as they are on this day, broken ones alone. */
const broken = async () =>
  (await checkLaws(() => ({ ...small.facts(), now: new Date() })))
    .filter(({ id, violations }) => ['I1', 'I2', 'I5', 'I9'].includes(id) && violations.length > 0)
    .map(({ id, violations }) => [id, violations.map(({ detail }) => detail)]);

describe('a shop that has been open for a while', () => {
  test.each([0, 1, 3, 6.9, 7.1, 13.9, 14.1, 29.9, 30.1, 40])('keeps the laws of events on day %p', async (days) => {
    await age(days);
    expect(await broken()).toEqual([]);
    await forget();
    expect(await broken()).toEqual([]);
  });

  test('is found out where the log lost an event that it should still have', async () => {
    await small.platform.events.query(`DELETE FROM event_log.records WHERE headers ->> 'id' = 'evt_paid_2'`);
    await age(outboxRetentionDays - 1);
    await forget();
    expect(await broken()).toEqual([['I5', [expect.stringContaining('lacks 1 events')]]]);
  });

  test('is found out where the log holds an event that its outbox should still have', async () => {
    await small.platform.orders.query(`DELETE FROM outbox WHERE id = 'evt_paid_2'`);
    await age(outboxRetentionDays - 1);
    await forget();
    expect(await broken()).toEqual([['I5', [expect.stringContaining('holds 1 events')]]]);
  });

  test('is found out where an event was never handled, for as long as the log has it', async () => {
    await small.platform.orders.query(`DELETE FROM inbox WHERE event_id = 'evt_paid_1'`);
    await age(topicDays - 1);
    await forget();
    expect(await broken()).toEqual([['I9', [expect.stringContaining('neither handled nor parked 1')]]]);
  });
});

test('every topic is forgotten before its consumers forget what they have handled', () => {
  const topics = services.flatMap(({ publishes }) => Object.entries(publishes));
  expect(topics.length).toBeGreaterThan(3);
  for (const [topic, { retentionDays }] of topics)
    expect([topic, retentionDays < inboxRetentionDays]).toEqual([topic, true]);
});
