/** What every log keeps of its records, written against the port alone: the embedded log and a Kafka adapter run the same tests. */
import { describe, expect, test } from '@jest/globals';
import { eventually } from '../testing/condition.ts';
import {
  expectOrderPerKey,
  type LogUnderTest,
  numbered,
  upTo,
  useLog,
  values,
} from '../testing/event-logs/log-under-test.ts';
import { listDifferences } from '../testing/list-differences.ts';
import { GroupIsActive, RecordRefused, UnknownTopic } from './event-log.ts';

export const eventLogConformance = (name: string, start: () => Promise<LogUnderTest>) =>
  describe(`${name}: records, offsets and groups that stand still`, () => {
    const { log, newTopic, readAll, collect, behind } = useLog(`${name}-records`, start);

    test('records keep key, value, headers and order per key, also when several append at once', async () => {
      const topic = await newTopic();
      const records = numbered(200, 10);
      const halves = [records.filter((_, at) => at % 10 < 5), records.filter((_, at) => at % 10 >= 5)];
      await Promise.all(
        halves.map(async (half) => {
          for (let at = 0; at < half.length; at += 10)
            await log().append(
              topic,
              half.slice(at, at + 10).map((record) => ({ ...record, headers: { id: `id-${record.value}` } })),
            );
        }),
      );
      const stored = await readAll(topic);
      expect(listDifferences(values(stored), upTo(200))).toEqual([]);
      expectOrderPerKey(stored);
      expect(stored.every(({ value, headers }) => headers['id'] === `id-${value}`)).toBe(true);
      for (const ofKey of Map.groupBy(stored, ({ key }) => key).values())
        expect(new Set(ofKey.map(({ partition }) => partition)).size).toBe(1);
    });

    test('offsets of a partition count from zero without a gap', async () => {
      const topic = await newTopic(1);
      await Promise.all([
        log().append(topic, numbered(30, 3)),
        log().append(topic, numbered(30, 3)),
        log().append(topic, numbered(30, 3)),
      ]);
      const offsets = (await readAll(topic)).map(({ offset }) => offset);
      expect(listDifferences(offsets, upTo(90))).toEqual([]);
      expect(await log().offsets(topic)).toEqual([{ topic, partition: 0, earliest: 0, end: 90 }]);
    });

    test('a topic comes with its dead-letter topic, can be declared again, and can grow without losing records', async () => {
      const topic = await newTopic(2);
      await log().append(topic, numbered(20, 5));
      await log().createTopics({ [topic]: { partitions: 6, retentionDays: 3 } });
      expect(await log().offsets(topic)).toHaveLength(6);
      expect((await readAll(topic)).length).toBe(20);
      expect(await log().topics()).toEqual(expect.arrayContaining([topic, `${topic}.dead`]));
      expect(await log().offsets(`${topic}.dead`)).toHaveLength(1);
    });

    test('an unknown topic and a record that cannot be stored are refused by name', async () => {
      const topic = await newTopic();
      await expect(log().append('never-declared', numbered(1, 1))).rejects.toThrow(UnknownTopic);
      await expect(log().append(topic, [{ key: 'k', value: 'x'.repeat(2_000_000) }])).rejects.toThrow(RecordRefused);
      expect(await readAll(topic)).toEqual([]);
    });

    test('a replay hands out everything again, and is refused while the group works', async () => {
      const topic = await newTopic(3);
      const group = `${topic}-group`;
      await log().append(topic, numbered(30, 6));
      const before = await collect(topic, group);
      await eventually(() => expect(before.seen.length).toBe(30));
      const start = upTo(3).map((partition) => ({ topic, partition, offset: 0 }));
      await expect(log().resetOffsets(group, start)).rejects.toThrow(GroupIsActive);
      await before.subscription.close();
      await eventually(() => log().resetOffsets(group, start));
      expect(await behind(group)).toBe(30);
      const after = await collect(topic, group);
      await eventually(() => expect(listDifferences(values(after.seen), upTo(30))).toEqual([]));
      expectOrderPerKey(after.seen);
    });

    test('lag says how many records wait, where, and since when', async () => {
      const topic = await newTopic(1);
      const group = `${topic}-group`;
      const { seen, subscription } = await collect(topic, group);
      await log().append(topic, numbered(3, 1));
      await eventually(() => expect(seen).toHaveLength(3));
      await subscription.close();
      expect(await log().lag('never-subscribed')).toEqual([]);
      await log().append(topic, numbered(4, 1));
      const [lag] = await log().lag(group);
      expect(lag).toMatchObject({ topic, partition: 0, committed: 3, end: 7, records: 4 });
      const [oldest] = await log().read({ topic, partition: 0, from: 3, limit: 1 });
      expect(lag?.oldest).toEqual(oldest?.timestamp);
    });

    test('the place since a moment is that of the first record then or later, and none where there is no such record', async () => {
      const topic = await newTopic(1);
      expect(await log().offsetsSince(topic, new Date(0))).toEqual([]);
      await log().append(topic, numbered(3, 1));
      const records = await readAll(topic);
      expect(await log().offsetsSince(topic, new Date(0))).toEqual([{ topic, partition: 0, offset: 0 }]);
      const last = records.at(-1)?.timestamp as Date;
      const first = records.findIndex(({ timestamp }) => timestamp >= last);
      expect(await log().offsetsSince(topic, last)).toEqual([{ topic, partition: 0, offset: first }]);
      expect(await log().offsetsSince(topic, new Date(last.getTime() + 60_000))).toEqual([]);
    });

    test('what is older than the topic keeps goes, and a group that was behind goes on with what is left', async () => {
      const topic = await newTopic(1, 0);
      const group = `${topic}-group`;
      const { seen, subscription } = await collect(topic, group);
      await log().append(topic, numbered(3, 1));
      await eventually(() => expect(seen).toHaveLength(3));
      await subscription.close();
      await log().append(topic, numbered(10, 1));
      await log().retention();
      await eventually(async () =>
        expect(await log().offsets(topic)).toEqual([{ topic, partition: 0, earliest: 13, end: 13 }]),
      );
      expect(await behind(group)).toBe(0);
      await log().createTopics({ [topic]: { partitions: 1, retentionDays: 1 } });
      await log().append(topic, [{ key: 'key-0', value: '77' }]);
      const again = await collect(topic, group);
      await eventually(() => expect(values(again.seen)).toEqual([77]));
    });
  });
