/** Process that stands for AWS Lambda on this machine: `main.mjs --function NAME --handler FILE [--topic TOPIC]... [--stream TABLE]... [--every MS]`. */
import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import closeWithGrace from 'close-with-grace';
import { UnknownTopic } from '../events/event-log.ts';
import { openEventLog } from '../events/open-event-log.ts';
import { createLogger } from '../telemetry/logger.ts';
import { defaultMappingSettings } from './event-source-mapping.ts';
import type { LambdaHandler } from './invoke-handler.ts';
import { startInvoker } from './invoker.ts';
import { startSchedule } from './schedule.ts';

type Closing = { close(): Promise<void> };

const DRAIN_MS = 5_000;
const TOPIC_POLL_MS = 100;

const { values } = parseArgs({
  options: {
    function: { type: 'string' },
    handler: { type: 'string' },
    topic: { type: 'string', multiple: true },
    stream: { type: 'string', multiple: true },
    every: { type: 'string' },
  },
});
const { function: name, handler: file, topic: topics = [], stream: followed = [], every } = values;
const { EVENTS_URL: url = '' } = process.env;
if (!name || !file || topics.length + followed.length === 0 || (topics.length > 0 && !url))
  throw new Error(
    'usage: EVENTS_URL=... main.mjs --function NAME --handler FILE [--topic TOPIC]... [--stream TABLE]... [--every MILLISECONDS]',
  );

const logger = createLogger(`${name}-invoker`, 'info');
const { handler } = (await import(pathToFileURL(file).href)) as { handler?: LambdaHandler };
if (typeof handler !== 'function') throw new Error(`${file} exports no function "handler"; a Lambda's handler.ts must`);

const parts = {
  name,
  handler,
  logger,
  timeoutMs: defaultMappingSettings.timeoutMs,
  pause: (milliseconds: number, signal: AbortSignal) => wait(milliseconds, undefined, { signal }),
  now: () => new Date(),
  requestId: randomUUID,
  random: Math.random,
};

/** A topic is made by its owner, which may start a moment later than this process. */
const subscribe = async (): Promise<Closing> => {
  const log = await openEventLog({ url, logger });
  for (;;) {
    try {
      const subscription = await startInvoker({ ...parts, topics, log });
      return {
        close: async () => {
          await subscription.close();
          await log.close();
        },
      };
    } catch (problem) {
      if (!(problem instanceof UnknownTopic)) throw problem;
      await wait(TOPIC_POLL_MS);
    }
  }
};

const follow = async (): Promise<Closing> => {
  // In a file of its own, so that a function without a stream does not load what reads one.
  const { followTables } = await import('./follow-tables.ts');
  return followTables(followed, parts);
};

const sources: Closing[] = await Promise.all([
  ...(topics.length > 0 ? [subscribe()] : []),
  ...(followed.length > 0 ? [follow()] : []),
]);
const schedule = every ? startSchedule({ ...parts, everyMs: Number(every) }) : undefined;
closeWithGrace({ delay: DRAIN_MS, logger: false }, async ({ err }) => {
  if (err) logger.fatal({ error: err }, 'stopping after an error that nobody caught');
  await Promise.all([...sources, schedule].map((source) => source?.close()));
});
logger.info({ topics, tables: followed }, 'ready');
process.send?.('ready');
