import type { ConsumerView } from '../../contracts/http/operations/consumers-api.ts';
import type { DeclaredService } from '../../contracts/http/operations/topology-api.ts';
import type { EventLog, PartitionLag, PartitionOffsets } from '../../kit/events/event-log.ts';
import { deadLetterGroupOf, deadLetterTopicOf } from '../../kit/manifest.ts';

export type LookAtConsumersEffects = {
  readonly log: Pick<EventLog, 'offsets' | 'read' | 'lag' | 'groups' | 'members'>;
  readonly platform: readonly DeclaredService[];
};

/** A consumer of a topic: a group, whether a manifest declares it or the log alone knows it. */
export type Consumer = { readonly group: string; readonly topic: string };

/** Every consumer that the manifests declare; functions read the dead letters of their topics too. */
export const declaredConsumers = (platform: readonly DeclaredService[]): Consumer[] =>
  platform.flatMap(({ name, runs, consumes }) =>
    Object.keys(consumes).flatMap((topic) => [
      { group: name, topic },
      ...(runs === 'function' ? [{ group: deadLetterGroupOf(name), topic: deadLetterTopicOf(topic) }] : []),
    ]),
  );

const same = (one: Consumer, other: Consumer) => one.group === other.group && one.topic === other.topic;

type Partition = ConsumerView['partitions'][number];

/** A group that has never committed begins with the oldest record, so that everything waits for it. */
const neverRead = async (
  { log }: LookAtConsumersEffects,
  { topic, partition, earliest, end }: PartitionOffsets,
): Promise<Pick<Partition, 'committed' | 'lag' | 'oldestUnreadAt'>> => {
  const [oldest] = end > earliest ? await log.read({ topic, partition, limit: 1 }) : [];
  return { committed: null, lag: end - earliest, oldestUnreadAt: oldest?.timestamp.toISOString() ?? null };
};

const partitionOf = async (
  effects: LookAtConsumersEffects,
  bounds: PartitionOffsets,
  lags: readonly PartitionLag[],
  heldBy: string | null,
): Promise<Partition> => {
  const { partition, earliest, end } = bounds;
  const lag = lags.find((each) => each.topic === bounds.topic && each.partition === partition);
  const place = lag
    ? {
        committed: lag.committed,
        lag: Math.max(0, lag.records),
        oldestUnreadAt: (lag.records > 0 && lag.oldest?.toISOString()) || null,
      }
    : await neverRead(effects, bounds);
  return { partition, earliest, end, ...place, heldBy };
};

const earliestOf = (times: readonly (string | null)[]): string | null =>
  times.filter((time) => time !== null).toSorted()[0] ?? null;

/** How far the consumers of these topics are, by group and topic; a topic that does not exist yet has none. */
export const lookAtConsumers = async (
  effects: LookAtConsumersEffects,
  isWanted: (consumer: Consumer) => boolean = () => true,
): Promise<ConsumerView[]> => {
  const { log, platform } = effects;
  const declared = declaredConsumers(platform);
  const names = [...new Set([...declared.map(({ group }) => group), ...(await log.groups())])].toSorted();
  const looks = await Promise.all(
    names.map(async (group) => {
      const [lags, members] = await Promise.all([log.lag(group), log.members(group)]);
      const topics = new Set([
        ...declared.filter((each) => each.group === group).map(({ topic }) => topic),
        ...lags.map(({ topic }) => topic),
      ]);
      return [...topics].map((topic) => ({ group, topic, lags, members }));
    }),
  );
  const wanted = looks.flat().filter(isWanted);
  const bounds = new Map(
    await Promise.all(
      [...new Set(wanted.map(({ topic }) => topic))].map(
        // Its owner makes a topic when it starts first.
        async (topic) => [topic, await log.offsets(topic).catch(() => [])] as const,
      ),
    ),
  );
  return Promise.all(
    wanted.map(async ({ group, topic, lags, members }): Promise<ConsumerView> => {
      const holderOf = (partition: number) =>
        members.find(({ partitions }) =>
          partitions.some((held) => held.topic === topic && held.partition === partition),
        );
      const partitions = await Promise.all(
        (bounds.get(topic) ?? []).map((each) =>
          partitionOf(effects, each, lags, holderOf(each.partition)?.member ?? null),
        ),
      );
      return {
        group,
        topic,
        isDeclared: declared.some((each) => same(each, { group, topic })),
        members: new Set(partitions.flatMap(({ heldBy }) => heldBy ?? [])).size,
        lag: partitions.reduce((sum, { lag }) => sum + lag, 0),
        oldestUnreadAt: earliestOf(partitions.map(({ oldestUnreadAt }) => oldestUnreadAt)),
        partitions,
      };
    }),
  );
};
