import type { ConsumerView } from '../../contracts/http/operations/consumers-api.ts';
import { type Pipeline, pipelineStatus } from '../../contracts/http/operations/pipelines-api.ts';
import type { EventLog } from '../../kit/events/event-log.ts';
import type { Clock } from '../../kit/values/clock.ts';
import { type LookAtConsumersEffects, lookAtConsumers } from '../consumers/look-at-consumers.ts';
import { type FindDeadLettersEffects, findDeadLetters } from '../dead-letters/find-dead-letters.ts';
import type { DeadLetterRepository } from '../storage/dead-letter-repository.ts';
import { type DeclaredPipeline, declaredPipelines } from './declared-pipelines.ts';

/** What is known of something that runs outside the cluster; null: nobody can tell. */
export type Reader = {
  readonly isEnabled: boolean | null;
  readonly lag: number | null;
  readonly oldestUnreadAt: Date | null;
  /** When something was written there last; null: never, or nobody can tell. */
  readonly lastEventAt: Date | null;
  readonly deadLetters: number | null;
  readonly note: string | null;
};

export type LookAtPipelinesEffects = LookAtConsumersEffects &
  FindDeadLettersEffects & {
    readonly log: Pick<EventLog, 'offsets' | 'read' | 'lag' | 'groups' | 'members'>;
    readonly letters: Pick<DeadLetterRepository, 'waitingOf'>;
    readonly clock: Clock;
    /** How a function is that follows a table. */
    readonly followerOf: (name: string, table: string) => Promise<Reader>;
  };

/** When the newest record of a topic was published. */
const lastEventIn = async ({ log }: LookAtPipelinesEffects, consumer: ConsumerView): Promise<string | null> => {
  const newest = await Promise.all(
    consumer.partitions
      .filter(({ earliest, end }) => end > earliest)
      .map(({ partition, end }) => log.read({ topic: consumer.topic, partition, from: end - 1, limit: 1 })),
  );
  const times = newest.flat().map(({ timestamp }) => timestamp.toISOString());
  return times.toSorted().at(-1) ?? null;
};

const waitsSeconds = (clock: Clock, oldest: Date | null) =>
  oldest === null ? 0 : Math.max(0, Math.round((clock.now().getTime() - oldest.getTime()) / 1000));

const ofTopic = async (
  effects: LookAtPipelinesEffects,
  pipeline: DeclaredPipeline,
  consumers: readonly ConsumerView[],
): Promise<Pipeline> => {
  const { source, to } = pipeline;
  const consumer = consumers.find(({ group, topic }) => group === to && topic === source.name);
  if (!consumer || consumer.partitions.length === 0)
    return {
      ...pipeline,
      status: 'stopped',
      isEnabled: false,
      lag: null,
      lastEventAt: null,
      freshnessSeconds: null,
      deadLetters: null,
      note: 'the topic is not there',
    };
  const [lastEventAt, deadLetters] = await Promise.all([
    lastEventIn(effects, consumer),
    effects.letters.waitingOf(source.name, to),
  ]);
  const held = consumer.partitions.filter(({ heldBy }) => heldBy !== null).length;
  const oldest = consumer.oldestUnreadAt === null ? null : new Date(consumer.oldestUnreadAt);
  // Flink takes partitions without joining a group, and only notes there how far it is.
  const isSilent = held === 0 && pipeline.kind === 'stream-job';
  const state = { isEnabled: isSilent ? null : held > 0, freshnessSeconds: waitsSeconds(effects.clock, oldest) };
  const unheld = consumer.partitions.length - held;
  const notes = [
    ...(isSilent ? ['nobody says that it runs; see whether what waits grows'] : []),
    ...(held > 0 && unheld > 0 ? [`nobody holds ${unheld} of ${consumer.partitions.length} partitions`] : []),
  ];
  return {
    ...pipeline,
    ...state,
    status: pipelineStatus({ ...pipeline, ...state }),
    lag: consumer.lag,
    lastEventAt,
    deadLetters,
    note: notes.join('; ') || null,
  };
};

const ofTable = async (effects: LookAtPipelinesEffects, pipeline: DeclaredPipeline): Promise<Pipeline> => {
  const reader = await effects.followerOf(pipeline.to, pipeline.source.name);
  const { isEnabled, lag, oldestUnreadAt, deadLetters, note } = reader;
  const lastEventAt = reader.lastEventAt?.toISOString() ?? null;
  const freshnessSeconds = lag === null ? null : waitsSeconds(effects.clock, oldestUnreadAt);
  const status = pipelineStatus({ ...pipeline, isEnabled, freshnessSeconds });
  return { ...pipeline, status, isEnabled, lag, lastEventAt, freshnessSeconds, deadLetters, note };
};

/** How every declared pipeline is, all looked at at once. */
export const lookAtPipelines = async (effects: LookAtPipelinesEffects): Promise<Pipeline[]> => {
  const declared = declaredPipelines(effects.platform);
  const topics = new Set(declared.flatMap(({ source }) => (source.kind === 'topic' ? [source.name] : [])));
  const [consumers] = await Promise.all([
    lookAtConsumers(effects, ({ topic }) => topics.has(topic)),
    // A topic that its owner has not made yet has no dead letters either.
    ...[...topics].map((topic) => findDeadLetters(effects, topic).catch(() => 0)),
  ]);
  return Promise.all(
    declared.map((pipeline) =>
      pipeline.source.kind === 'topic' ? ofTopic(effects, pipeline, consumers) : ofTable(effects, pipeline),
    ),
  );
};
