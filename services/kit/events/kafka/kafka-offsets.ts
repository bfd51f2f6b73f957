import { type Connection, listOffsetsV7, offsetCommitV8, offsetFetchV8 } from '@platformatic/kafka';
import type { GroupOffset, TopicPartition } from '../event-log.ts';
import type { KafkaCluster, RequestOptions } from './kafka-cluster.ts';

/** `ListOffsets`: which end of a partition is asked for. */
const timestampOf = { earliest: -2n, latest: -1n } as const;
const unknownEpoch = -1;

export const placeOf = ({ topic, partition }: TopicPartition): string => `${topic}/${partition}`;

const byTopic = <T extends TopicPartition>(places: readonly T[]) => [...Map.groupBy(places, ({ topic }) => topic)];

/** Partitions by the broker that leads them now. */
export const byLeader = async <T extends TopicPartition>(cluster: KafkaCluster, places: readonly T[]) => {
  const groups = new Map<number, T[]>();
  for (const [topic, ofTopic] of byTopic(places)) {
    const leaders = await cluster.leadersOf(topic);
    for (const place of ofTopic) {
      const leader = leaders[place.partition] ?? -1;
      groups.set(leader, [...(groups.get(leader) ?? []), place]);
    }
  }
  return groups;
};

/** Offset of the oldest record that is kept, of the next that will come, or of the first since a moment (-1: none), by place. */
export const endsOf = async (
  cluster: KafkaCluster,
  places: readonly TopicPartition[],
  end: keyof typeof timestampOf | Date,
): Promise<Map<string, number>> => {
  const offsets = new Map<string, number>();
  const ask = (ofLeader: readonly TopicPartition[]) => (connection: Connection) => {
    const topics = byTopic(ofLeader).map(([name, of]) => ({
      name,
      partitions: of.map(({ partition }) => ({
        partitionIndex: partition,
        currentLeaderEpoch: unknownEpoch,
        timestamp: end instanceof Date ? BigInt(end.getTime()) : timestampOf[end],
      })),
    }));
    return listOffsetsV7.api.async(connection, -1, 0, topics);
  };
  await Promise.all(
    [...(await byLeader(cluster, places))].map(async ([leader, ofLeader]) => {
      const { topics } = await cluster.onBroker(leader, ask(ofLeader));
      for (const { name, partitions } of topics)
        for (const { partitionIndex, offset } of partitions)
          offsets.set(placeOf({ topic: name, partition: partitionIndex }), Number(offset));
    }),
  );
  return offsets;
};

/** What a group has committed, everywhere or in these places. */
export const committedOf = async (
  cluster: KafkaCluster,
  group: string,
  places?: readonly TopicPartition[],
  via?: RequestOptions,
): Promise<GroupOffset[]> => {
  const topics =
    places && byTopic(places).map(([name, of]) => ({ name, partitionIndexes: of.map(({ partition }) => partition) }));
  const { groups } = await cluster.onCoordinator(
    group,
    (connection) =>
      offsetFetchV8.api.async(
        connection,
        [{ groupId: group, memberEpoch: unknownEpoch, topics: topics ?? null }],
        true,
      ),
    via,
  );
  return (groups[0]?.topics ?? []).flatMap(({ name, partitions }) =>
    partitions
      .filter(({ committedOffset }) => committedOffset >= 0n)
      .map(({ partitionIndex, committedOffset }) => ({
        topic: name,
        partition: partitionIndex,
        offset: Number(committedOffset),
      })),
  );
};

/** Who commits: a member in the generation that it joined, or nobody, which works while a group has no members. */
export type Committer = { readonly memberId: string; readonly generation: number };
export const nobody: Committer = { memberId: '', generation: -1 };

/** The generation is the fence: the coordinator refuses whoever is no longer part of it. */
export const commitOffsets = async (
  cluster: KafkaCluster,
  group: string,
  { memberId, generation }: Committer,
  offsets: readonly GroupOffset[],
  via?: RequestOptions,
): Promise<void> => {
  const topics = byTopic(offsets).map(([name, of]) => ({
    name,
    partitions: of.map(({ partition, offset }) => ({
      partitionIndex: partition,
      committedOffset: BigInt(offset),
      committedLeaderEpoch: unknownEpoch,
    })),
  }));
  await cluster.onCoordinator(
    group,
    (connection) => offsetCommitV8.api.async(connection, group, generation, memberId, null, topics),
    via,
  );
};
