/** Process that stands for AWS Lambda on this machine: `main.mjs --function NAME --handler FILE --topic TOPIC...`. */
import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import closeWithGrace from 'close-with-grace';
import { UnknownTopic } from '../events/event-log.ts';
import { openEventLog } from '../events/open-event-log.ts';
import { createLogger } from '../telemetry/logger.ts';
import { defaultMappingSettings } from './event-source-mapping.ts';
import { type LambdaHandler, startInvoker } from './invoker.ts';

const DRAIN_MS = 5_000;
const TOPIC_POLL_MS = 100;

const { values } = parseArgs({
  options: { function: { type: 'string' }, handler: { type: 'string' }, topic: { type: 'string', multiple: true } },
});
const { function: name, handler: file, topic: topics = [] } = values;
const { EVENTS_URL: url } = process.env;
if (!name || !file || topics.length === 0 || !url)
  throw new Error('usage: EVENTS_URL=... main.mjs --function NAME --handler FILE --topic TOPIC');

const logger = createLogger(`${name}-invoker`, 'info');
const { handler } = (await import(pathToFileURL(file).href)) as { handler?: LambdaHandler };
if (typeof handler !== 'function') throw new Error(`${file} exports no function "handler"; a Lambda's handler.ts must`);

const log = await openEventLog({ url, logger });

const subscribe = () =>
  startInvoker({
    name,
    topics,
    handler,
    log,
    logger,
    settings: defaultMappingSettings,
    pause: (milliseconds, signal) => wait(milliseconds, undefined, { signal }),
    random: Math.random,
    now: () => new Date(),
    requestId: randomUUID,
  });

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
closeWithGrace({ delay: DRAIN_MS, logger: false }, async ({ err }) => {
  if (err) logger.fatal({ error: err }, 'stopping after an error that nobody caught');
  await subscription.close();
  await log.close();
});
logger.info({ topics }, 'ready');
process.send?.('ready');
