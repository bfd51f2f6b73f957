import {
  ConfigResourceTypes,
  createPartitionsV3,
  createTopicsV7,
  IncrementalAlterConfigOperationTypes,
  incrementalAlterConfigsV1,
} from '@platformatic/kafka';
import { deadLetterTopicOf } from '../../manifest.ts';
import type { Logger } from '../../telemetry/logger.ts';
import { type TopicDeclarations, UnknownTopic } from '../event-log.ts';
import { type KafkaCluster, retryPassing } from './kafka-cluster.ts';
import { errorNames, kafkaUnavailable } from './kafka-failure.ts';

type WantedTopic = { readonly name: string; readonly partitions: number; readonly retentionMs: string };

/** Days that dead letters are kept at least: somebody has to come back from holidays. */
const deadLetterDays = 30;
const dayMs = 86_400_000;
const patienceMs = 10_000;
const brokerMs = 5_000;
/** As many replicas as the brokers' own default says. */
const defaultReplicas = -1;

const wantedOf = (declarations: TopicDeclarations): WantedTopic[] =>
  Object.entries(declarations).flatMap(([name, { partitions, retentionDays }]) => [
    { name, partitions, retentionMs: String(retentionDays * dayMs) },
    {
      name: deadLetterTopicOf(name),
      partitions: 1,
      retentionMs: String(Math.max(deadLetterDays, retentionDays) * dayMs),
    },
  ]);

const create = async (cluster: KafkaCluster, missing: readonly WantedTopic[]) => {
  const topics = missing.map(({ name, partitions, retentionMs }) => ({
    name,
    numPartitions: partitions,
    replicationFactor: defaultReplicas,
    assignments: [],
    configs: [
      { name: 'cleanup.policy', value: 'delete' },
      { name: 'retention.ms', value: retentionMs },
    ],
  }));
  await cluster
    .onAny((connection) => createTopicsV7.api.async(connection, topics, brokerMs, false))
    .catch((error: unknown) => {
      // Several processes of a service start at the same time.
      if (!errorNames(error).every((name) => name === 'TOPIC_ALREADY_EXISTS') || errorNames(error).length === 0)
        throw error;
    });
};

const change = async (cluster: KafkaCluster, existing: readonly WantedTopic[], grown: readonly WantedTopic[]) => {
  if (grown.length > 0) {
    const counts = grown.map(({ name, partitions }) => ({ name, count: partitions, assignments: null }));
    await cluster
      .onAny((connection) => createPartitionsV3.api.async(connection, counts, brokerMs, false))
      .catch((error: unknown) => {
        // Another process was first; whether it was enough is looked at afterwards.
        if (!errorNames(error).every((name) => name === 'INVALID_PARTITIONS') || errorNames(error).length === 0)
          throw error;
      });
  }
  const resources = existing.map(({ name, retentionMs }) => ({
    resourceType: ConfigResourceTypes.TOPIC,
    resourceName: name,
    configs: [{ name: 'retention.ms', configOperation: IncrementalAlterConfigOperationTypes.SET, value: retentionMs }],
  }));
  if (resources.length > 0)
    await cluster.onAny((connection) => incrementalAlterConfigsV1.api.async(connection, resources, false));
};

/** Creates what is missing, adds partitions and changes retention; resolves when the brokers know it. */
export const makeTopics = async (cluster: KafkaCluster, declarations: TopicDeclarations): Promise<void> => {
  const wanted = wantedOf(declarations);
  if (wanted.length === 0) return;
  const names = wanted.map(({ name }) => name);
  await retryPassing(cluster, patienceMs, async () => {
    const described = await cluster.describe(names);
    const missing = wanted.filter(({ name }) => !described.has(name));
    const existing = wanted.filter(({ name }) => described.has(name));
    if (missing.length > 0) await create(cluster, missing);
    await change(
      cluster,
      existing,
      existing.filter(({ name, partitions }) => (described.get(name)?.length ?? 0) < partitions),
    );
  });
  await retryPassing(cluster, patienceMs, async () => {
    const described = await cluster.describe(names);
    const isReady = ({ name, partitions }: WantedTopic) => {
      const leaders = described.get(name) ?? [];
      return leaders.length >= partitions && leaders.every((leader) => leader >= 0);
    };
    const late = wanted.find((topic) => !isReady(topic));
    if (late) throw kafkaUnavailable(new Error(`topic "${late.name}" is not ready`));
  });
};

/** Where topics belong to the infrastructure: says which of them is missing, and changes nothing. */
export const expectTopics = async (
  cluster: KafkaCluster,
  declarations: TopicDeclarations,
  logger: Logger,
): Promise<void> => {
  const wanted = wantedOf(declarations);
  if (wanted.length === 0) return;
  const described = await retryPassing(cluster, patienceMs, () => cluster.describe(Object.keys(declarations)));
  for (const [topic, { partitions }] of Object.entries(declarations)) {
    const count = described.get(topic)?.length;
    if (count === undefined) throw new UnknownTopic(topic);
    if (count < partitions)
      logger.warn(
        { topic, partitions: count, declared: partitions },
        'a topic has fewer partitions than declared; deploy the event stream',
      );
  }
};
