/** What every log must keep, written against the port alone: the embedded log and a Kafka adapter run the same tests. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { type Child, startChild } from '../testing/child-process.ts';
import { eventually } from '../testing/condition.ts';
import {
  type EventLog,
  GroupIsActive,
  type LogRecord,
  RecordRefused,
  type Subscription,
  UnknownTopic,
} from './event-log.ts';

export type LogUnderTest = {
  /** For processes that the suite starts and kills. */
  readonly url: string;
  /** A further client, as another process would have it. */
  open(): Promise<EventLog>;
  stop(): Promise<void>;
};

/** Longer than any lease or session timeout that a log may use. */
const takeoverMs = 20_000;
const logMember = new URL('../testing/log-member.ts', import.meta.url);

const numbered = (count: number, keys: number) =>
  Array.from({ length: count }, (_, at) => ({ key: `key-${at % keys}`, value: String(at) }));

const perKey = (records: readonly Pick<LogRecord, 'key' | 'value'>[]) =>
  Map.groupBy(records, ({ key }) => key)
    .entries()
    .map(([key, list]) => [key, list.map(({ value }) => Number(value))] as const);

/** Values in the order of their first appearance: what is left once an inbox dropped what it knows. */
const firstSeen = (values: readonly number[]) => [...new Set(values)];

const expectOrderPerKey = (records: readonly Pick<LogRecord, 'key' | 'value'>[]) => {
  for (const [, values] of perKey(records))
    expect(firstSeen(values)).toEqual(firstSeen(values).toSorted((a, b) => a - b));
};

