import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createLogger } from '../kit/telemetry/logger.ts';
import { notificationApp } from './app.ts';
import type { IncomingEvent } from './events/read-records.ts';
import { anEvent, anOrder, type SampleType } from './testing/order-events.ts';
import { startSentTable } from './testing/sent-table.ts';

let table: Awaited<ReturnType<typeof startSentTable>>;
let app: (event: IncomingEvent) => Promise<unknown>;
beforeAll(async () => {
  table = await startSentTable();
  app = await notificationApp({
    config: { own: { MAIL_FROM: 'orders@example.com' }, tables: {} } as never,
    logger: createLogger('notification', 'silent'),
    ...table,
  });
});
afterAll(() => table?.stop());

let orders = 100;
const newOrder = () => anOrder(++orders);
const text = (type: SampleType, order = newOrder()) => JSON.stringify(anEvent(type, order));
const base64 = (value: string) => Buffer.from(value).toString('base64');

/** As AWS documents the event of a Kafka source: records by topic and partition, key and value in base64. */
const msk = (records: [key: string, value: string | undefined][]): IncomingEvent =>
  ({
    eventSource: 'aws:kafka',
    eventSourceArn: 'arn:aws:kafka:us-east-1:111122223333:cluster/events/1',
    bootstrapServers: 'b-1.events:9098',
    records: {
      'order-events-0': records.map(([key, value], offset) => ({
        ...{ topic: 'order-events', partition: 0, offset, timestamp: 1772359200000, timestampType: 'CREATE_TIME' },
        key: base64(key),
        value: value === undefined ? undefined : base64(value),
        headers: [],
      })),
    },
  }) as unknown as IncomingEvent;

const sqs = (bodies: string[]): IncomingEvent =>
  ({
    Records: bodies.map((body, at) => ({
      ...{ messageId: `message-${at}`, receiptHandle: 'handle', body, attributes: {}, messageAttributes: {} },
      ...{ md5OfBody: '', eventSource: 'aws:sqs', awsRegion: 'us-east-1' },
      eventSourceARN: 'arn:aws:sqs:us-east-1:111122223333:orders',
    })),
  }) as unknown as IncomingEvent;

const eventBridge = (detail: unknown) =>
  ({
    ...{ version: '0', id: 'bridge-1', 'detail-type': 'order', source: 'order', account: '111122223333' },
    ...{ time: '2026-03-01T10:00:00Z', region: 'us-east-1', resources: [], detail },
  }) as unknown as IncomingEvent;

const mailsOf = async (orderId: string) =>
  (await table.mailbox())
    .filter((id) => id.startsWith(orderId))
    .map((id) => id.slice(orderId.length + 1))
    .toSorted();
const allWell = { batchItemFailures: [] };

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
  const at = (offset: number) => ({ itemIdentifier: { partition: 'order-events-0', offset } });

  test.each([
    ['is no JSON', '{'],
    ['has no value', undefined],
    ['is malformed', '{"specversion":"1.0","type":"order.paid.v1"}'],
  ])('in MSK because it %s holds back later records of its order, and no others', async (_why, bad) => {
    const [ill, well] = [newOrder(), newOrder()];
    const answer = await app(
      msk([
        [ill.id, text('order.paid.v1', ill)],
        [ill.id, bad],
        [well.id, text('order.paid.v1', well)],
        [ill.id, text('order.shipped.v1', ill)],
      ]),
    );
    expect(answer).toEqual({ batchItemFailures: [at(1), at(3)] });
    expect(await mailsOf(ill.id)).toEqual(['order-confirmed']);
    expect(await mailsOf(well.id)).toEqual(['order-confirmed']);
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
