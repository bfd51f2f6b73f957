/** Anybody can order for any address; what reaches it is bounded. */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { SampleType } from '../contracts/testing/order-events.ts';
import type { IncomingEvent } from '../kit/functions/read-records.ts';
import { createLogger } from '../kit/telemetry/logger.ts';
import { allWell, msk, theClock } from '../kit/testing/incoming-events.ts';
import { notificationApp } from './app.ts';
import { newOrder, text } from './testing/incoming.ts';
import { type MailTables, startMailTables, testConfig } from './testing/mail-tables.ts';

let table: MailTables;
let app: (event: IncomingEvent) => Promise<unknown>;
beforeEach(async () => {
  table = await startMailTables();
  const handle = await notificationApp({
    config: { ...testConfig, own: { ...testConfig.own, PAID_MAILS_PER_HOUR: 5 } },
    logger: createLogger('notification', 'silent'),
    ...table,
  });
  app = (event) => handle(event, 60_000);
});
afterEach(() => table.stop());

const happened = (type: SampleType, email: string, captured: number) => {
  const order = newOrder();
  const payment = { ...order.payment, captured: { amount: captured, currency: 'USD' } };
  return app(msk([[order.id, text(type, { ...order, email, payment })]]));
};
const sentTo = async () => (await table.mailbox()).length;

test('a recipient gets three mails an hour about orders that nobody paid for, however they spell the address', async () => {
  for (let at = 0; at < 8; at++)
    expect(await happened('order.payment-failed.v1', `Victim+${at}@example.com`, 0)).toEqual(allWell);
  expect(await sentTo()).toBe(3);
  expect(await happened('order.payment-failed.v1', 'other@example.com', 0)).toEqual(allWell);
  expect(await sentTo()).toBe(4);
});

test('mails that were withheld do not come later, and the next hour begins anew', async () => {
  for (let at = 0; at < 8; at++) await happened('order.payment-failed.v1', 'victim@example.com', 0);
  table.clock.advance(3_600_000);
  await app(theClock);
  expect(await sentTo()).toBe(3);
  await happened('order.cancelled.v1', 'victim@example.com', 0);
  expect(await sentTo()).toBe(4);
});

test('mails about paid orders wait for the next hour beyond their limit, and none is lost', async () => {
  for (let at = 0; at < 12; at++) expect(await happened('order.paid.v1', 'buyer@example.com', 3000)).toEqual(allWell);
  expect(await sentTo()).toBe(5);
  for (const expected of [10, 12]) {
    table.clock.advance(3_700_000);
    await app(theClock);
    expect(await sentTo()).toBe(expected);
  }
});

test('an outage of the sender uses up nobody’s mails', async () => {
  const failing = { ...table.sender, send: () => Promise.reject(new Error('socket hang up')) };
  const handle = await notificationApp({
    ...{ config: testConfig, logger: createLogger('notification', 'silent') },
    ...{ ...table, sender: failing },
  });
  const order = newOrder();
  const payment = { ...order.payment, captured: { amount: 0, currency: 'USD' } };
  const batch = msk([[order.id, text('order.payment-failed.v1', { ...order, payment })]]);
  for (let tries = 0; tries < 6; tries++) {
    await handle(batch, 60_000);
    table.clock.advance(21_000);
  }
  await app(batch);
  expect(await sentTo()).toBe(1);
});
