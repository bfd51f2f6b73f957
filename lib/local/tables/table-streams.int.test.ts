import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { DynamoDBDocumentClient, paginateScan } from '@aws-sdk/lib-dynamodb';
import { expect, test } from '@jest/globals';
import { findTableStream } from '../../../services/kit/functions/table-stream.ts';
import { startChild } from '../../../services/kit/testing/child-process.ts';
import { eventually } from '../../../services/kit/testing/condition.ts';
import { describeTableStreams } from './table-streams.conformance.ts';
import { startTables } from './tables.ts';
import { streamedTables, streamingService } from './testing/streaming-service.ts';

describeTableStreams(async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'streams-'));
  const { port, close } = await startTables(folder, 0, [streamingService]);
  return {
    endpoint: `http://127.0.0.1:${port}`,
    stop: async () => {
      await close();
      await rm(folder, { recursive: true, force: true });
    },
  };
});

test('a table that is new has its stream from the first moment', async () => {
  const [table = ''] = streamedTables;
  // One alone: while others are made after it, its own making ends.
  const tables = Object.fromEntries(
    Object.entries(streamingService.owns.tables ?? {}).filter(([name]) => name === table),
  );
  for (let round = 0; round < 20; round++) {
    const folder = await mkdtemp(path.join(tmpdir(), 'streams-'));
    const { port, close } = await startTables(folder, 0, [{ ...streamingService, owns: { tables } }]);
    const streams = new DynamoDBStreamsClient({
      endpoint: `http://127.0.0.1:${port}`,
      region: 'us-east-1',
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    });
    try {
      expect(await findTableStream(streams, table)).toBeDefined();
    } finally {
      streams.destroy();
      await close();
      await rm(folder, { recursive: true, force: true });
    }
  }
});

/** Keys of all items of the table, and of all changes that its stream tells, each sorted. */
const readBoth = async (folder: string) => {
  const tables = await startTables(folder, 0, [streamingService]);
  const settings = {
    endpoint: `http://127.0.0.1:${tables.port}`,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  };
  const [client, streams] = [new DynamoDBClient(settings), new DynamoDBStreamsClient(settings)];
  try {
    const items: string[] = [];
    for await (const { Items = [] } of paginateScan(
      { client: DynamoDBDocumentClient.from(client) },
      { TableName: 'entries-0' },
    ))
      items.push(...Items.map(({ orderId, sequence }) => `${orderId}/${sequence}`));
    const stream = await findTableStream(streams, 'entries-0');
    const [shard] = (await stream?.shards()) ?? [];
    const told: string[] = [];
    let iterator = await stream?.iteratorAfter(shard?.shardId ?? '', undefined);
    for (;;) {
      const read = await stream?.read(shard?.shardId ?? '', iterator ?? '', 1000);
      if (!read || read.changes.length === 0) break;
      told.push(
        ...read.changes.map(
          ({ record: { dynamodb } }) => `${dynamodb?.Keys?.['orderId']?.S}/${dynamodb?.Keys?.['sequence']?.S}`,
        ),
      );
      iterator = read.next;
    }
    return { items: items.toSorted(), told: told.toSorted() };
  } finally {
    client.destroy();
    streams.destroy();
    await tables.close();
  }
};

test('a kill -9 of the tables parts no item from its change, however often, and numbers go on behind the last one', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'streams-'));
  try {
    const written = new Set<string>();
    for (let kill = 0; kill < 3; kill++) {
      const child = startChild(new URL('./testing/writing-tables.ts', import.meta.url), [folder]);
      await eventually(() => expect(child.lines.length).toBeGreaterThan(100));
      await child.kill();
      for (const line of child.lines) written.add(line);
      const { items, told } = await readBoth(folder);
      expect(told).toEqual(items);
      expect([...written].filter((key) => !items.includes(key))).toEqual([]);
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
