import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { anEvent } from '../contracts/testing/order-events.ts';
import type { IncomingEvent } from '../kit/functions/read-records.ts';
import { createLogger } from '../kit/telemetry/logger.ts';
import { allWell, eventBridge, msk, sqs, theClock } from '../kit/testing/incoming-events.ts';
import { notificationApp } from './app.ts';
import { newOrder, text } from './testing/incoming.ts';
import { type MailTables, startMailTables, testConfig } from './testing/mail-tables.ts';

let table: MailTables;
let app: (event: IncomingEvent) => Promise<unknown>;
beforeAll(async () => {
  table = await startMailTables();
  const handle = await notificationApp({
    config: testConfig,
    logger: createLogger('notification', 'silent'),
    ...table,
  });
  app = (event) => handle(event, 60_000);
});
afterAll(() => table?.stop());

const mailsOf = async (orderId: string) =>
  (await table.mailbox())
    .filter((id) => id.startsWith(orderId))
    .map((id) => id.slice(orderId.length + 1))
    .toSorted();

describe('a batch', () => {
  test('from MSK mails what its events say, and nothing for events that are nobody’s mail', async () => {
    const order = newOrder();
    const records = (['order.placed.v1', 'order.paid.v1', 'order.shipped.v1', 'order.delivered.v1'] as const).map(
      (type): [string, string] => [order.id, text(type, order)],
    );
    expect(await app(msk(records))).toEqual(allWell);
    expect(await app(msk(records))).toEqual(allWell);
    expect(await mailsOf(order.id)).toEqual(['order-confirmed', 'order-delivered', 'order-shipped']);
  });

  test('from SQS is read with and without EventBridge around it', async () => {
    const [bare, wrapped] = [newOrder(), newOrder()];
    const envelope = JSON.stringify(eventBridge(anEvent('order.paid.v1', wrapped)));
    expect(await app(sqs([text('order.paid.v1', bare), envelope]))).toEqual(allWell);
    expect([await mailsOf(bare.id), await mailsOf(wrapped.id)]).toEqual([['order-confirmed'], ['order-confirmed']]);
  });

  test('from EventBridge is one event, whose failure is that of the call', async () => {
    const order = newOrder();
    expect(await app(eventBridge(anEvent('order.cancelled.v1', order)))).toEqual(allWell);
    expect(await mailsOf(order.id)).toEqual(['order-cancelled']);
    await expect(app(eventBridge({ ...anEvent('order.paid.v1', newOrder()), sequence: 0 }))).rejects.toThrow();
  });
});

describe('a record that fails', () => {
  test.each([
    ['is no JSON', '{'],
    ['has no value', undefined],
    ['is malformed', '{"specversion":"1.0","type":"order.paid.v1"}'],
  ])('in MSK because it %s is put aside, looked at again, and holds up nobody', async (_why, bad) => {
    const [ill, well] = [newOrder(), newOrder()];
    const answer = await app(
      msk([
        [ill.id, text('order.paid.v1', ill)],
        [ill.id, bad],
        [well.id, text('order.paid.v1', well)],
        [ill.id, text('order.shipped.v1', ill)],
      ]),
    );
    expect(answer).toEqual(allWell);
    expect(await mailsOf(ill.id)).toEqual(['order-confirmed', 'order-shipped']);
    expect(await mailsOf(well.id)).toEqual(['order-confirmed']);
    table.clock.advance(60_000);
    expect(await app(theClock)).toEqual(allWell);
    table.clock.advance(60_000);
    expect(await table.postponedMails.due(table.clock.now(), 9)).toMatchObject([
      { id: 'order-events-0/1', event: bad ?? '', tries: 2 },
    ]);
    table.clock.advance(4 * 86_400_000);
    expect(await app(theClock)).toEqual(allWell);
    expect(await table.postponedMails.due(table.clock.now(), 9)).toEqual([]);
  });

  test('in SQS comes back alone', async () => {
    const order = newOrder();
    expect(await app(sqs(['not JSON', text('order.paid.v1', order)]))).toEqual({
      batchItemFailures: [{ itemIdentifier: 'message-0' }],
    });
    expect(await mailsOf(order.id)).toEqual(['order-confirmed']);
  });

  test('is not an event of a type that came after this version', async () => {
    const order = newOrder();
    const newer = JSON.stringify({ ...anEvent('order.paid.v1', order), type: 'order.gift-wrapped.v1' });
    expect(
      await app(
        msk([
          [order.id, newer],
          [order.id, text('order.paid.v1', order)],
        ]),
      ),
    ).toEqual(allWell);
    expect(await mailsOf(order.id)).toEqual(['order-confirmed']);
  });
});
