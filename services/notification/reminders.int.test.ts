/** Reminders of carts as mails: with ways to stop them, once for a cart, and not after they were withdrawn. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { userEventSchema } from '../contracts/events/user-events.ts';
import { sealLetter } from '../kit/auth/sealed-letter.ts';
import type { IncomingEvent } from '../kit/functions/read-records.ts';
import { SenderAway } from '../kit/mail/mail-sender.ts';
import { createLogger } from '../kit/telemetry/logger.ts';
import { fakeIds } from '../kit/testing/ids.ts';
import { allWell, msk, theClock } from '../kit/testing/incoming-events.ts';
import { notificationApp } from './app.ts';
import { type MailTables, mailSealSecret, startMailTables, testConfig } from './testing/mail-tables.ts';

const ids = fakeIds();
const userId = ids.next('usr');
const token = 'a-token-that-nobody-else-should-ever-have-x';
const pages = {
  CART_PAGE: 'https://shop.example/cart',
  UNSUBSCRIBE_PAGE: 'https://shop.example/unsubscribe#{token}',
  UNSUBSCRIBE_DOOR: 'https://shop.example/api/v1/mails/unsubscribe?token={token}',
};

let tables: MailTables;
let app: (event: IncomingEvent) => Promise<unknown>;
const start = async (parts: Partial<Parameters<typeof notificationApp>[0]> = {}, own: object = pages) => {
  const config = { ...testConfig, own: { ...testConfig.own, ...own } };
  const handle = await notificationApp({ config, logger: createLogger('notification', 'silent'), ...tables, ...parts });
  return (event: IncomingEvent) => handle(event, 60_000);
};
beforeEach(async () => {
  tables = await startMailTables();
  app = await start();
});
afterEach(() => tables.stop());

const envelope = () => ({
  specversion: '1.0',
  id: ids.next('evt'),
  source: 'user',
  subject: userId,
  time: tables.clock.now().toISOString(),
  datacontenttype: 'application/json',
  sequence: 2,
});
const requested = (reference = 'crt_1.aaaa') =>
  userEventSchema.parse({
    ...envelope(),
    type: 'user.reminder-requested.v1',
    data: {
      userId,
      letter: sealLetter(mailSealSecret, { userId, mail: 'cart-waiting' }, { to: 'ada@example.com', token }),
      usefulUntil: new Date(tables.clock.now().getTime() + 86_400_000).toISOString(),
      reference,
    },
  });
const withdrawn = (reference = 'crt_1.aaaa') =>
  userEventSchema.parse({ ...envelope(), type: 'user.reminder-withdrawn.v1', data: { userId, reference } });
const recordsOf = (...events: object[]) => msk(events.map((event) => [userId, JSON.stringify(event)]));

type Kept = { to: string; text: string; html: string; headers: Record<string, string> };
const mails = async (): Promise<Kept[]> => {
  const names = (await readdir(tables.folder)).filter((name) => name.endsWith('.json'));
  return Promise.all(names.map(async (name) => JSON.parse(await readFile(join(tables.folder, name), 'utf8'))));
};
const away = () => ({ ...tables.sender, send: () => Promise.reject(new SenderAway('no connection')) });

test('a reminder leads to the cart, and both its forms and its headers tell how to get no more', async () => {
  expect(await app(recordsOf(requested()))).toEqual(allWell);
  const [sent] = await mails();
  expect(sent?.to).toBe('ada@example.com');
  for (const body of [sent?.text, sent?.html]) {
    expect(body).toContain('https://shop.example/cart');
    expect(body).toContain(`https://shop.example/unsubscribe#${token}`);
  }
  expect(sent?.headers).toEqual({
    'List-Unsubscribe': `<https://shop.example/api/v1/mails/unsubscribe?token=${token}>`,
    'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
  });
});

test('of the same cart one is sent, however many events ask for it, and of another one more', async () => {
  await app(recordsOf(requested(), requested()));
  await app(recordsOf(requested(), requested('crt_1.bbbb')));
  expect(await mails()).toHaveLength(2);
});

test('one that was withdrawn before it could go out is never sent, also when it waited', async () => {
  expect(await (await start({ sender: away() }))(recordsOf(requested()))).toEqual(allWell);
  expect(await app(recordsOf(withdrawn()))).toEqual(allWell);
  tables.clock.advance(60_000);
  expect(await app(theClock)).toEqual(allWell);
  expect(await mails()).toEqual([]);
  expect(await tables.postponedMails.due(new Date(tables.clock.now().getTime() + 86_400_000), 9)).toEqual([]);
});

test('one that waited and was not withdrawn goes out', async () => {
  await (await start({ sender: away() }))(recordsOf(requested()));
  await app(recordsOf(withdrawn('crt_1.bbbb')));
  tables.clock.advance(60_000);
  await app(theClock);
  expect(await mails()).toHaveLength(1);
});

test('withdrawing what is out, or was never asked for, changes nothing', async () => {
  await app(recordsOf(requested(), withdrawn(), withdrawn('crt_2.cccc')));
  expect(await mails()).toHaveLength(1);
});

test('without a way to stop reminders none is sent', async () => {
  const { UNSUBSCRIBE_DOOR: _door, ...some } = pages;
  expect(await (await start({}, some))(recordsOf(requested()))).toEqual(allWell);
  expect(await mails()).toEqual([]);
});
