import { initProducerIdV4, type MessageRecord, murmur2, NumericMap, produceV9 } from '@platformatic/kafka';
import { type NewRecord, RecordRefused } from '../event-log.ts';
import { type KafkaCluster, retryPassing } from './kafka-cluster.ts';
import { type ErrorName, errorName, isPassingFailure, kafkaUnavailable, partialAnswer } from './kafka-failure.ts';
import { byLeader, placeOf } from './kafka-offsets.ts';

export type KafkaProducer = {
  /** As in the port; appends follow one another in the order of the calls. */
  append(topic: string, records: readonly NewRecord[]): Promise<void>;
};

type Identity = { readonly producerId: bigint; readonly producerEpoch: number };
type Batch = { readonly topic: string; readonly partition: number; readonly messages: MessageRecord[] };

/** Bytes of a record's value: what brokers take by default (`message.max.bytes`), less room for key and headers. */
const largestValue = 1_000_000;
const largestRecord = 1_040_000;
/** Bytes of one batch, unless a single record is larger. */
const batchBytes = 500_000;
const appendMs = 10_000;
const allReplicas = -1;
const brokerMs = 8_000;

const refusals: ReadonlySet<ErrorName> = new Set(['MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE', 'INVALID_RECORD']);

/** The place of a key, as Java's producer finds it, so that tools of Kafka agree with us. */
export const partitionOf = (key: string, partitions: number): number =>
  (murmur2(Buffer.from(key, 'utf8')) & 0x7fff_ffff) % partitions;

const sizeOf = ({ key, value, headers }: MessageRecord) => {
  let size = (key?.length ?? 0) + value.length;
  for (const [name, content] of headers ?? []) size += name.length + content.length;
  return size;
};

const messageOf = (topic: string, partitions: number, { key, value, headers = {} }: NewRecord): MessageRecord => {
  const message: MessageRecord = {
    topic,
    partition: partitionOf(key, partitions),
    key: Buffer.from(key, 'utf8'),
    value: Buffer.from(value, 'utf8'),
    headers: new Map(Object.entries(headers).map(([name, text]) => [Buffer.from(name), Buffer.from(text)])),
  };
  const size = sizeOf(message);
  if (message.value.length > largestValue || size > largestRecord)
    throw new RecordRefused(
      `a record of "${topic}" with key "${key}" is larger than ${largestValue} bytes; publish a reference instead`,
    );
  return message;
};

/** Batches of one partition follow one another, so they go in rounds; a round holds one of each partition. */
const roundsOf = (topic: string, messages: readonly MessageRecord[]): Batch[][] => {
  const rounds: Batch[][] = [];
  for (const [partition = 0, ofPartition] of Map.groupBy(messages, ({ partition }) => partition)) {
    const parts: MessageRecord[][] = [];
    let room = 0;
    for (const message of ofPartition) {
      const size = sizeOf(message);
      if (size > room) {
        parts.push([]);
        room = batchBytes;
      }
      parts.at(-1)?.push(message);
      room -= size;
    }
    for (const [round, part] of parts.entries()) {
      rounds[round] ??= [];
      rounds[round].push({ topic, partition, messages: part });
    }
  }
  return rounds;
};

/**
 * Appends with `acks=all` and an identity of its own, by which brokers know a batch that is sent again after its answer
 * was lost. A failed append ends the identity: nobody knows then how far the brokers counted.
 */
export const createKafkaProducer = (cluster: KafkaCluster): KafkaProducer => {
  let identity: Identity | undefined;
  let sequences = new NumericMap();
  let last: Promise<unknown> = Promise.resolve();

  const identify = async (): Promise<Identity> => {
    if (identity) return identity;
    const { producerId, producerEpoch } = await cluster.onAny((connection) =>
      initProducerIdV4.api.async(connection, null, brokerMs),
    );
    sequences = new NumericMap();
    identity = { producerId, producerEpoch };
    return identity;
  };

  /** Sends batches to one broker; returns those that it did not take although it may take them later. */
  const produce = async (who: Identity, leader: number, batches: readonly Batch[]): Promise<readonly Batch[]> => {
    type Answer = Exclude<Awaited<ReturnType<typeof produceV9.api.async>>, boolean>;
    const starts = new NumericMap(
      batches.map(({ topic, partition }) => {
        const place = `${topic}:${partition}`;
        return [place, sequences.getWithDefault(place, 0)];
      }),
    );
    const messages = batches.flatMap((batch) => batch.messages);
    const send = cluster.onBroker(
      leader,
      (connection) => produceV9.api.async(connection, allReplicas, brokerMs, messages, { ...who, sequences: starts }),
      { deadlineMs: brokerMs },
    );
    const answer = (await send.catch((error: unknown) => {
      const partial = partialAnswer<Answer>(error);
      if (!partial) throw error;
      return partial;
    })) as Answer;
    const answers = new Map(
      answer.responses.flatMap(({ name, partitionResponses }) =>
        partitionResponses.map((each) => [placeOf({ topic: name, partition: each.index }), each] as const),
      ),
    );
    return batches.filter((batch) => {
      const { errorCode = -1, errorMessage } = answers.get(placeOf(batch)) ?? {};
      const error = errorName(errorCode);
      // A sequence that the broker has seen: an earlier try got through.
      if (error === 'NONE' || error === 'DUPLICATE_SEQUENCE_NUMBER') {
        sequences.postIncrement(`${batch.topic}:${batch.partition}`, batch.messages.length, 0);
        return false;
      }
      if (refusals.has(error))
        throw new RecordRefused(`topic "${batch.topic}" does not take a record: ${errorMessage ?? error}`);
      if (/SEQUENCE|PRODUCER/.test(error)) {
        identity = undefined;
        throw kafkaUnavailable(new Error(`the brokers have lost count of this producer: ${error}`));
      }
      if (/AUTHORIZATION/.test(error)) throw new Error(`this role may not write to topic "${batch.topic}": ${error}`);
      return true;
    });
  };

  const sendAll = async (topic: string, records: readonly NewRecord[]) => {
    const { length: partitions } = await retryPassing(cluster, appendMs, () => cluster.leadersOf(topic));
    const messages = records.map((record) => messageOf(topic, partitions, record));
    for (const round of roundsOf(topic, messages)) {
      let left: readonly Batch[] = round;
      await retryPassing(cluster, appendMs, async () => {
        const groups = await byLeader(cluster, left);
        const who = await identify();
        const sent = await Promise.allSettled([...groups].map(([leader, batches]) => produce(who, leader, batches)));
        const failures = sent.flatMap((each) => (each.status === 'rejected' ? [each.reason as unknown] : []));
        left = [...groups.values()].flatMap((batches, at) => {
          const result = sent[at];
          return result?.status === 'fulfilled' ? result.value : batches;
        });
        const final = failures.find((failure) => !isPassingFailure(failure));
        if (final) throw final;
        if (left.length > 0) throw kafkaUnavailable(failures[0] ?? new Error('a partition has no leader'));
      });
    }
  };

  return {
    append: (topic, records) => {
      if (records.length === 0) return Promise.resolve();
      const appended = last.then(() =>
        sendAll(topic, records).catch((error: unknown) => {
          identity = undefined;
          throw error;
        }),
      );
      last = appended.catch(() => undefined);
      return appended;
    },
  };
};
