import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import { expect, test } from '@jest/globals';
import { tableEnvironment } from '../../lib/local/tables/declared-tables.ts';
import { startTables } from '../../lib/local/tables/tables.ts';
import { startChild } from '../kit/testing/child-process.ts';
import { eventually } from '../kit/testing/condition.ts';
import { hangUp, listen } from '../kit/testing/loopback.ts';
import { testManifest } from '../kit/testing/manifest.ts';
import { openDuckDbWarehouse } from '../kit/warehouse/duckdb-warehouse.ts';
import { createWarehouseDoor } from '../kit/warehouse/warehouse-door.ts';
import { entriesOf } from './testing/changes.ts';

/** Its table, with the stream that the export follows. */
const ledger = testManifest({
  name: 'ledger',
  kind: 'lambda',
  ports: {},
  owns: { tables: { 'order-events': { partitionKey: 'orderId', sortKey: 'sequence', stream: true } } },
});

const KILLS = 10;
const ORDERS_A_ROUND = 12;

test('killed with -9 ten times, each time with rows under way, the export leaves every row once and none out', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'export-'));
  const tables = await startTables(path.join(folder, 'tables'), 0, [ledger]);
  const warehouse = await openDuckDbWarehouse(path.join(folder, 'orders.duckdb'));
  const door = createWarehouseDoor(warehouse);
  const variables = path.join(folder, 'variables.env');
  const environment: Record<string, string> = {
    ...tableEnvironment(`http://127.0.0.1:${tables.port}`),
    WAREHOUSE_URL: `http://127.0.0.1:${await listen(door)}`,
    SERVICE_NAME: 'warehouse-export',
    LOG_LEVEL: 'silent',
  };
  await writeFile(
    variables,
    Object.entries(environment)
      .map(([name, value]) => `${name}=${value}`)
      .join('\n'),
  );
  const client = new DynamoDBClient({
    endpoint: environment['AWS_ENDPOINT_URL_DYNAMODB'],
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  const documents = DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } });
  const startExport = () =>
    startChild(
      new URL('../kit/functions/main.ts', import.meta.url),
      [
        '--function',
        'warehouse-export',
        '--handler',
        fileURLToPath(new URL('./handler.ts', import.meta.url)),
        '--stream',
        'order-events',
      ],
      [`--env-file=${variables}`],
    );
  const loaded = async () => {
    const rows = await warehouse.query('SELECT event_id FROM order_events').catch(() => []);
    return rows.map((row) => String(row['event_id'])).toSorted();
  };
  try {
    const written: string[] = [];
    for (let kill = 0; kill <= KILLS; kill++) {
      const child = startExport();
      const before = (await loaded()).length;
      for (let order = 0; order < ORDERS_A_ROUND; order++)
        for (const entry of entriesOf(1 + kill * ORDERS_A_ROUND + order)) {
          await documents.send(new PutCommand({ TableName: 'order-events', Item: entry }));
          written.push(entry.eventId);
        }
      if (kill < KILLS) await eventually(async () => expect((await loaded()).length).toBeGreaterThan(before));
      else await eventually(async () => expect(await loaded()).toEqual(written.toSorted()));
      await child.kill();
    }
    expect(await loaded()).toEqual(written.toSorted());
    expect(await warehouse.query('SELECT * FROM gaps')).toEqual([]);
    expect(await warehouse.query('SELECT * FROM set_aside')).toEqual([]);
  } finally {
    client.destroy();
    await hangUp(door);
    await warehouse.close();
    await tables.close();
    await rm(folder, { recursive: true, force: true });
  }
});
