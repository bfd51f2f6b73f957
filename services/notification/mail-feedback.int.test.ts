/** An address from which mails come back, or which reports them as spam, gets no more. */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { EventBridgeEvent } from 'aws-lambda';
import type { IncomingEvent } from '../kit/functions/read-records.ts';
import { createLogger } from '../kit/telemetry/logger.ts';
import { allWell, bounced, complained, msk, theClock } from '../kit/testing/incoming-events.ts';
import { notificationApp } from './app.ts';
import { mailRequested } from './testing/account-mails.ts';
import { newOrder, text } from './testing/incoming.ts';
import { type MailTables, startMailTables, testConfig } from './testing/mail-tables.ts';

let table: MailTables;
let app: (event: IncomingEvent) => Promise<unknown>;
beforeEach(async () => {
  table = await startMailTables();
  const logger = createLogger('notification', 'silent');
  const handle = await notificationApp({ config: testConfig, logger, ...table });
  app = (event) => handle(event, 60_000);
});
afterEach(() => table.stop());

/** Has something happen to an order of this address; returns the id of its confirmation. */
const paid = async (email: string) => {
  const order = newOrder();
  expect(await app(msk([[order.id, text('order.paid.v1', { ...order, email })]]))).toEqual(allWell);
  return `${order.id}:order-confirmed`;
};
const isSent = async (id: string) => (await table.mailbox()).includes(id);

test.each([
  ['bounced', bounced('ada@example.com', 'Permanent')],
  ['complained', complained('ada@example.com', 'abuse')],
  ['complained', complained('ada@example.com')],
])('a mail to an address that %s is withheld, with the reason in its record', async (because, event) => {
  expect(await isSent(await paid('ada@example.com'))).toBe(true);
  expect(await app(event)).toEqual(allWell);
  const id = await paid('Ada@Example.com');
  expect(await isSent(id)).toBe(false);
  expect(await table.recordOf(id)).toMatchObject({ state: 'withheld', detail: expect.stringMatching(`^${because}:`) });
});

test('so is the mail that resets a password', async () => {
  await app(bounced('ada@example.com', 'Permanent'));
  await app(msk([['usr', mailRequested(table.clock, 'reset-password', { to: 'ada@example.com' })]]));
  await app(msk([['usr', mailRequested(table.clock, 'reset-password', { to: 'bob@example.com' })]]));
  expect(await table.mailbox()).toEqual([expect.stringContaining(':reset-password:')]);
});

test.each([
  ['a bounce that may not come again', bounced('ada@example.com', 'Transient')],
  ['a bounce of which nobody knows why', bounced('ada@example.com', 'Undetermined')],
  ['a report that a mail was no spam', complained('ada@example.com', 'not-spam')],
  ['a bounce of somebody else', bounced('bob@example.com', 'Permanent')],
  ['a bounce of another address of the same mailbox', bounced('ada+shop@example.com', 'Permanent')],
])('%s stops nothing', async (_what, event) => {
  expect(await app(event)).toEqual(allWell);
  expect(await isSent(await paid('ada@example.com'))).toBe(true);
});

test('a mail that waits is withheld too, and does not come later', async () => {
  const away = await notificationApp({
    ...{ config: testConfig, logger: createLogger('notification', 'silent'), ...table },
    sender: { ...table.sender, send: () => Promise.reject(new Error('socket hang up')) },
  });
  const order = newOrder();
  await away(msk([[order.id, text('order.paid.v1', { ...order, email: 'ada@example.com' })]]), 60_000);
  await app(bounced('ada@example.com', 'Permanent'));
  table.clock.advance(60_000);
  expect(await app(theClock)).toEqual(allWell);
  expect(await table.recordOf(`${order.id}:order-confirmed`)).toMatchObject({ state: 'withheld' });
  expect(await table.postponedMails.due(new Date(table.clock.now().getTime() + 86_400_000), 9)).toEqual([]);
});

test('an address gets mails again half a year later, unless it bounced once more', async () => {
  await app(bounced('ada@example.com', 'Permanent'));
  await app(bounced('bob@example.com', 'Permanent'));
  table.clock.advance(100 * 86_400_000);
  await app(bounced('bob@example.com', 'Permanent'));
  table.clock.advance(81 * 86_400_000);
  expect(await isSent(await paid('ada@example.com'))).toBe(true);
  expect(await isSent(await paid('bob@example.com'))).toBe(false);
});

test('no address stands in the table', async () => {
  await app(bounced('ada@example.com', 'Permanent'));
  await paid('ada@example.com');
  const items = JSON.stringify(await table.records());
  expect(items).toContain('stopped:');
  expect(items).not.toContain('ada@');
});

test.each([
  ['names no recipient', { mail: { messageId: 'x', destination: [] } }],
  ['says nothing of the bounce', { bounce: undefined }],
  ['is of a kind that nobody asked for', { eventType: 'Delivery' }],
])('an event that %s fails the call, so that it is put with the failed ones', async (_why, broken) => {
  const { detail, ...event } = bounced('ada@example.com', 'Permanent') as EventBridgeEvent<string, object>;
  await expect(app({ ...event, detail: { ...detail, ...broken } })).rejects.toThrow(/SES tells in the event bridge-1/);
  expect(await isSent(await paid('ada@example.com'))).toBe(true);
});
