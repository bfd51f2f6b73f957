/** What staff do about dead letters, whichever log holds them: with a consumer that fails, and one that does not. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { CloudEvent } from '../../kit/events/cloud-event.ts';
import { type Consumer, createConsumer } from '../../kit/events/consumer.ts';
import type { Sql } from '../../kit/storage/database.ts';
import { systemClock } from '../../kit/system-clock.ts';
import { createLogger } from '../../kit/telemetry/logger.ts';
import { eventually } from '../../kit/testing/condition.ts';
import { anEvent } from '../../kit/testing/event-logs/log-fixtures.ts';
import { type TestDatabase, testDatabase } from '../../kit/testing/postgres.ts';
import { aService, type LogOfShop, startOperations } from '../testing/running-operations.ts';

const logger = createLogger('test', 'silent');

export const deadLettersConformance = (name: string, start: () => Promise<LogOfShop>) =>
  describe(`dead letters in the log ${name}`, () => {
    let store: TestDatabase;
    let operations: Awaited<ReturnType<typeof startOperations>>;
    let isMended = false;
    let topic: string;
    let topicNumber = 0;
    const consumers: Consumer[] = [];
    const topics = Array.from({ length: 8 }, (_, at) => `shop-${at}-events`);

    beforeAll(async () => {
      store = await testDatabase();
      await store.database.query('CREATE TABLE effect (consumer text, key text, sequence int)');
      operations = await startOperations([aService({ name: 'till', publishes: topics })], { events: await start() });
      await operations.log.createTopics(
        Object.fromEntries(topics.map((each) => [each, { partitions: 4, retentionDays: 1 }])),
      );
    });
    beforeEach(() => {
      isMended = false;
      topic = topics[topicNumber++] ?? 'too few topics';
    });
    afterEach(() => Promise.all(consumers.splice(0).map((consumer) => consumer.stop())));
    afterAll(() => Promise.all([operations.stop(), store.drop()]));

    const parse = (value: string) => JSON.parse(value) as CloudEvent;
    const startConsumer = async (service: string, fails: (event: CloudEvent) => boolean) => {
      const handle = async (event: CloudEvent, tx: Sql) => {
        if (fails(event)) throw new TypeError(`${event.subject} is poison`);
        await tx.query('INSERT INTO effect VALUES ($1, $2, $3)', [service, event.subject, event.sequence]);
      };
      const consumer = createConsumer({
        ...{ service, database: store.database, log: operations.log, handlers: { [topic]: handle } },
        ...{ parse, logger, clock: systemClock },
      });
      consumers.push(consumer);
      await consumer.start();
    };
    const poisoned = (key: string) => (event: CloudEvent) => event.subject === key && !isMended;
    const publish = (events: readonly CloudEvent[]) =>
      operations.log.append(
        topic,
        events.map((event) => ({
          key: event.subject,
          value: JSON.stringify(event),
          headers: { id: event.id, type: event.type },
        })),
      );
    const effects = async (service: string) => {
      const { rows } = await store.database.query<{ count: string; keys: string }>(
        'SELECT count(*), count(DISTINCT key) AS keys FROM effect WHERE consumer = $1',
        [service],
      );
      return [Number(rows[0]?.count), Number(rows[0]?.keys)];
    };
    type Listed = { id: string; state: string; reason: string; replays: number; needsReview: boolean; key: string };
    const listed = async (query = ''): Promise<Listed[]> =>
      (await operations.get(`/operations/dead-letters?limit=100&topic=${topic}${query}`)).items;
    const died = (count: number) => eventually(async () => expect(await listed()).toHaveLength(count));
    const replay = async (body: object) => (await operations.post('/operations/dead-letters/replay', body)).body;
    const resultsOf = ({ results }: { results: { id: string; result: string }[] }) =>
      results.map(({ result }) => result);

    test('one poison event among 1,000 keys: 999 finish, the last after the mend, and a second replay has no effect', async () => {
      const [failing, other] = [`${topic}-failing`, `${topic}-other`];
      await startConsumer(failing, poisoned('k7'));
      await startConsumer(other, () => false);
      await publish(Array.from({ length: 1_000 }, (_, key) => anEvent(`k${key}`, 1)));
      await eventually(async () => expect(await effects(failing)).toEqual([999, 999]));
      await died(1);
      const [letter] = await listed();
      expect(letter).toMatchObject({
        consumer: failing,
        reason: 'failed',
        eventId: 'evt_k7_1',
        eventType: 'order.placed.v1',
        attempts: 5,
        errorClass: 'TypeError',
        errorMessage: 'k7 is poison',
        state: 'new',
      });
      const shown = await operations.get(`/operations/dead-letters/${letter?.id}`);
      expect(JSON.parse(shown.record.value)).toEqual(anEvent('k7', 1));

      isMended = true;
      const body = { filter: { topic }, reason: 'mended' };
      expect(resultsOf(await replay({ ...body, dryRun: true }))).toEqual(['would-replay']);
      expect((await listed())[0]?.state).toBe('new');
      expect(await replay(body)).toMatchObject({
        results: [{ id: letter?.id, result: 'replayed' }],
        left: 0,
        actId: expect.stringMatching(/^act_/),
      });
      await eventually(async () => expect(await effects(failing)).toEqual([1_000, 1_000]));

      expect(await replay(body)).toMatchObject({ results: [], actId: null });
      expect(resultsOf(await replay({ ids: [letter?.id], reason: 'once more' }))).toEqual(['done']);
      // Even what is appended again has no second effect, which a later event of the key shows.
      await publish([anEvent('k7', 1), anEvent('k7', 2)]);
      await eventually(async () => expect(await effects(other)).toEqual([1_001, 1_000]));
      await eventually(async () => expect(await effects(failing)).toEqual([1_001, 1_000]));
      expect(await listed()).toHaveLength(1);
    });

    test('events behind a poison one go with it in order, and not before it', async () => {
      const consumer = `${topic}-group`;
      await startConsumer(consumer, (event) => event.sequence === 1 && !isMended);
      await publish([1, 2, 3].map((sequence) => anEvent('k', sequence)));
      await died(3);
      const [third, second, first] = await listed();
      expect([first?.reason, second?.reason, third?.reason]).toEqual(['failed', 'behind', 'behind']);
      isMended = true;
      expect(resultsOf(await replay({ ids: [third?.id], reason: 'too early' }))).toEqual(['waits']);
      expect(resultsOf(await replay({ filter: { topic, consumer }, reason: 'mended' }))).toEqual(
        Array(3).fill('replayed'),
      );
      await eventually(async () => expect(await effects(consumer)).toEqual([3, 1]));
    });

    test('one that dies again after three replays waits until a person has decided', async () => {
      await startConsumer(`${topic}-group`, poisoned('k'));
      await publish([anEvent('k', 1)]);
      const body = { filter: { topic }, reason: 'perhaps now' };
      for (const round of [1, 2, 3]) {
        await died(round);
        expect(resultsOf(await replay(body))).toEqual(['replayed']);
      }
      await died(4);
      const [letter] = await listed();
      expect(letter).toMatchObject({ state: 'new', replays: 3, needsReview: true });
      expect(await replay(body)).toMatchObject({ results: [], held: 1 });
      expect(resultsOf(await replay({ ids: [letter?.id], reason: 'please' }))).toEqual(['needs-review']);
      isMended = true;
      const review = (decision: string) =>
        operations.post(`/operations/dead-letters/${letter?.id}/review`, { decision, reason: 'mended for good' });
      expect((await review('replay')).body.deadLetter).toMatchObject({
        state: 'reviewed',
        touchedBy: operations.staffId,
      });
      expect(resultsOf(await replay(body))).toEqual(['replayed']);
      await eventually(async () => expect(await effects(`${topic}-group`)).toEqual([1, 1]));
      expect(await review('discard')).toMatchObject({ status: 409, body: { code: 'dead-letter.decided' } });
      const { sameEvent } = await operations.get(`/operations/dead-letters/${letter?.id}`);
      expect(sameEvent.map(({ replays }: Listed) => replays)).toEqual([0, 1, 2]);
    });

    test('of two people who replay the same at once, each event is sent by one', async () => {
      await startConsumer(`${topic}-group`, () => !isMended);
      await publish(Array.from({ length: 20 }, (_, key) => anEvent(`k${key}`, 1)));
      await died(20);
      isMended = true;
      const answers = await Promise.all([1, 2, 3].map((who) => replay({ filter: { topic }, reason: `person ${who}` })));
      const sent = answers.flatMap(({ results }) =>
        results.filter(({ result }: { result: string }) => result === 'replayed').map(({ id }: Listed) => id),
      );
      expect([sent.length, new Set(sent).size]).toEqual([20, 20]);
      await eventually(async () => expect(await effects(`${topic}-group`)).toEqual([20, 20]));
    });

    test('a replay ends where the dead letters ended when it began, and goes on where it was', async () => {
      await startConsumer(`${topic}-group`, () => true);
      // What is no event is put aside at once, this time and the next.
      const records = Array.from({ length: 130 }, (_, key) => ({ key: `k${key}`, value: `no event ${key}` }));
      await operations.log.append(topic, records);
      await died(100);
      await eventually(async () =>
        expect((await replay({ filter: { topic }, reason: 'look', dryRun: true })).upTo).toEqual({ [topic]: 130 }),
      );
      const first = await replay({ filter: { topic }, reason: 'all of them' });
      expect([first.results.length, first.left, first.upTo]).toEqual([100, 30, { [topic]: 130 }]);
      await eventually(async () =>
        expect((await replay({ filter: { topic }, reason: 'look', dryRun: true })).upTo).toEqual({ [topic]: 230 }),
      );
      const second = await replay({ filter: { topic }, upTo: first.upTo, reason: 'the rest' });
      expect([second.results.length, second.left]).toEqual([30, 0]);
      expect(await replay({ filter: { topic }, upTo: first.upTo, reason: 'nothing' })).toMatchObject({
        results: [],
        left: 0,
      });
    });

    test('what waits behind a discarded event goes on without it, and nobody else hears of it', async () => {
      const [failing, other] = [`${topic}-failing`, `${topic}-other`];
      await startConsumer(failing, (event) => event.sequence === 1);
      await startConsumer(other, () => false);
      await publish([1, 2].map((sequence) => anEvent('k', sequence)));
      await died(2);
      const [second, first] = await listed();
      const review = { decision: 'discard', reason: 'a test order of ours' };
      expect((await operations.post(`/operations/dead-letters/${first?.id}/review`, review)).status).toBe(200);
      expect(resultsOf(await replay({ ids: [second?.id], reason: 'the rest of the order' }))).toEqual(['replayed']);
      await eventually(async () => expect(await effects(failing)).toEqual([1, 1]));
      await publish([anEvent('k', 3)]);
      await eventually(async () => expect(await effects(failing)).toEqual([2, 1]));
      await eventually(async () => expect(await effects(other)).toEqual([3, 1]));
      expect(await listed()).toHaveLength(2);
    });

    test('a record that is no event is listed, and a discarded one is never sent', async () => {
      await startConsumer(`${topic}-group`, () => false);
      await operations.log.append(topic, [{ key: 'k', value: 'no event' }]);
      await died(1);
      const [letter] = await listed();
      expect(letter).toMatchObject({ reason: 'invalid', eventId: null, eventType: null, key: 'k' });
      const answer = await operations.post(`/operations/dead-letters/${letter?.id}/review`, {
        decision: 'discard',
        reason: 'a slip of the keyboard',
      });
      expect(answer.body.deadLetter.state).toBe('discarded');
      expect(resultsOf(await replay({ ids: [letter?.id, `${topic}:999`], reason: 'no' }))).toEqual(['done', 'unknown']);
      expect(await listed('&state=discarded')).toHaveLength(1);
      const { items } = await operations.get('/operations/acts');
      expect(items[0]).toMatchObject({
        actor: operations.staffId,
        act: 'dead-letters.review',
        subject: { id: letter?.id, decision: 'discard' },
        reason: 'a slip of the keyboard',
        outcome: 'done',
        detail: { was: 'new', consumerTold: false },
      });
    });

    test.each<[string, object, number, string]>([
      ['neither ids nor a filter', {}, 400, 'request.invalid'],
      ['both of them', { ids: ['a:1'], filter: {} }, 400, 'request.invalid'],
      ['no reason', { ids: ['a:1'], reason: ' ' }, 400, 'request.invalid'],
      ['an id that is none', { ids: ['../1'] }, 400, 'request.invalid'],
      ['a topic that nobody has', { filter: { topic: 'no-such-events' } }, 404, 'topic.unknown'],
    ])('a replay with %s is refused', async (_, body, status, code) => {
      topicNumber--;
      const answer = await operations.post('/operations/dead-letters/replay', { reason: 'a try', ...body });
      expect([answer.status, answer.body.code]).toEqual([status, code]);
    });
  });
