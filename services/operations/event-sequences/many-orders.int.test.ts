import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startTables, type TablesUnderTest } from '../../kit/testing/embedded-tables.ts';
import { type TestDatabase, testDatabase } from '../../kit/testing/postgres.ts';
import { anOrder, entriesOf, insertOrders, putEntries } from '../testing/order-books.ts';
import { aService, startOperations } from '../testing/running-operations.ts';

const topic = 'order-events';
/** Nightly it is ten thousand. */
const orderCount = Number(process.env['CLEAN_ORDERS'] ?? 300);
/** Longer than any topic, outbox or inbox keeps what happened. */
const longAgoHours = 40 * 24;

/** Half of the shop is forty days old, and half of today. */
const clean = Array.from({ length: orderCount }, (_, at) => anOrder((at % 4) + 1, at % 2 === 0 ? longAgoHours : 2));
const lost = anOrder(4, longAgoHours);

let orders: TestDatabase;
let tables: TablesUnderTest;
let client: DynamoDBClient;
let operations: Awaited<ReturnType<typeof startOperations>>;
beforeAll(async () => {
  orders = await testDatabase(new URL('../../order/storage/migrations/', import.meta.url));
  tables = await startTables({ owns: { tables: { [topic]: { partitionKey: 'orderId', sortKey: 'sequence' } } } });
  // An embedded table that is busy for seconds hangs up on connections that wait.
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  client = new DynamoDBClient({ endpoint: tables.endpoint, region: 'us-east-1', credentials, maxAttempts: 5 });
  operations = await startOperations([aService({ name: 'order', publishes: [topic] })], {
    ordersUrl: orders.url,
    tableClient: client,
  });
  await insertOrders(orders.database, [...clean, lost]);
  const entries = clean.flatMap(({ events }) => entriesOf(events));
  await putEntries(client, [...entries, ...entriesOf(lost.events).filter(({ sequence }) => !/0*2$/.test(sequence))]);
});
afterAll(async () => {
  await operations?.stop();
  client?.destroy();
  await Promise.all([orders?.drop(), tables?.stop()]);
});

test('of many orders whose events are whole none is reported, however old; one of forty days ago that lost an event is', async () => {
  const reported: string[] = [];
  let compared = 0;
  for (let after: string | null | undefined; after !== null; ) {
    const body = { days: 41, limit: 50, ...(after !== undefined && { after }) };
    const { status, body: answer } = await operations.post('/operations/event-sequences/check', body);
    expect([status, answer]).toEqual([200, expect.anything()]);
    compared += answer.checked.orders;
    reported.push(
      ...answer.findings.map(
        ({ orderId, sequence, fault }: Record<string, unknown>) => `${orderId} ${sequence} ${fault}`,
      ),
    );
    after = answer.next;
  }
  expect(compared).toBe(orderCount + 1);
  expect(reported).toEqual([`${lost.id} 2 missing`]);
});
