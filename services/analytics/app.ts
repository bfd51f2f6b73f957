import { setTimeout as pause } from 'node:timers/promises';
import { type EventLog, GroupIsActive } from '../kit/events/event-log.ts';
import { handledEvent, handledMessage } from '../kit/events/handled-event.ts';
import { consumedTopics } from '../kit/manifest.ts';
import type { RunningJob } from '../kit/stream-jobs/run-local-job.ts';
import type { Logger } from '../kit/telemetry/logger.ts';
import type { Clock } from '../kit/values/clock.ts';
import { eventNamed, hearRecord } from './events/hear-record.ts';
import { resultEvent } from './events/result-event.ts';
import { manifest } from './manifest.ts';
import { createResults } from './storage/results.ts';
import { startFigures } from './use-cases/compute-figures.ts';

export type AnalyticsDependencies = {
  readonly log: EventLog;
  readonly logger: Logger;
  readonly clock: Clock;
};

const TICK_MS = 1_000;
const GROUP_POLL_MS = 250;
/** A group outlives a process that was killed by its lease: 3 s in the embedded log, up to a minute in Kafka. */
const GROUP_DEADLINE_MS = 90_000;

/** Waits until whoever computed before is given up: only then its last results are there to be read. */
const untilAlone = async (log: EventLog) => {
  for (const giveUpAt = performance.now() + GROUP_DEADLINE_MS; ; await pause(GROUP_POLL_MS)) {
    if ((await log.members(manifest.name)).length === 0) return;
    if (performance.now() > giveUpAt) throw new GroupIsActive(manifest.name);
  }
};

/** Computes the figures of job.sql on this machine, from where they stood. Rejects while another process computes them. */
export const analyticsApp = async ({ log, logger, clock }: AnalyticsDependencies): Promise<RunningJob> => {
  const topics = consumedTopics(manifest);
  const [topic = ''] = topics;
  await untilAlone(log);
  const figures = await startFigures(topic, {
    ...{ log, logger, clock },
    results: createResults(log),
    hear: hearRecord,
    resultOf: resultEvent,
  });
  await log.resetOffsets(manifest.name, figures.from);
  const subscription = await log.subscribe({
    group: manifest.name,
    topics,
    handle: async (records) => {
      await figures.handle(records);
      for (const { topic: from, value } of records) {
        const named = eventNamed(value);
        if (named) logger.info(handledEvent(from, named), handledMessage);
      }
    },
  });
  const ticking = setInterval(() => {
    figures
      .tick()
      .catch((error: unknown) => logger.warn({ error }, 'results could not be written; trying again in a second'));
  }, TICK_MS);
  return {
    stop: async () => {
      clearInterval(ticking);
      await subscription.close();
    },
  };
};
