import { heartbeatV4, joinGroupV9, leaveGroupV5, syncGroupV5 } from '@platformatic/kafka';
import type { GroupOffset, TopicPartition } from '../event-log.ts';
import {
  assignmentProtocol,
  assignPartitions,
  decodePartitions,
  decodeTopics,
  encodePartitions,
  encodeTopics,
} from './kafka-assignment.ts';
import type { KafkaCluster } from './kafka-cluster.ts';
import type { KafkaConnections } from './kafka-connections.ts';
import { errorNames, partialAnswer } from './kafka-failure.ts';
import { type Committer, commitOffsets, committedOf, endsOf, placeOf } from './kafka-offsets.ts';

/** What a member has from one rebalance to the next. */
export type Generation = Committer & {
  readonly partitions: readonly TopicPartition[];
  /** Only for the leader of the group: the topics that members want, and how many partitions it dealt out of each. */
  readonly dealt?: ReadonlyMap<string, number>;
  /** `performance.now()` when the coordinator was last asked something that it takes as a sign of life. */
  readonly since: number;
};

export type GroupMembership = {
  /** Takes part in a rebalance and comes back with a share. May take as long as the others need. */
  join(): Promise<Generation>;
  /** `rebalance`: finish, commit, join again. `lost`: the others go on without us; nothing is ours any more. */
  heartbeat(generation: Generation): Promise<'fine' | 'rebalance' | 'lost'>;
  /** False if the generation is over, and then nothing was committed. */
  commit(generation: Generation, offsets: readonly GroupOffset[]): Promise<boolean>;
  leave(): Promise<void>;
};

export type GroupOptions = {
  readonly cluster: KafkaCluster;
  /** Of this member alone: a join waits at the broker until the others have joined. */
  readonly connections: KafkaConnections;
  readonly group: string;
  readonly topics: readonly string[];
};

/** Milliseconds that a silent member keeps its partitions. The brokers' smallest, by default, is 6,000. */
export const sessionMs = 10_000;
/** Milliseconds that members have to finish what they have in hand when others come and go. */
const rebalanceMs = 15_000;
/** A first member may be kept waiting for others (`group.initial.rebalance.delay.ms`). */
const joinMs = rebalanceMs + 15_000;
const leaveMs = 2_000;
const type = 'consumer';

const isOver = (error: unknown) =>
  errorNames(error).some((name) => ['ILLEGAL_GENERATION', 'UNKNOWN_MEMBER_ID', 'FENCED_INSTANCE_ID'].includes(name));

/** Speaks the consumer protocol for one member (Kafka protocol guide, "Group membership"; the classic one, which every MSK knows). */
export const createGroupMembership = ({ cluster, connections, group, topics }: GroupOptions): GroupMembership => {
  let memberId = '';
  let hasLeft = false;
  const via = { connections };
  const offer = [{ name: assignmentProtocol, metadata: encodeTopics(topics) }];

  const deal = async (members: readonly { memberId: string; metadata: Buffer }[]) => {
    const wishes = members.map((member) => ({ memberId: member.memberId, topics: decodeTopics(member.metadata) }));
    const wanted = [...new Set(wishes.flatMap((wish) => wish.topics))];
    const described = await cluster.describe(wanted);
    const dealt = new Map(wanted.map((topic) => [topic, described.get(topic)?.length ?? 0]));
    const shares = [...assignPartitions(wishes, dealt)].map(([id, share]) => ({
      memberId: id,
      assignment: encodePartitions(share),
    }));
    return { dealt, shares };
  };

  const joinOnce = async (): Promise<Generation> => {
    const joined = await cluster.onCoordinator(
      group,
      (connection) =>
        joinGroupV9.api.async(connection, group, sessionMs, rebalanceMs, memberId, null, type, offer, null),
      { ...via, deadlineMs: joinMs },
    );
    memberId = joined.memberId;
    const isLeader = joined.leader === memberId;
    const { dealt, shares } = isLeader ? await deal(joined.members) : { dealt: undefined, shares: [] };
    const since = performance.now();
    const { assignment } = await cluster.onCoordinator(
      group,
      (connection) =>
        syncGroupV5.api.async(
          ...([connection, group, joined.generationId, memberId, null] as const),
          ...([type, assignmentProtocol, shares] as const),
        ),
      { ...via, deadlineMs: joinMs },
    );
    return {
      memberId,
      generation: joined.generationId,
      partitions: decodePartitions(assignment),
      since,
      dealt,
    };
  };

  return {
    join: async () => {
      for (;;) {
        try {
          return await joinOnce();
        } catch (error) {
          if (hasLeft) throw error;
          const names = errorNames(error);
          // The first join only gets an id; the second one, with it, counts.
          if (names.includes('MEMBER_ID_REQUIRED'))
            memberId = partialAnswer<{ memberId: string }>(error)?.memberId ?? '';
          else if (isOver(error)) memberId = '';
          else if (!names.includes('REBALANCE_IN_PROGRESS')) throw error;
        }
      }
    },
    heartbeat: async ({ generation, memberId: id }) => {
      try {
        await cluster.onCoordinator(group, (connection) => heartbeatV4.api.async(connection, group, generation, id), {
          ...via,
          deadlineMs: sessionMs / 2,
        });
        return 'fine';
      } catch (error) {
        if (errorNames(error).includes('REBALANCE_IN_PROGRESS')) return 'rebalance';
        if (isOver(error)) return 'lost';
        throw error;
      }
    },
    commit: async (generation, offsets) => {
      try {
        await commitOffsets(cluster, group, generation, offsets, via);
        return true;
      } catch (error) {
        if (isOver(error) || errorNames(error).includes('REBALANCE_IN_PROGRESS')) return false;
        throw error;
      }
    },
    leave: async () => {
      hasLeft = true;
      if (memberId === '') return;
      // Not on the member's own connection, where a join may be waiting.
      await cluster.onCoordinator(group, (connection) => leaveGroupV5.api.async(connection, group, [{ memberId }]), {
        deadlineMs: leaveMs,
      });
    },
  };
};

/**
 * Where the group goes on in the partitions of a generation. A start from nothing is committed, so that a member that dies
 * before its first commit does not make the next one start elsewhere.
 */
export const startsOf = async (
  cluster: KafkaCluster,
  membership: GroupMembership,
  generation: Generation,
  { group, from, connections }: Pick<GroupOptions, 'group' | 'connections'> & { readonly from: 'earliest' | 'latest' },
): Promise<GroupOffset[]> => {
  const { partitions } = generation;
  if (partitions.length === 0) return [];
  const committed = await committedOf(cluster, group, partitions, { connections });
  const known = new Set(committed.map(placeOf));
  const fresh = partitions.filter((place) => !known.has(placeOf(place)));
  if (fresh.length === 0) return committed;
  const ends = await endsOf(cluster, fresh, from);
  const starts = fresh.map((place) => ({ ...place, offset: ends.get(placeOf(place)) ?? 0 }));
  await membership.commit(generation, starts);
  return [...committed, ...starts];
};
