/**
 * The function in a process of its own that stops for ever at one point of a mail, for tests that kill it there:
 * `mailing-process.ts TABLES_ENDPOINT MAIL_FOLDER POINT EVENT`.
 */
import { join } from 'node:path';
import { createFolderMailSender } from '../../kit/mail/folder-mail-sender.ts';
import { systemClock } from '../../kit/system-clock.ts';
import { createLogger } from '../../kit/telemetry/logger.ts';
import { msk } from '../../kit/testing/incoming-events.ts';
import { notificationApp } from '../app.ts';
import { openMailTopic } from '../clients/open-mail-topic.ts';
import { logsAt, testConfig } from './mail-tables.ts';

const [endpoint = '', folder = '', point, event = ''] = process.argv.slice(2);

/** Calls what is given, and stops before or after it if that is where the process is to be killed. */
const stoppingAt =
  <Arguments extends unknown[], Result>(name: string, call: (...of: Arguments) => Promise<Result>) =>
  async (...of: Arguments): Promise<Result> => {
    if (point === `before ${name}`) await stop();
    const result = await call(...of);
    if (point === `after ${name}`) await stop();
    return result;
  };

const stop = async () => {
  process.stdout.write('stopped\n');
  setInterval(() => undefined, 1_000);
  await new Promise(() => undefined);
};

const { sentLog, ...others } = logsAt(endpoint, systemClock);
const sender = createFolderMailSender(folder);
const topic = await openMailTopic(`folder:${join(folder, 'told')}`);
const handle = await notificationApp({
  config: testConfig,
  logger: createLogger('notification', 'silent'),
  clock: systemClock,
  sentLog: {
    ...sentLog,
    claim: stoppingAt('the claim', sentLog.claim),
    end: stoppingAt('the note', sentLog.end),
  },
  sender: { ...sender, send: stoppingAt('the mail', sender.send) },
  topic: { tell: stoppingAt('the telling', topic.tell) },
  ...others,
});
await handle(msk([['key', event]]), 60_000);
