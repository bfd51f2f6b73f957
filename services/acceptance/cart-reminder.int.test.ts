/** A cart that is left, from the last touch to the mail: three services in this process, each whole, on one moved clock. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { startCart, type TestCart } from '../cart/testing/cart-fixtures.ts';
import type { EventLog } from '../kit/events/event-log.ts';
import { openEventLog } from '../kit/events/open-event-log.ts';
import { createLogger } from '../kit/telemetry/logger.ts';
import { eventually } from '../kit/testing/condition.ts';
import { unreadBy } from '../kit/testing/event-logs/read-topic.ts';
import { fakeClock } from '../kit/testing/fake-clock.ts';
import { allWell, msk } from '../kit/testing/incoming-events.ts';
import type { TestDatabase } from '../kit/testing/postgres.ts';
import { notificationApp } from '../notification/app.ts';
import { type MailTables, startMailTables, testConfig } from '../notification/testing/mail-tables.ts';
import {
  eventsOf,
  mailsOf,
  type RunningUserService,
  startUserService,
  userDatabase,
} from '../user/testing/running-user-service.ts';

const clock = fakeClock(new Date());
const password = 'a good long password';
const pages = {
  CART_PAGE: 'https://shop.example/cart',
  UNSUBSCRIBE_PAGE: 'https://shop.example/unsubscribe#{token}',
  UNSUBSCRIBE_DOOR: 'https://shop.example/api/v1/mails/unsubscribe?token={token}',
};

let carts: TestCart;
let store: TestDatabase;
let accounts: RunningUserService;
let log: EventLog;
let tables: MailTables;
let mail: Awaited<ReturnType<typeof notificationApp>>;
beforeAll(async () => {
  tables = await startMailTables(clock.now());
  carts = await startCart({ clock });
  store = await userDatabase();
  // The mail function opens what accounts seal.
  const own = { ...testConfig.own, ...pages };
  accounts = await startUserService(store, { clock, own: { MAIL_SEAL_SECRET: own.MAIL_SEAL_SECRET.secret } });
  log = await openEventLog({ url: store.url, logger: accounts.context.logger });
  await log.createTopics({ 'cart-events': { partitions: 1, retentionDays: 1 } });
  await accounts.startConsumer();
  mail = await notificationApp({
    config: { ...testConfig, own },
    logger: createLogger('notification', 'silent'),
    ...tables,
  });
});
afterAll(async () => {
  await log?.close();
  await accounts?.stop();
  await store?.drop();
  await carts?.stop();
  await tables?.stop();
});

const mails = async () => {
  const names = (await readdir(tables.folder)).filter((name) => name.endsWith('.json'));
  return Promise.all(names.map(async (name) => JSON.parse(await readFile(join(tables.folder, name), 'utf8'))));
};

it('is marked by the job, told as an event, and mailed once to the customer who agreed to it, with the way to stop it', async () => {
  const email = 'ada@example.com';
  const { tokens } = await accounts.users.register({ email, password, name: 'Ada' });
  const userId = tokens?.user?.id ?? '';
  const bearer = { authorization: `Bearer ${tokens?.accessToken}` };
  const [welcome] = await mailsOf(store, userId, testConfig.own.MAIL_SEAL_SECRET.secret);
  await accounts.users.verifyEmail({ token: welcome?.token ?? '' });
  await accounts.users.updateProfile({ cartReminders: true }, bearer);

  const customer = await carts.customer({ userId });
  await customer.add(carts.product(), 2);
  const { version } = await customer.cart();
  clock.advance(61 * 60_000);
  // Its job runs as the service begins.
  await carts.begin();
  await eventually(async () => expect((await carts.events()).at(-1)?.type).toBe('cart.abandoned.v1'));
  const told = await carts.events();
  expect(told.at(-1)?.data).toMatchObject({ userId, version });
  expect((await carts.http.inject('/metrics')).body).toMatch(/carts_abandoned_total\{[^}]*\} 1\n/);

  // The log between the services, which delivers twice.
  const records = told.map((event) => ({ key: event.subject, value: JSON.stringify(event) }));
  await log.append('cart-events', [...records, ...records]);
  await eventually(async () => expect(await unreadBy(log, 'user', 'cart-events')).toBe(0));
  const news = await eventsOf(store, userId);
  const batch = msk([...news, ...news].map((event) => [userId, JSON.stringify(event)]));
  expect(await mail(batch, 60_000)).toEqual(allWell);

  const reminders = (await mails()).filter(({ subject }) => subject === 'Your cart is waiting');
  expect(reminders).toMatchObject([{ to: email, headers: { 'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click' } }]);
  const token = /unsubscribe#([\w-]+)/.exec(reminders[0].text)?.[1] ?? '';
  await accounts.users.stopReminders({ token });
  expect((await accounts.users.getProfile({}, bearer)).user?.cartReminders).toBe(false);
});
