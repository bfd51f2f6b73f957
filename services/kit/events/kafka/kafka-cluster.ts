import { setTimeout as wait } from 'node:timers/promises';
import { type Broker, type Connection, findCoordinatorV4, metadataV12 } from '@platformatic/kafka';
import { createBackOff } from '../../back-off.ts';
import { UnknownTopic } from '../event-log.ts';
import type { KafkaConnections } from './kafka-connections.ts';
import { errorName, isPassingFailure, kafkaUnavailable, partialAnswer } from './kafka-failure.ts';

/** Broker that leads each partition of a topic, by partition; -1 while none does. */
export type TopicLeaders = readonly number[];

export type KafkaCluster = {
  /** Asks for topics as they are now, all of them if none is named. Missing ones are left out. */
  describe(topics?: readonly string[]): Promise<ReadonlyMap<string, TopicLeaders>>;
  /** The same, as it was at most half a minute ago. Throws `UnknownTopic`. */
  leadersOf(topic: string): Promise<TopicLeaders>;
  /** Runs a request on the broker with this id. */
  onBroker<T>(id: number, request: (connection: Connection) => Promise<T>, via?: RequestOptions): Promise<T>;
  /** Runs a request on any broker. */
  onAny<T>(request: (connection: Connection) => Promise<T>, via?: RequestOptions): Promise<T>;
  /** Runs a request on the broker that keeps a group. */
  onCoordinator<T>(group: string, request: (connection: Connection) => Promise<T>, via?: RequestOptions): Promise<T>;
  /** Ids of all brokers. */
  brokerIds(): Promise<number[]>;
  /** Forgets who leads and coordinates what, after a broker said that it does not. */
  forget(): void;
};

export type RequestOptions = {
  /** Connections to use; default the cluster's own. A request that waits at the broker holds up those behind it. */
  readonly connections?: KafkaConnections;
  /** Default 5,000. */
  readonly deadlineMs?: number;
};

const requestMs = 5_000;
const leadersAgeMs = 30_000;
const groupKey = 0;

/** Knows which broker to ask for what. */
export const createKafkaCluster = (bootstrap: readonly Broker[], own: KafkaConnections): KafkaCluster => {
  let brokers = new Map<number, Broker>();
  const leaders = new Map<string, { readonly of: TopicLeaders; readonly at: number }>();
  const coordinators = new Map<string, number>();

  const forget = () => {
    leaders.clear();
    coordinators.clear();
  };

  const onAny: KafkaCluster['onAny'] = async (request, { connections = own, deadlineMs = requestMs } = {}) => {
    let failure: unknown;
    for (const broker of [...brokers.values(), ...bootstrap]) {
      try {
        return await connections.use(broker, deadlineMs, request);
      } catch (error) {
        if (!isPassingFailure(error) || partialAnswer(error)) throw error;
        failure = error;
      }
    }
    throw kafkaUnavailable(failure);
  };

  const describe: KafkaCluster['describe'] = async (topics) => {
    type Answer = Awaited<ReturnType<typeof metadataV12.api.async>>;
    const ask = (connection: Connection) =>
      metadataV12.api.async(connection, topics ? [...topics] : null, false, false);
    // A missing topic makes the client throw away the answer for the others.
    const answer = await onAny(ask).catch((error: unknown) => {
      const partial = partialAnswer<Answer>(error);
      if (!partial) throw error;
      return partial;
    });
    brokers = new Map(answer.brokers.map(({ nodeId, host, port }) => [nodeId, { host, port }]));
    const described = new Map<string, TopicLeaders>();
    for (const { name, errorCode, partitions, isInternal } of answer.topics) {
      if (!name || isInternal || errorName(errorCode) === 'UNKNOWN_TOPIC_OR_PARTITION') continue;
      if (errorName(errorCode) === 'TOPIC_AUTHORIZATION_FAILED')
        throw new Error(`this role may not describe topic "${name}"; grant it kafka-cluster:DescribeTopic`);
      const of: number[] = [];
      for (const { partitionIndex, leaderId } of partitions) of[partitionIndex] = leaderId;
      described.set(name, of);
      leaders.set(name, { of, at: performance.now() });
    }
    return described;
  };

  const onBroker: KafkaCluster['onBroker'] = async (
    id,
    request,
    { connections = own, deadlineMs = requestMs } = {},
  ) => {
    if (!brokers.has(id)) await describe([]);
    const broker = brokers.get(id);
    if (!broker) throw kafkaUnavailable(new Error(`no broker has the id ${id} now`));
    return connections.use(broker, deadlineMs, request);
  };

  return {
    describe,
    onAny,
    onBroker,
    forget,
    leadersOf: async (topic) => {
      const known = leaders.get(topic);
      if (known && performance.now() - known.at < leadersAgeMs) return known.of;
      const of = (await describe([topic])).get(topic);
      if (!of) throw new UnknownTopic(topic);
      return of;
    },
    onCoordinator: async (group, request, via) => {
      let id = coordinators.get(group);
      if (id === undefined) {
        const { coordinators: found } = await onAny((connection) =>
          findCoordinatorV4.api.async(connection, groupKey, [group]),
        );
        id = found[0]?.nodeId ?? -1;
        coordinators.set(group, id);
      }
      try {
        return await onBroker(id, request, via);
      } catch (error) {
        if (isPassingFailure(error)) coordinators.delete(group);
        throw error;
      }
    },
    brokerIds: async () => {
      await describe([]);
      return [...brokers.keys()];
    },
  };
};

/** Runs `work` again while it fails for reasons that pass, for at most so long; what did not pass by then is "unavailable". */
export const retryPassing = async <T>(cluster: KafkaCluster, forMs: number, work: () => Promise<T>): Promise<T> => {
  const giveUpAt = performance.now() + forMs;
  const backOff = createBackOff({ firstMs: 50, longestMs: 1_000 });
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!isPassingFailure(error)) throw error;
      cluster.forget();
      const pauseMs = backOff.next();
      if (performance.now() + pauseMs > giveUpAt) throw kafkaUnavailable(error);
      await wait(pauseMs);
    }
  }
};