export const eventLogConformance = (name: string, start: () => Promise<LogUnderTest>) =>
  describe(`${name} keeps the promises of the port`, () => {
    let under: LogUnderTest;
    let log: EventLog;
    let topicNumber = 0;
    const subscriptions: Subscription[] = [];
    const children: Child[] = [];

    beforeAll(async () => {
      under = await start();
      log = await under.open();
    });
    afterEach(async () => {
      await Promise.all(subscriptions.splice(0).map((subscription) => subscription.close()));
      await Promise.all(children.splice(0).map((child) => child.kill()));
    });
    afterAll(() => under.stop());

    const newTopic = async (partitions = 4, retentionDays = 7) => {
      const topic = `${name}-topic-${topicNumber++}`;
      await log.createTopics({ [topic]: { partitions, retentionDays } });
      return topic;
    };
    const readAll = async (topic: string) => {
      const partitions = await log.offsets(topic);
      const records = await Promise.all(
        partitions.map(({ partition }) => log.read({ topic, partition, limit: 10_000 })),
      );
      return records.flat();
    };
    const collect = async (topic: string, group: string, from: 'earliest' | 'latest' = 'earliest') => {
      const seen: LogRecord[] = [];
      const subscription = await log.subscribe({
        group,
        topics: [topic],
        from,
        handle: async (records) => {
          seen.push(...records);
        },
      });
      subscriptions.push(subscription);
      return { seen, subscription };
    };
    const behind = async (group: string) => (await log.lag(group)).reduce((sum, { records }) => sum + records, 0);
    const values = (records: readonly LogRecord[]) =>
      records.map(({ value }) => Number(value)).toSorted((a, b) => a - b);
    const upTo = (count: number) => Array.from({ length: count }, (_, at) => at);

    test('records keep key, value, headers and order per key, also when several append at once', async () => {
      const topic = await newTopic();
      const records = numbered(200, 10);
      const halves = [records.filter((_, at) => at % 10 < 5), records.filter((_, at) => at % 10 >= 5)];
      await Promise.all(
        halves.map(async (half) => {
          for (let at = 0; at < half.length; at += 10)
            await log.append(
              topic,
              half.slice(at, at + 10).map((record) => ({ ...record, headers: { id: `id-${record.value}` } })),
            );
        }),
      );
      const stored = await readAll(topic);
      expect(values(stored)).toEqual(upTo(200));
      for (const [, numbers] of perKey(stored)) expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
      expect(stored.every(({ value, headers }) => headers['id'] === `id-${value}`)).toBe(true);
      for (const ofKey of Map.groupBy(stored, ({ key }) => key).values())
        expect(new Set(ofKey.map(({ partition }) => partition)).size).toBe(1);
    });

    test('offsets of a partition count from zero without a gap', async () => {
      const topic = await newTopic(1);
      await Promise.all([
        log.append(topic, numbered(30, 3)),
        log.append(topic, numbered(30, 3)),
        log.append(topic, numbered(30, 3)),
      ]);
      expect((await readAll(topic)).map(({ offset }) => offset)).toEqual(upTo(90));
      expect(await log.offsets(topic)).toEqual([{ topic, partition: 0, earliest: 0, end: 90 }]);
    });

    test('a topic comes with its dead-letter topic, can be declared again, and can grow without losing records', async () => {
      const topic = await newTopic(2);
      await log.append(topic, numbered(20, 5));
      await log.createTopics({ [topic]: { partitions: 6, retentionDays: 3 } });
      expect(await log.offsets(topic)).toHaveLength(6);
      expect(await readAll(topic)).toHaveLength(20);
      expect(await log.topics()).toEqual(expect.arrayContaining([topic, `${topic}.dead`]));
      expect(await log.offsets(`${topic}.dead`)).toHaveLength(1);
    });

    test('an unknown topic and a record that cannot be stored are refused by name', async () => {
      const topic = await newTopic();
      await expect(log.append('never-declared', numbered(1, 1))).rejects.toThrow(UnknownTopic);
      await expect(log.append(topic, [{ key: 'k', value: 'x'.repeat(2_000_000) }])).rejects.toThrow(RecordRefused);
      expect(await readAll(topic)).toEqual([]);
    });

    test('each group gets every record, in order per key, and its lag falls to zero', async () => {
      const topic = await newTopic();
      await log.append(topic, numbered(300, 7));
      const one = await collect(topic, `${topic}-one`);
      const two = await collect(topic, `${topic}-two`);
      await log.append(
        topic,
        numbered(300, 7).map(({ key }, at) => ({ key, value: String(300 + at) })),
      );
      for (const { seen } of [one, two]) {
        await eventually(() => expect(values(seen)).toEqual(upTo(600)));
        expectOrderPerKey(seen);
      }
      await eventually(async () => expect(await behind(`${topic}-one`)).toBe(0));
    });

    test('a delivery whose handler rejects comes again, and nothing overtakes it', async () => {
      const topic = await newTopic(1);
      await log.append(topic, numbered(50, 5));
      const seen: LogRecord[] = [];
      let refusals = 2;
      subscriptions.push(
        await log.subscribe({
          group: `${topic}-group`,
          topics: [topic],
          handle: async (records) => {
            if (refusals-- > 0) throw new Error('not now');
            seen.push(...records);
          },
        }),
      );
      await eventually(() => expect(values(seen)).toEqual(upTo(50)));
      expect(seen.map(({ offset }) => offset)).toEqual(upTo(50));
    });

    test('a subscription takes up a topic that is created only later', async () => {
      const topic = `${name}-later-${topicNumber++}`;
      const { seen } = await collect(topic, `${topic}-group`);
      await log.createTopics({ [topic]: { partitions: 2, retentionDays: 1 } });
      await log.append(topic, numbered(5, 2));
      await eventually(() => expect(values(seen)).toEqual(upTo(5)), { timeoutMs: takeoverMs });
    });

    test('a group can start with what comes from now on', async () => {
      const topic = await newTopic();
      await log.append(topic, numbered(5, 5));
      const { seen, subscription } = await collect(topic, `${topic}-group`, 'latest');
      await eventually(() => expect(subscription.assignments()).toHaveLength(4), { timeoutMs: takeoverMs });
      await log.append(topic, [{ key: 'new', value: '99' }]);
      await eventually(() => expect(values(seen)).toEqual([99]));
    });

    test('members share the partitions, and whoever leaves hands his over', async () => {
      const topic = await newTopic(5);
      const first = await collect(topic, `${topic}-group`);
      await eventually(() => expect(first.subscription.assignments()).toHaveLength(5), { timeoutMs: takeoverMs });
      const second = await collect(topic, `${topic}-group`);
      const sizes = () => [first, second].map(({ subscription }) => subscription.assignments().length).toSorted();
      await eventually(() => expect(sizes()).toEqual([2, 3]), { timeoutMs: takeoverMs });
      const members = await log.members(`${topic}-group`);
      expect(members.map(({ partitions }) => partitions.length).toSorted()).toEqual([2, 3]);

      await log.append(topic, numbered(200, 40));
      await eventually(() => expect(values([...first.seen, ...second.seen])).toEqual(upTo(200)));
      await first.subscription.close();
      await eventually(() => expect(second.subscription.assignments()).toHaveLength(5), { timeoutMs: takeoverMs });
    });

    test('members that come and go under load lose nothing', async () => {
      const topic = await newTopic(4);
      const group = `${topic}-group`;
      const all: LogRecord[][] = [(await collect(topic, group)).seen];
      for (let round = 0; round < 5; round++) {
        const { seen, subscription } = await collect(topic, group);
        all.push(seen);
        await log.append(
          topic,
          upTo(100).map((at) => ({ key: `key-${at % 9}`, value: String(round * 100 + at) })),
        );
        await eventually(() => expect(subscription.assignments().length).toBeGreaterThan(0), { timeoutMs: takeoverMs });
        await subscription.close();
      }
      await eventually(() => expect(firstSeen(values(all.flat()))).toEqual(upTo(500)), { timeoutMs: takeoverMs });
    }, 120_000);

    test('what a killed member had in hand is delivered to the others', async () => {
      const topic = await newTopic(4);
      const group = `${topic}-group`;
      const victim = startChild(logMember, [under.url, group, topic]);
      children.push(victim);
      await log.append(topic, numbered(200, 20));
      await eventually(() => expect(victim.lines.length).toBeGreaterThan(0), { timeoutMs: takeoverMs });
      await log.append(
        topic,
        numbered(2_000, 20).map(({ key }, at) => ({ key, value: String(200 + at) })),
      );
      await victim.kill();
      const { seen } = await collect(topic, group);
      const byVictim = victim.lines.map((line) => Number((JSON.parse(line) as [string, string])[1]));
      await eventually(async () => expect(await behind(group)).toBe(0), { timeoutMs: takeoverMs });
      expect(firstSeen([...byVictim, ...values(seen)].toSorted((a, b) => a - b))).toEqual(upTo(2_200));
      expectOrderPerKey(seen);
    }, 60_000);

    test('a member that was frozen past its lease cannot take back what the others went on with', async () => {
      const topic = await newTopic(2);
      const group = `${topic}-group`;
      const frozen = startChild(logMember, [under.url, group, topic]);
      children.push(frozen);
      await log.append(topic, numbered(20, 4));
      await eventually(() => expect(frozen.lines).toHaveLength(20), { timeoutMs: takeoverMs });
      frozen.signal('SIGSTOP');
      const { seen, subscription } = await collect(topic, group);
      await eventually(() => expect(subscription.assignments()).toHaveLength(2), { timeoutMs: takeoverMs });
      await log.append(
        topic,
        numbered(100, 4).map(({ key }, at) => ({ key, value: String(20 + at) })),
      );
      await eventually(() => expect(values(seen).at(-1)).toBe(119), { timeoutMs: takeoverMs });
      frozen.signal('SIGCONT');
      // It joins again as a member with a fair share; the group's place never went back.
      await eventually(() => expect(subscription.assignments()).toHaveLength(1), { timeoutMs: takeoverMs });
      expect(await behind(group)).toBe(0);
      await log.append(
        topic,
        numbered(40, 4).map(({ key }, at) => ({ key, value: String(120 + at) })),
      );
      const everything = () => {
        const late = frozen.lines.map((line) => JSON.parse(line) as [string, string]);
        return [...late.map(([key, value]) => ({ key, value })), ...seen];
      };
      await eventually(() => expect(new Set(everything().map(({ value }) => value)).size).toBe(160), {
        timeoutMs: takeoverMs,
      });
      expect(everything()).toHaveLength(160);
    }, 60_000);

    test('a replay hands out everything again, and is refused while the group works', async () => {
      const topic = await newTopic(3);
      const group = `${topic}-group`;
      await log.append(topic, numbered(30, 6));
      const before = await collect(topic, group);
      await eventually(() => expect(before.seen).toHaveLength(30));
      const start = upTo(3).map((partition) => ({ topic, partition, offset: 0 }));
      await expect(log.resetOffsets(group, start)).rejects.toThrow(GroupIsActive);
      await before.subscription.close();
      await eventually(() => log.resetOffsets(group, start), { timeoutMs: takeoverMs });
      expect(await behind(group)).toBe(30);
      const after = await collect(topic, group);
      await eventually(() => expect(values(after.seen)).toEqual(upTo(30)));
      expectOrderPerKey(after.seen);
    });

    test('lag says how many records wait, where, and since when', async () => {
      const topic = await newTopic(1);
      const group = `${topic}-group`;
      const { seen, subscription } = await collect(topic, group);
      await log.append(topic, numbered(3, 1));
      await eventually(() => expect(seen).toHaveLength(3));
      await subscription.close();
      expect(await log.lag('never-subscribed')).toEqual([]);
      await log.append(topic, numbered(4, 1));
      const [lag] = await log.lag(group);
      expect(lag).toMatchObject({ topic, partition: 0, committed: 3, end: 7, records: 4 });
      const [oldest] = await log.read({ topic, partition: 0, from: 3, limit: 1 });
      expect(lag?.oldest).toEqual(oldest?.timestamp);
    });

    test('what is older than the topic keeps goes, and a group that was behind goes on with what is left', async () => {
      const topic = await newTopic(1, 0);
      const group = `${topic}-group`;
      const { seen, subscription } = await collect(topic, group);
      await log.append(topic, numbered(3, 1));
      await eventually(() => expect(seen).toHaveLength(3));
      await subscription.close();
      await log.append(topic, numbered(10, 1));
      await log.retention();
      await eventually(
        async () => expect(await log.offsets(topic)).toEqual([{ topic, partition: 0, earliest: 13, end: 13 }]),
        {
          timeoutMs: takeoverMs,
        },
      );
      expect(await behind(group)).toBe(0);
      await log.createTopics({ [topic]: { partitions: 1, retentionDays: 1 } });
      await log.append(topic, [{ key: 'key-0', value: '77' }]);
      const again = await collect(topic, group);
      await eventually(() => expect(values(again.seen)).toEqual([77]));
    });
  });
