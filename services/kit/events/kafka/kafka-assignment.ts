import {
  decodeConsumerProtocolAssignment,
  decodeConsumerProtocolSubscription,
  encodeConsumerProtocolAssignment,
  encodeConsumerProtocolSubscription,
} from '@platformatic/kafka';
import type { TopicPartition } from '../event-log.ts';

/** The group protocol that every member offers; the wire format is Kafka's own, so that its tools can read it. */
export const assignmentProtocol = 'roundrobin';

export const encodeTopics = (topics: readonly string[]): Buffer =>
  encodeConsumerProtocolSubscription({ version: 0, topics: [...topics] });

export const decodeTopics = (metadata: Buffer): string[] => decodeConsumerProtocolSubscription(metadata).topics;

export const encodePartitions = (partitions: readonly TopicPartition[]): Buffer =>
  encodeConsumerProtocolAssignment({
    version: 0,
    assignedPartitions: [...Map.groupBy(partitions, ({ topic }) => topic)].map(([topic, of]) => ({
      topic,
      partitions: of.map(({ partition }) => partition),
    })),
  });

export const decodePartitions = (assignment: Buffer): TopicPartition[] =>
  decodeConsumerProtocolAssignment(assignment).assignedPartitions.flatMap(({ topic, partitions }) =>
    partitions.map((partition) => ({ topic, partition })),
  );

export type MemberTopics = { readonly memberId: string; readonly topics: readonly string[] };

/**
 * Deals the partitions of each topic out to the members that want it, evenly, and goes on with the next member where the
 * topic before ended, so that topics of one partition do not all meet at the first.
 */
export const assignPartitions = (
  members: readonly MemberTopics[],
  partitions: ReadonlyMap<string, number>,
): Map<string, TopicPartition[]> => {
  const sorted = members.toSorted((a, b) => (a.memberId < b.memberId ? -1 : 1));
  const assigned = new Map(sorted.map(({ memberId }) => [memberId, [] as TopicPartition[]]));
  let dealt = 0;
  for (const topic of [...partitions.keys()].toSorted()) {
    const takers = sorted.filter(({ topics }) => topics.includes(topic));
    for (let partition = 0; partition < (partitions.get(topic) ?? 0); partition++) {
      const taker = takers[dealt % takers.length];
      if (!taker) break;
      assigned.get(taker.memberId)?.push({ topic, partition });
      dealt += 1;
    }
  }
  return assigned;
};
