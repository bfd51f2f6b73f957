import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createLogger } from '../kit/telemetry/logger.ts';
import { startChild } from '../kit/testing/child-process.ts';
import { eventually } from '../kit/testing/condition.ts';
import { allWell, msk, theClock } from '../kit/testing/incoming-events.ts';
import { notificationApp } from './app.ts';
import { newOrder, text } from './testing/incoming.ts';
import { type MailTables, startMailTables, testConfig } from './testing/mail-tables.ts';

let table: MailTables;
beforeAll(async () => {
  // The killed process keeps the time of this machine.
  table = await startMailTables(new Date());
});
afterAll(() => table.stop());

describe('a function that is killed with -9', () => {
  test.each([
    'before the claim',
    'after the claim',
    'before the mail',
    'after the mail',
    'before the note',
    'after the note',
    'before the telling',
    'after the telling',
  ])('%s mails exactly once all the same, and tells of it under one id', async (point) => {
    const order = newOrder();
    const event = text('order.paid.v1', order);
    const file = new URL('./testing/mailing-process.ts', import.meta.url);
    const child = startChild(file, [table.endpoint, table.folder, point, event]);
    await eventually(() => expect(child.lines).toEqual(['stopped']));
    await child.kill();

    const handle = await notificationApp({
      config: testConfig,
      logger: createLogger('notification', 'silent'),
      ...table,
    });
    // The record was never acknowledged, so it comes again at once; a claim that was left behind runs out later.
    expect(await handle(msk([['key', event]]), 60_000)).toEqual(allWell);
    table.clock.advance(21_000);
    expect(await handle(theClock, 60_000)).toEqual(allWell);
    const mails = (await table.mailbox()).filter((id) => id.startsWith(order.id));
    expect(mails).toEqual([`${order.id}:order-confirmed`]);
    expect((await table.told()).filter(({ orderId }) => orderId === order.id)).toMatchObject([{ id: mails[0] }]);
    table.clock.advance(86_400_000);
    expect(await table.postponedMails.due(table.clock.now(), 9)).toEqual([]);
  });
});
