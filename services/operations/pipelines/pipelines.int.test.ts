import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Pipeline } from '../../contracts/http/operations/pipelines-api.ts';
import { deadLetterRecord } from '../../kit/events/dead-letters.ts';
import type { LogRecord } from '../../kit/events/event-log.ts';
import { eventually } from '../../kit/testing/condition.ts';
import { aService, startOperations } from '../testing/running-operations.ts';

/** What reads `now` of it is so many seconds later than the log. */
let laterSeconds = 0;
const clock = { now: () => new Date(Date.now() + laterSeconds * 1000) };

let operations: Awaited<ReturnType<typeof startOperations>>;
beforeAll(async () => {
  operations = await startOperations(
    [
      aService({ name: 'order', publishes: ['order-events'], owns: [{ kind: 'table', name: 'entries' }] }),
      aService({ name: 'cart', consumes: { 'order-events': ['order.placed.v1'] } }),
      aService({ name: 'mailer', runs: 'function', kind: 'lambda', consumes: { 'order-events': null } }),
      aService({
        name: 'figures',
        runs: 'flink',
        kind: 'stream-job',
        consumes: { 'later-events': null },
        freshWithinSeconds: 5,
      }),
      aService({ name: 'export', runs: 'function', kind: 'lambda', follows: ['entries'] }),
    ],
    { clock },
  );
  await operations.log.createTopics({ 'order-events': { partitions: 2, retentionDays: 1 } });
});
afterAll(() => operations?.stop());

const look = async (to: string): Promise<Pipeline> =>
  (await operations.get('/operations/pipelines')).pipelines.find((each: Pipeline) => each.to === to);

describe('every pipeline that the manifests declare', () => {
  test('is listed once, with what it reads and who writes there', async () => {
    const { pipelines } = await operations.get('/operations/pipelines');
    expect(pipelines.map(({ from, to, kind, source }: Pipeline) => [from, to, kind, source.name])).toEqual([
      ['order', 'cart', 'consumer', 'order-events'],
      ['order', 'mailer', 'function', 'order-events'],
      ['nobody', 'figures', 'stream-job', 'later-events'],
      ['order', 'export', 'table-function', 'entries'],
    ]);
    expect(await look('figures')).toMatchObject({ status: 'stopped', note: 'the topic is not there' });
    expect(await look('export')).toMatchObject({ status: 'unknown', isEnabled: null, lag: null });
  });

  test('is stopped while nobody reads, well while somebody does, and behind once something waits for too long', async () => {
    await operations.log.append('order-events', [{ key: 'k', value: '1' }]);
    expect(await look('cart')).toMatchObject({ status: 'stopped', isEnabled: false, lag: 1, deadLetters: 0 });

    const seen: LogRecord[] = [];
    let isStuck = false;
    const subscription = await operations.log.subscribe({
      group: 'cart',
      topics: ['order-events'],
      handle: async (records) => {
        if (isStuck) throw new Error('not now');
        seen.push(...records);
      },
    });
    try {
      await eventually(async () =>
        expect(await look('cart')).toMatchObject({ status: 'well', isEnabled: true, lag: 0 }),
      );
      expect(await look('cart')).toMatchObject({ freshnessSeconds: 0, lastEventAt: seen[0]?.timestamp.toISOString() });

      isStuck = true;
      await operations.log.append('order-events', [{ key: 'k', value: '2' }]);
      expect(await look('cart')).toMatchObject({ status: 'well', lag: 1 });
      laterSeconds = 600;
      const behind = await look('cart');
      expect(behind).toMatchObject({ status: 'behind', lag: 1, freshWithinSeconds: 60 });
      expect(behind.freshnessSeconds).toBeGreaterThan(500);
    } finally {
      laterSeconds = 0;
      isStuck = false;
      await subscription.close();
    }
  });

  test('counts the dead letters of its reader, and those that nobody signed', async () => {
    const now = new Date();
    const letter = { topic: 'order-events', partition: 0, offset: 0, key: 'k', reason: 'failed' as const, attempts: 5 };
    const failure = {
      firstFailure: now,
      lastFailure: now,
      errorClass: 'Error',
      errorMessage: 'no',
      value: '{}',
      headers: {},
    };
    await operations.log.append('order-events.dead', [
      deadLetterRecord({ ...letter, ...failure, consumer: 'mailer' }),
      { key: 'k', value: '{"id":"evt_1"}', headers: { 'x-of-a-platform': 'yes' } },
    ]);
    expect([(await look('mailer')).deadLetters, (await look('cart')).deadLetters]).toEqual([2, 1]);
  });
});
