/** How consumer groups share a log, written against the port alone: the embedded log and a Kafka adapter run the same tests. */
import { describe, expect, test } from '@jest/globals';
import { eventually } from '../testing/condition.ts';
import {
  expectOrderPerKey,
  firstSeen,
  type LogUnderTest,
  numbered,
  upTo,
  useLog,
  values,
} from '../testing/event-logs/log-under-test.ts';
import { listDifferences } from '../testing/list-differences.ts';
import type { LogRecord } from './event-log.ts';

export const consumerGroupConformance = (name: string, start: () => Promise<LogUnderTest>) =>
  describe(`${name}: consumer groups`, () => {
    const { log, newTopic, nextName, collect, subscribe, startMember, behind } = useLog(`${name}-groups`, start);

    test('each group gets every record, in order per key, and its lag falls to zero', async () => {
      const topic = await newTopic();
      await log().append(topic, numbered(300, 7));
      const one = await collect(topic, `${topic}-one`);
      const two = await collect(topic, `${topic}-two`);
      await log().append(topic, numbered(300, 7, 300));
      for (const { seen } of [one, two]) {
        await eventually(() => expect(listDifferences(values(seen), upTo(600))).toEqual([]));
        expectOrderPerKey(seen);
      }
      await eventually(async () => expect(await behind(`${topic}-one`)).toBe(0));
    });

    test('a delivery whose handler rejects comes again, and nothing overtakes it', async () => {
      const topic = await newTopic(1);
      await log().append(topic, numbered(50, 5));
      const seen: LogRecord[] = [];
      let refusals = 2;
      await subscribe(topic, `${topic}-group`, async (records) => {
        if (refusals-- > 0) throw new Error('not now');
        seen.push(...records);
      });
      await eventually(() => expect(listDifferences(values(seen), upTo(50))).toEqual([]));
      const offsets = seen.map(({ offset }) => offset);
      expect(listDifferences(offsets, upTo(50))).toEqual([]);
    });

    test('a subscription takes up a topic that is created only later', async () => {
      const topic = nextName();
      const { seen } = await collect(topic, `${topic}-group`);
      await log().createTopics({ [topic]: { partitions: 2, retentionDays: 1 } });
      await log().append(topic, numbered(5, 2));
      await eventually(() => expect(listDifferences(values(seen), upTo(5))).toEqual([]));
    });

    test('a group can start with what comes from now on', async () => {
      const topic = await newTopic();
      await log().append(topic, numbered(5, 5));
      const { seen, subscription } = await collect(topic, `${topic}-group`, 'latest');
      await eventually(() => expect(subscription.assignments()).toHaveLength(4));
      await log().append(topic, [{ key: 'new', value: '99' }]);
      await eventually(() => expect(values(seen)).toEqual([99]));
    });

    test('members share the partitions, and whoever leaves hands his over', async () => {
      const topic = await newTopic(5);
      const first = await collect(topic, `${topic}-group`);
      await eventually(() => expect(first.subscription.assignments()).toHaveLength(5));
      const second = await collect(topic, `${topic}-group`);
      const sizes = () => [first, second].map(({ subscription }) => subscription.assignments().length).toSorted();
      await eventually(() => expect(sizes()).toEqual([2, 3]));
      await eventually(async () => {
        const members = await log().members(`${topic}-group`);
        expect(members.map(({ partitions }) => partitions.length).toSorted()).toEqual([2, 3]);
      });

      await log().append(topic, numbered(200, 40));
      await eventually(() => expect(listDifferences(values([...first.seen, ...second.seen]), upTo(200))).toEqual([]));
      await first.subscription.close();
      await eventually(() => expect(second.subscription.assignments()).toHaveLength(5));
    });

    test('members that come and go under load lose nothing', async () => {
      const topic = await newTopic(4);
      const group = `${topic}-group`;
      const all: LogRecord[][] = [(await collect(topic, group)).seen];
      for (let round = 0; round < 5; round++) {
        const { seen, subscription } = await collect(topic, group);
        all.push(seen);
        await log().append(
          topic,
          upTo(100).map((at) => ({ key: `key-${at % 9}`, value: String(round * 100 + at) })),
        );
        await eventually(() => expect(subscription.assignments().length).toBeGreaterThan(0));
        await subscription.close();
      }
      await eventually(() => expect(listDifferences(firstSeen(values(all.flat())), upTo(500))).toEqual([]));
    });

    test('what a killed member had in hand is delivered to the others', async () => {
      const topic = await newTopic(4);
      const group = `${topic}-group`;
      const victim = startMember(group, topic, 90);
      await log().append(topic, numbered(200, 20));
      await eventually(() => expect(victim.seen().length).toBe(90));
      await log().append(topic, numbered(2_000, 20, 200));
      await victim.child.kill();
      const { seen } = await collect(topic, group);
      await eventually(async () => expect(await behind(group)).toBe(0));
      expect(listDifferences(firstSeen(values([...victim.seen(), ...seen])), upTo(2_200))).toEqual([]);
      expectOrderPerKey(seen);
    });

    test('a member that was frozen past its lease cannot take back what the others went on with', async () => {
      const topic = await newTopic(2);
      const group = `${topic}-group`;
      const frozen = startMember(group, topic);
      await log().append(topic, numbered(20, 4));
      await eventually(() => expect(frozen.seen().length).toBe(20));
      // Handled, and noted as handled: what it had in hand would rightly be delivered again.
      await eventually(async () => expect(await behind(group)).toBe(0));
      frozen.child.signal('SIGSTOP');
      const { seen, subscription } = await collect(topic, group);
      await eventually(() => expect(subscription.assignments()).toHaveLength(2));
      await log().append(topic, numbered(100, 4, 20));
      await eventually(() => expect(values(seen).at(-1)).toBe(119));
      frozen.child.signal('SIGCONT');
      // It joins again with a fair share; the group's place never went back.
      await eventually(() => expect(subscription.assignments()).toHaveLength(1));
      expect(await behind(group)).toBe(0);
      await log().append(topic, numbered(40, 4, 120));
      const everything = () => values([...frozen.seen(), ...seen]);
      await eventually(() => expect(listDifferences(firstSeen(everything()), upTo(160))).toEqual([]));
      expect(everything().length).toBe(160);
    });
  });
