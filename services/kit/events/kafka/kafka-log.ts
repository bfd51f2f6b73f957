import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { describeGroupsV5, listGroupsV4 } from '@platformatic/kafka';
import { parseKafkaUrl } from '../../config/kafka-address.ts';
import type { Logger } from '../../telemetry/logger.ts';
import {
  type EventLog,
  GroupIsActive,
  type PartitionLag,
  type PartitionOffsets,
  type TopicPartition,
} from '../event-log.ts';
import { decodePartitions } from './kafka-assignment.ts';
import { createKafkaCluster, retryPassing } from './kafka-cluster.ts';
import { createKafkaConnections, type KafkaSecurity } from './kafka-connections.ts';
import { errorNames } from './kafka-failure.ts';
import { fetchRecords } from './kafka-fetch.ts';
import { commitOffsets, committedOf, endsOf, nobody, placeOf } from './kafka-offsets.ts';
import { createKafkaProducer } from './kafka-producer.ts';
import { subscribeKafka } from './kafka-subscription.ts';
import { expectTopics, makeTopics } from './kafka-topics.ts';

export type KafkaLogOptions = {
  /** `kafka://host:port,host:port`; with `?auth=iam` over TLS with tokens of IAM, and then no topic is ever created. */
  readonly url: string;
  readonly logger: Logger;
  /** How to enter the brokers, where the URL does not say it; default by the URL. */
  readonly security?: KafkaSecurity;
};

const patienceMs = 5_000;
const checkMs = 2_000;

/** TLS with the authorities that Node knows, and a token that is signed anew for each connection. */
const iamSecurity = (host: string): KafkaSecurity => ({
  tls: {},
  sasl: {
    mechanism: 'OAUTHBEARER',
    token: async () => (await import('./kafka-iam-token.ts')).signKafkaToken(host),
  },
});

