/** Mails about accounts: what is sealed in their events is read here alone, and comes in time or not at all. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { IncomingEvent } from '../kit/functions/read-records.ts';
import { MailRefused, SenderAway } from '../kit/mail/mail-sender.ts';
import { createLogger } from '../kit/telemetry/logger.ts';
import { fakeIds } from '../kit/testing/ids.ts';
import { allWell, msk, theClock } from '../kit/testing/incoming-events.ts';
import { notificationApp } from './app.ts';
import { type AccountMail, type MailParts, mailRequested, token } from './testing/account-mails.ts';
import { type MailTables, mailSealSecret, startMailTables, testConfig } from './testing/mail-tables.ts';

const ids = fakeIds();
const ada = 'ada@example.com';

let tables: MailTables;
let app: (event: IncomingEvent) => Promise<unknown>;
const start = async (
  parts: Partial<Parameters<typeof notificationApp>[0]> = {},
  given: Partial<typeof testConfig.own> = {},
) => {
  const own = { ...testConfig.own, RESET_PAGE: 'https://shop.example/reset#{token}', ...given };
  const logger = createLogger('notification', 'silent');
  const handle = await notificationApp({ config: { ...testConfig, own }, logger, ...tables, ...parts });
  return (event: IncomingEvent) => handle(event, 60_000);
};
beforeEach(async () => {
  tables = await startMailTables();
  app = await start();
});
afterEach(() => tables.stop());

const requested = (mail: AccountMail, parts?: MailParts) => mailRequested(tables.clock, mail, parts);
const handle = (...events: string[]) => app(msk(events.map((event, index) => [`usr_${index}`, event])));
const mails = async () => {
  const names = (await readdir(tables.folder)).filter((name) => name.endsWith('.json'));
  const read = (name: string) => readFile(join(tables.folder, name), 'utf8');
  return (await Promise.all(names.map(read))).map(
    (mail) => JSON.parse(mail) as { to: string; text: string; html: string },
  );
};

test('each mail goes to the sealed address with its link, once', async () => {
  const event = requested('reset-password');
  expect(await handle(event, event)).toEqual(allWell);
  const [mail] = await mails();
  expect(await mails()).toHaveLength(1);
  expect(mail?.to).toBe(ada);
  for (const body of [mail?.text, mail?.html]) expect(body).toContain(`https://shop.example/reset#${token}`);
});

test('without a page the code itself stands in the mail', async () => {
  await handle(requested('verify-address'));
  const [mail] = await mails();
  for (const body of [mail?.text, mail?.html]) expect(body).toContain(token);
  expect(mail?.html).not.toContain('href');
});

test('a changed password is told without a link', async () => {
  await handle(requested('password-changed'));
  const [mail] = await mails();
  expect(mail?.text).toMatch(/was changed/);
  expect(mail?.html).not.toContain('href');
});

test('a mail that was sealed before the secret was rotated goes out while the secret of before is set, and waits without it', async () => {
  const rotated = { secret: 'the secret of the user service after it' };
  const starting = (MAIL_SEAL_SECRET: typeof testConfig.own.MAIL_SEAL_SECRET) => start({}, { MAIL_SEAL_SECRET });
  const record = msk([['key', requested('verify-address')]]);
  await (await starting(rotated))(record);
  expect(await mails()).toEqual([]);
  const both = await starting({ ...rotated, previousSecret: mailSealSecret });
  expect(await both(record)).toEqual(allWell);
  expect(await mails()).toEqual([expect.objectContaining({ to: ada, text: expect.stringContaining(token) })]);
});

test('a mail that comes too late to be of use is not sent', async () => {
  const event = requested('reset-password', { minutes: 30 });
  const away = { ...tables.sender, send: () => Promise.reject(new SenderAway('no connection')) };
  await (await start({ sender: away }))(msk([['key', event]]));
  tables.clock.advance(31 * 60_000);
  expect(await app(theClock)).toEqual(allWell);
  expect(await mails()).toEqual([]);
  expect(await tables.postponedMails.due(tables.clock.now(), 9)).toEqual([]);
});

test('while a mail waits neither its address nor its token lies readable in the table', async () => {
  const refusing = { ...tables.sender, send: () => Promise.reject(new MailRefused('mailbox full')) };
  await (await start({ sender: refusing }))(msk([['key', requested('reset-password')]]));
  tables.clock.advance(60_000);
  const [waiting] = await tables.postponedMails.due(tables.clock.now(), 9);
  expect(waiting?.event).toContain('user.mail-requested.v1');
  expect(JSON.stringify(waiting)).not.toMatch(new RegExp(`${token}|${ada}`));
});

test('a letter that was sealed for another account or under another secret is put aside and mailed to nobody', async () => {
  const event = JSON.parse(requested('reset-password')) as { data: { userId: string } };
  event.data.userId = ids.next('usr');
  expect(await handle(JSON.stringify(event))).toEqual(allWell);
  expect(await mails()).toEqual([]);
  tables.clock.advance(60_000);
  expect(await tables.postponedMails.due(tables.clock.now(), 9)).toHaveLength(1);
});

test('a mailbox that proved nothing gets six mails an hour however its address is spelt, and what it proved is not counted', async () => {
  for (let at = 0; at < 9; at += 1)
    await handle(requested('verify-address', { to: `victim+${at}@example.com`, isProved: false }));
  expect(await mails()).toHaveLength(6);
  await handle(requested('reset-password', { to: 'victim@example.com' }));
  expect(await mails()).toHaveLength(7);
});
