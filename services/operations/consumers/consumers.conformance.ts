/** Looking at consumers and moving them, whichever log holds them. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { ConsumerView } from '../../contracts/http/operations/consumers-api.ts';
import type { LogRecord, Subscription } from '../../kit/events/event-log.ts';
import { eventually } from '../../kit/testing/condition.ts';
import { aService, type LogOfShop, startOperations } from '../testing/running-operations.ts';

export const consumersConformance = (name: string, start: () => Promise<LogOfShop>) =>
  describe(`consumers of the log ${name}`, () => {
    let operations: Awaited<ReturnType<typeof startOperations>>;
    let topic: string;
    let topicNumber = 0;
    const subscriptions: Subscription[] = [];
    const topics = Array.from({ length: 6 }, (_, at) => `stock-${at}-events`);

    beforeAll(async () => {
      const readers = topics.map((each) => aService({ name: `${each}-reader`, consumes: { [each]: null } }));
      const never = aService({
        name: 'never',
        kind: 'lambda',
        runs: 'function',
        consumes: { 'stock-0-events': ['a.b.v1'] },
      });
      operations = await startOperations([aService({ name: 'stock', publishes: topics }), ...readers, never], {
        events: await start(),
      });
      await operations.log.createTopics(
        Object.fromEntries(topics.map((each) => [each, { partitions: 2, retentionDays: 1 }])),
      );
    });
    beforeEach(() => {
      topic = topics[topicNumber++] ?? 'too few topics';
    });
    const stop = () => Promise.all(subscriptions.splice(0).map((each) => each.close()));
    afterEach(stop);
    afterAll(() => operations.stop());

    const group = () => `${topic}-reader`;
    const publish = (count: number) =>
      operations.log.append(
        topic,
        Array.from({ length: count }, (_, at) => ({ key: `k${at}`, value: String(at) })),
      );
    const subscribe = async () => {
      const seen: LogRecord[] = [];
      subscriptions.push(
        await operations.log.subscribe({
          group: group(),
          topics: [topic],
          handle: async (records) => {
            seen.push(...records);
          },
        }),
      );
      return seen;
    };
    /** The group has read so many records, and stands still. */
    const havingRead = async (count: number) => {
      await publish(count);
      const seen = await subscribe();
      await eventually(() => expect(seen).toHaveLength(count));
      await stop();
      await eventually(async () => expect(await operations.log.members(group())).toEqual([]));
    };
    const look = async (name = group()): Promise<ConsumerView | undefined> =>
      (await operations.get('/operations/consumers')).consumers.find(
        (each: ConsumerView) => each.group === name && each.topic === topic,
      );
    const reset = (body: object, name = group()) =>
      operations.post(`/operations/consumers/${name}/offsets`, { reason: 'a try', topic, ...body }, operations.admin);
    const plan = async (body: object) => {
      const { body: answer } = await reset({ dryRun: true, ...body });
      return answer.plan?.map(({ partition, from, to }: { partition: number; from: number; to: number }) => ({
        partition,
        from,
        to,
      }));
    };

    test('are told with what they have not read, since when, and who holds which partition; those that never read too', async () => {
      await publish(9);
      const lag = await look();
      expect(lag).toMatchObject({ isDeclared: true, members: 0, lag: 9, oldestUnreadAt: expect.any(String) });
      expect((await look('never'))?.partitions.every(({ committed }) => committed === null)).toBe(true);
      const seen = await subscribe();
      await eventually(() => expect(seen).toHaveLength(9));
      await eventually(async () =>
        expect(await look()).toMatchObject({
          members: 1,
          lag: 0,
          oldestUnreadAt: null,
          partitions: [{ heldBy: expect.any(String) }, { heldBy: expect.any(String) }],
        }),
      );
    });

    test('go back to the beginning by the plan that was shown, and read everything again', async () => {
      await havingRead(8);
      const shown = await plan({ to: 'earliest' });
      expect(shown.map(({ to }: { to: number }) => to)).toEqual([0, 0]);
      expect((await look())?.lag).toBe(0);
      expect(await reset({ plan: shown })).toMatchObject({ status: 200, body: { isExecuted: true } });
      expect((await look())?.lag).toBe(8);
      const again = await subscribe();
      await eventually(() => expect(again).toHaveLength(8));
      const { items } = await operations.get('/operations/acts');
      expect(items[0]).toMatchObject({ act: 'offsets.reset', outcome: 'done', subject: { group: group(), topic } });
    });

    test('are not moved while they work, nor by a plan that is no longer true', async () => {
      await havingRead(4);
      const shown = await plan({ to: 'earliest' });
      expect((await reset({ plan: shown })).status).toBe(200);
      expect((await reset({ plan: shown })).body).toMatchObject({ code: 'plan.changed' });
      const later = await plan({ to: 'latest' });
      const seen = await subscribe();
      await eventually(() => expect(seen).toHaveLength(4));
      for (const body of [{ dryRun: true, to: 'latest' }, { plan: later }])
        expect((await reset(body)).body).toMatchObject({ status: 409, code: 'group.active' });
      const { items } = await operations.get('/operations/acts');
      expect(items[0]).toMatchObject({ outcome: 'refused', detail: { code: 'group.active' } });
    });

    test('skip, shift, and go to a place or to a moment', async () => {
      await havingRead(20);
      const ends = (await look())?.partitions.map(({ end }) => end) ?? [];
      const targets = async (body: object) => (await plan(body))?.map(({ to }: { to: number }) => to);
      expect(await targets({ to: 'latest' })).toEqual(ends);
      expect(await targets({ to: 'shift', by: -1 })).toEqual(ends.map((end) => end - 1));
      expect(await targets({ to: 'offset', offset: 1, partitions: [1] })).toEqual([1]);
      expect(await targets({ to: 'timestamp', at: '2020-01-01T00:00:00.000Z' })).toEqual([0, 0]);
      const { body } = await reset({ dryRun: true, to: 'timestamp', at: '2100-01-01T00:00:00.000Z' });
      expect(body.plan.map(({ to, note }: { to: number; note: string }) => [to, note])).toEqual(
        ends.map((end) => [end, expect.stringMatching(/^nothing was published since then/)]),
      );
    });

    test('go nowhere that their topic does not keep', async () => {
      await havingRead(4);
      for (const body of [
        { dryRun: true, to: 'offset', offset: 99 },
        { dryRun: true, to: 'shift', by: -99 },
        { plan: [{ partition: 0, from: (await look())?.partitions[0]?.committed, to: 99 }] },
      ])
        expect((await reset(body)).body).toMatchObject({ status: 422, code: 'offset.outside' });
    });

    test('that nobody knows, topics that nobody has and requests that say nothing clear are refused', async () => {
      topic = 'stock-0-events';
      const go = { dryRun: true, to: 'earliest' };
      expect((await reset(go, 'nobody')).body).toMatchObject({ status: 404, code: 'group.unknown' });
      expect((await reset({ ...go, topic: 'no-such-topic' })).body).toMatchObject({
        status: 404,
        code: 'topic.unknown',
      });
      expect((await reset({ ...go, partitions: [7] })).body).toMatchObject({ status: 404, code: 'topic.unknown' });
      for (const body of [{}, { to: 'earliest' }, { ...go, by: 1 }, { dryRun: true, to: 'shift' }, { ...go, plan: [] }])
        expect((await reset(body)).body).toMatchObject({ status: 400, code: 'request.invalid' });
      const asStaff = await operations.post(`/operations/consumers/${group()}/offsets`, { topic, reason: 'x', ...go });
      expect(asStaff.body).toMatchObject({ status: 403, code: 'caller.not-admin' });
    });
  });
