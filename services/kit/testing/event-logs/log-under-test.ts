/** What both halves of the log's conformance suite stand on: a log, and everything they ask it again and again. */
import { afterAll, afterEach, beforeAll, expect } from '@jest/globals';
import type { EventLog, LogRecord, Subscription } from '../../events/event-log.ts';
import { type Child, startChild } from '../child-process.ts';
import { listDifferences } from '../list-differences.ts';
import { readTopic } from './read-topic.ts';

export type LogUnderTest = {
  /** For processes that the suite starts and kills. */
  readonly url: string;
  /** A client as a process of its own would have it. */
  open(): Promise<EventLog>;
  stop(): Promise<void>;
};

export const upTo = (count: number) => Array.from({ length: count }, (_, at) => at);

/** Records whose values count from 0, spread over so many keys. */
export const numbered = (count: number, keys: number, from = 0) =>
  Array.from({ length: count }, (_, at) => ({ key: `key-${at % keys}`, value: String(from + at) }));

export type Seen = Pick<LogRecord, 'key' | 'value'>;

export const values = (records: readonly Seen[]) => records.map(({ value }) => Number(value)).toSorted((a, b) => a - b);

/** Values without their repetitions: what is left once an inbox dropped what it knows. */
export const firstSeen = (numbers: readonly number[]) => [...new Set(numbers)];

export const expectOrderPerKey = (records: readonly Seen[]) => {
  for (const ofKey of Map.groupBy(records, ({ key }) => key).values()) {
    const numbers = firstSeen(ofKey.map(({ value }) => Number(value)));
    const sorted = numbers.toSorted((a, b) => a - b);
    expect(listDifferences(numbers, sorted)).toEqual([]);
  }
};

/** Starts the log before the tests of the enclosing block, cleans up after each of them, and stops it in the end. */
export const useLog = (name: string, start: () => Promise<LogUnderTest>) => {
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

  const nextName = () => `${name}-topic-${topicNumber++}`;
  return {
    log: () => log,
    nextName,
    newTopic: async (partitions = 4, retentionDays = 7) => {
      const topic = nextName();
      await log.createTopics({ [topic]: { partitions, retentionDays } });
      return topic;
    },
    readAll: (topic: string) => readTopic(log, topic),
    subscribe: async (
      topic: string,
      group: string,
      handle: (records: readonly LogRecord[]) => Promise<void>,
      from: 'earliest' | 'latest' = 'earliest',
    ) => {
      const subscription = await log.subscribe({ group, topics: [topic], from, handle });
      subscriptions.push(subscription);
      return subscription;
    },
    /** A member that keeps whatever it is given. */
    collect: async (topic: string, group: string, from: 'earliest' | 'latest' = 'earliest') => {
      const seen: LogRecord[] = [];
      const handle = async (records: readonly LogRecord[]) => {
        seen.push(...records);
      };
      const subscription = await log.subscribe({ group, topics: [topic], from, handle });
      subscriptions.push(subscription);
      return { seen, subscription };
    },
    /** A member in a process of its own; with `most` it stops in the middle of a delivery once it has handled so many records. */
    startMember: (group: string, topic: string, most?: number) => {
      const parameters = [under.url, group, topic, ...(most === undefined ? [] : [String(most)])];
      const child = startChild(new URL('../processes/log-member.ts', import.meta.url), parameters);
      children.push(child);
      const seen = (): Seen[] =>
        child.lines.map((line) => {
          const [key, value] = JSON.parse(line) as [string, string];
          return { key, value };
        });
      return { child, seen };
    },
    behind: async (group: string) => (await log.lag(group)).reduce((sum, { records }) => sum + records, 0),
  };
};
