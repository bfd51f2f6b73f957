/** Process that stands for AWS Lambda on this machine: `main.mjs --function NAME --handler FILE --topic TOPIC... [--every MS]`. */
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

const DRAIN_MS = 5_000;
const TOPIC_POLL_MS = 100;

const { values } = parseArgs({
  options: {
    function: { type: 'string' },
    handler: { type: 'string' },
    topic: { type: 'string', multiple: true },
    every: { type: 'string' },
  },
});
const { function: name, handler: file, topic: topics = [], every } = values;
const { EVENTS_URL: url } = process.env;
if (!name || !file || topics.length === 0 || !url)
  throw new Error('usage: EVENTS_URL=... main.mjs --function NAME --handler FILE --topic TOPIC [--every MILLISECONDS]');

const logger = createLogger(`${name}-invoker`, 'info');
const { handler } = (await import(pathToFileURL(file).href)) as { handler?: LambdaHandler };
if (typeof handler !== 'function') throw new Error(`${file} exports no function "handler"; a Lambda's handler.ts must`);

const log = await openEventLog({ url, logger });

const parts = {
  name,
  handler,
  logger,
  timeoutMs: defaultMappingSettings.timeoutMs,
  pause: (milliseconds: number, signal: AbortSignal) => wait(milliseconds, undefined, { signal }),
  now: () => new Date(),
  requestId: randomUUID,
};

const subscribe = () => startInvoker({ ...parts, topics, log, random: Math.random });

/** A topic is made by its owner, which may start a moment later than this process. */
const subscribeOnceTopicsExist = async () => {
  for (;;) {
    try {
      return await subscribe();
    } catch (problem) {
      if (!(problem instanceof UnknownTopic)) throw problem;
      await wait(TOPIC_POLL_MS);
    }
  }
};

const subscription = await subscribeOnceTopicsExist();
const schedule = every ? startSchedule({ ...parts, everyMs: Number(every) }) : undefined;
closeWithGrace({ delay: DRAIN_MS, logger: false }, async ({ err }) => {
  if (err) logger.fatal({ error: err }, 'stopping after an error that nobody caught');
  await Promise.all([subscription.close(), schedule?.close()]);
  await log.close();
});
logger.info({ topics }, 'ready');
process.send?.('ready');
