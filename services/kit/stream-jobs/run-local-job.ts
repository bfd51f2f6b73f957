/** What stands for Flink on this machine: the aggregator that a stream job brings along as `services/<job>/local.ts`. */
import { setTimeout as pause } from 'node:timers/promises';
import closeWithGrace from 'close-with-grace';
import type * as z from 'zod';
import { readConfig } from '../config/config.ts';
import { type EventLog, UnknownTopic } from '../events/event-log.ts';
import { openEventLog } from '../events/open-event-log.ts';
import { consumedTopics, type ServiceManifest } from '../manifest.ts';
import { systemClock } from '../system-clock.ts';
import { createLogger, type Logger } from '../telemetry/logger.ts';
import type { Clock } from '../values/clock.ts';

/** What the aggregator gets; its topics and those it reads are there. */
export type LocalJobParts<Own> = {
  /** The job's own configuration. */
  readonly own: Own;
  readonly log: EventLog;
  readonly logger: Logger;
  readonly clock: Clock;
};

export type RunningJob = {
  /** Takes nothing new, finishes and commits what is in hand. */
  stop(): Promise<void>;
};

/** Computes over the log what `job.sql` computes on Flink, with equal results, and goes on where it was after any end of the process. */
export type StartLocalJob<Own> = (parts: LocalJobParts<Own>) => Promise<RunningJob>;

const DRAIN_MS = 5_000;
const TOPIC_POLL_MS = 100;

/** A topic is made by its owner, which may start a moment later than this process. */
const untilThere = async (log: EventLog, topic: string): Promise<void> => {
  for (;;)
    try {
      await log.offsets(topic);
      return;
    } catch (problem) {
      if (!(problem instanceof UnknownTopic)) throw problem;
      await pause(TOPIC_POLL_MS);
    }
};

/**
 * Runs a stream job's aggregator as this process: reads the configuration, makes the topics that the manifest publishes, waits for
 * those that it consumes, starts, tells its supervisor `ready`, and drains on SIGTERM.
 */
export const runLocalJob = async <Schema extends z.ZodObject>(
  manifest: ServiceManifest,
  schema: Schema,
  start: StartLocalJob<z.output<Schema>>,
): Promise<void> => {
  const config = await readConfig(manifest, schema);
  const logger = createLogger(manifest.name, config.logLevel);
  const log = await openEventLog({ url: config.events ?? '', logger });
  await log.createTopics(manifest.publishes);
  for (const topic of consumedTopics(manifest)) await untilThere(log, topic);
  const job = await start({ own: config.own, log, logger, clock: systemClock });
  closeWithGrace({ delay: DRAIN_MS, logger: false }, async ({ err }) => {
    if (err) logger.fatal({ error: err }, 'stopping after an error that nobody caught');
    await job.stop();
    await log.close();
  });
  logger.info({ topics: consumedTopics(manifest) }, 'ready');
  process.send?.('ready');
};