/** Apache Kafka (3.5 or newer) with the promises of `EventLog`. Does not wait for the brokers to be up. */
export const createKafkaLog = ({ url, logger, security }: KafkaLogOptions): EventLog => {
  const { brokers, auth } = parseKafkaUrl(url);
  const entry = security ?? (auth === 'iam' ? iamSecurity(brokers[0]?.host ?? '') : {});
  const member = `${process.env['SERVICE_NAME'] ?? 'cloudmart'}@${hostname()}:${process.pid}:${randomUUID().slice(0, 8)}`;
  const connect = () => createKafkaConnections(member, entry);
  const connections = connect();
  const cluster = createKafkaCluster(brokers, connections);
  const producer = createKafkaProducer(cluster);
  const patient = <T>(work: () => Promise<T>) => retryPassing(cluster, patienceMs, work);

  const placesOf = async (topic: string): Promise<TopicPartition[]> => {
    cluster.forget();
    return (await cluster.leadersOf(topic)).map((_, partition) => ({ topic, partition }));
  };
  const recordsAt = async (place: TopicPartition, offset: number) => {
    const leader = (await cluster.leadersOf(place.topic))[place.partition] ?? -1;
    const [fetched] = await fetchRecords(cluster, leader, [{ ...place, offset }]);
    if (fetched && fetched.error !== 'NONE') cluster.forget();
    return fetched;
  };

  return {
    createTopics: (declarations) =>
      auth === 'iam' ? expectTopics(cluster, declarations, logger) : makeTopics(cluster, declarations),

    append: producer.append,

    read: async ({ topic, partition, from = 0, limit = 100 }) => {
      const place = { topic, partition };
      const ends = async (end: 'earliest' | 'latest') =>
        (await patient(() => endsOf(cluster, [place], end))).get(placeOf(place)) ?? 0;
      const [earliest, end] = [await ends('earliest'), await ends('latest')];
      const records = [];
      for (let offset = Math.max(from, earliest); offset < end && records.length < limit; ) {
        const fetched = await patient(() => recordsAt(place, offset));
        if (!fetched || fetched.next === offset) break;
        records.push(...fetched.records);
        offset = fetched.next;
      }
      return records.slice(0, limit);
    },

    topics: async () =>
      (await patient(() => cluster.describe()))
        .keys()
        .filter((name) => !name.startsWith('__'))
        .toArray()
        .toSorted(),

    offsets: async (topic) =>
      patient(async () => {
        const places = await placesOf(topic);
        const [earliest, end] = [await endsOf(cluster, places, 'earliest'), await endsOf(cluster, places, 'latest')];
        return places.map(
          (place): PartitionOffsets => ({
            ...place,
            earliest: earliest.get(placeOf(place)) ?? 0,
            end: end.get(placeOf(place)) ?? 0,
          }),
        );
      }),

    offsetsSince: async (topic, at) =>
      patient(async () => {
        const places = await placesOf(topic);
        const found = await endsOf(cluster, places, at);
        return places
          .map((place) => ({ ...place, offset: found.get(placeOf(place)) ?? -1 }))
          .filter(({ offset }) => offset >= 0);
      }),

    subscribe: async (options) => subscribeKafka({ ...options, cluster, logger, member, connect }),

    lag: (group) =>
      patient(async () => {
        const committed = await committedOf(cluster, group);
        const [earliest, ends] = [
          await endsOf(cluster, committed, 'earliest'),
          await endsOf(cluster, committed, 'latest'),
        ];
        const lags = committed.map(async ({ offset, ...place }): Promise<PartitionLag> => {
          const end = ends.get(placeOf(place)) ?? offset;
          const first = Math.max(offset, earliest.get(placeOf(place)) ?? 0);
          const oldest = first < end ? (await recordsAt(place, first))?.records[0]?.timestamp : undefined;
          return { ...place, committed: offset, end, records: Math.max(0, end - first), oldest };
        });
        return (await Promise.all(lags)).toSorted(
          (a, b) => a.topic.localeCompare(b.topic) || a.partition - b.partition,
        );
      }),

    groups: () =>
      patient(async () => {
        const listed = await Promise.all(
          (await cluster.brokerIds()).map((id) =>
            cluster.onBroker(id, (connection) => listGroupsV4.api.async(connection, [], [])),
          ),
        );
        return listed.flatMap(({ groups }) => groups.map(({ groupId }) => groupId)).toSorted();
      }),

    members: (group) =>
      patient(async () => {
        const { groups } = await cluster.onCoordinator(group, (connection) =>
          describeGroupsV5.api.async(connection, [group], false),
        );
        return (groups[0]?.members ?? [])
          .map(({ memberId, memberAssignment }) => ({
            member: memberId,
            partitions: decodePartitions(memberAssignment),
          }))
          .toSorted((a, b) => a.member.localeCompare(b.member));
      }),

    resetOffsets: async (group, offsets) => {
      const [earliest, end] = [
        await patient(() => endsOf(cluster, offsets, 'earliest')),
        await patient(() => endsOf(cluster, offsets, 'latest')),
      ];
      const wanted = offsets.map(({ offset, ...place }) => {
        const [first, last] = [earliest.get(placeOf(place)) ?? 0, end.get(placeOf(place)) ?? 0];
        return { ...place, offset: Math.min(Math.max(offset, first), last) };
      });
      try {
        // The coordinator takes this from nobody while the group has members.
        await patient(() => commitOffsets(cluster, group, nobody, wanted));
      } catch (error) {
        if (errorNames(error).some((name) => name === 'UNKNOWN_MEMBER_ID' || name === 'REBALANCE_IN_PROGRESS'))
          throw new GroupIsActive(group);
        throw error;
      }
    },

    // The brokers do it by themselves.
    retention: async () => 0,

    check: async () => {
      await cluster.onAny(async () => undefined, { deadlineMs: checkMs });
      await retryPassing(cluster, 0, () => cluster.describe([]));
    },

    close: () => connections.close(),
  };
};
