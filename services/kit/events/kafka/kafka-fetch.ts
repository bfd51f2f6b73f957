import { fetchV12, type KafkaRecord, type RecordsBatch } from '@platformatic/kafka';
import type { LogRecord, TopicPartition } from '../event-log.ts';
import type { KafkaCluster } from './kafka-cluster.ts';
import type { KafkaConnections } from './kafka-connections.ts';
import { type ErrorName, errorName, partialAnswer } from './kafka-failure.ts';

export type Wanted = TopicPartition & { readonly offset: number };

export type Fetched = TopicPartition & {
  /** `NONE`, or why the partition gave nothing. */
  readonly error: ErrorName;
  readonly records: LogRecord[];
  /** Where to go on: behind the records, and behind what was there and is no record. */
  readonly next: number;
};

export type FetchOptions = {
  readonly connections?: KafkaConnections;
  /** Milliseconds that the broker waits for the first record; default 0. */
  readonly waitMs?: number;
};

/** Bytes of one answer, beside a single larger batch. One is in hand and one on its way for each broker. */
const answerBytes = 1_048_576;
const partitionBytes = 262_144;
const isControl = 0x20;
const appendTimeFlag = 0x08;
const requestMs = 5_000;
const noSession = -1;

const text = (bytes: Buffer | null) => bytes?.toString('utf8') ?? '';

const recordOf = (place: TopicPartition, batch: RecordsBatch, record: KafkaRecord): LogRecord => ({
  topic: place.topic,
  partition: place.partition,
  offset: Number(batch.firstOffset) + record.offsetDelta,
  key: text(record.key),
  value: text(record.value),
  headers: Object.fromEntries(record.headers.map(([name, value]) => [text(name), text(value)])),
  timestamp: new Date(
    Number(batch.attributes & appendTimeFlag ? batch.maxTimestamp : batch.firstTimestamp + record.timestampDelta),
  ),
});

/** Asks one broker for records of partitions that it leads. */
export const fetchRecords = async (
  cluster: KafkaCluster,
  leader: number,
  wanted: readonly Wanted[],
  { connections, waitMs = 0 }: FetchOptions = {},
): Promise<Fetched[]> => {
  type Answer = Awaited<ReturnType<typeof fetchV12.api.async>>;
  const offsets = new Map(wanted.map(({ topic, partition, offset }) => [`${topic}/${partition}`, offset]));
  const topics = [...Map.groupBy(wanted, ({ topic }) => topic)].map(([name, of]) => ({
    topicId: name,
    partitions: of.map(({ partition, offset }) => ({
      partition,
      currentLeaderEpoch: -1,
      fetchOffset: BigInt(offset),
      lastFetchedEpoch: -1,
      partitionMaxBytes: partitionBytes,
    })),
  }));
  const answer = await cluster
    .onBroker(
      leader,
      (connection) => fetchV12.api.async(connection, waitMs, 1, answerBytes, 0, 0, noSession, topics, [], ''),
      { deadlineMs: waitMs + requestMs, connections },
    )
    .catch((error: unknown) => {
      const partial = partialAnswer<Answer>(error);
      if (partial?.errorCode !== 0) throw error;
      return partial;
    });
  return answer.responses.flatMap(({ topicId: topic, partitions }) =>
    partitions.map(({ partitionIndex: partition, errorCode, records: batches }) => {
      const place = { topic, partition };
      const from = offsets.get(`${topic}/${partition}`) ?? 0;
      // A batch comes whole, also if only its last record was asked for.
      const records = (batches ?? [])
        .filter(({ attributes }) => (attributes & isControl) === 0)
        .flatMap((batch) => batch.records.map((record) => recordOf(place, batch, record)))
        .filter(({ offset }) => offset >= from);
      const last = batches?.at(-1);
      const next = last ? Math.max(from, Number(last.firstOffset) + last.lastOffsetDelta + 1) : from;
      return { ...place, error: errorName(errorCode), records, next };
    }),
  );
};
