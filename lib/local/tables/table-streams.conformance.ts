/** What a stream of a table must be and how its changes reach a function: the same for the embedded tables and DynamoDB Local. */
import { setTimeout as wait } from 'node:timers/promises';
import {
  BatchWriteItemCommand,
  DeleteItemCommand,
  DynamoDBClient,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { DynamoDBStreamEvent } from 'aws-lambda';
import {
  type FollowerParts,
  followerSettings,
  type RunningFollower,
  startFollower,
} from '../../../services/kit/functions/follower.ts';
import { openMappingTable } from '../../../services/kit/functions/mapping-table.ts';
import { findTableStream } from '../../../services/kit/functions/table-stream.ts';
import { createLogger } from '../../../services/kit/telemetry/logger.ts';
import { eventually } from '../../../services/kit/testing/condition.ts';
import { streamedTables as tables } from './testing/streaming-service.ts';

type Change = { readonly key: string; readonly name: string; readonly sequence: string; readonly text: string };

const changesOf = ({ Records }: DynamoDBStreamEvent): Change[] =>
  Records.map(({ eventName = '', dynamodb }) => ({
    key: `${dynamodb?.Keys?.['orderId']?.S}/${dynamodb?.Keys?.['sequence']?.S}`,
    name: eventName,
    sequence: dynamodb?.SequenceNumber ?? '',
    text: dynamodb?.NewImage?.['text']?.S ?? '',
  }));

/** @param start starts tables of {@link streamingService} at an endpoint */
export const describeTableStreams = (
  start: () => Promise<{ readonly endpoint: string; stop(): Promise<void> }>,
): void => {
  let endpoint = '';
  let stop: () => Promise<void> = async () => undefined;
  let client: DynamoDBClient;
  let streams: DynamoDBStreamsClient;
  const followers: RunningFollower[] = [];
  const free = [...tables];
  const takeTable = () => free.shift() as string;

  beforeAll(async () => {
    ({ endpoint, stop } = await start());
    const settings = { endpoint, region: 'us-east-1', credentials: { accessKeyId: 'local', secretAccessKey: 'local' } };
    client = new DynamoDBClient(settings);
    streams = new DynamoDBStreamsClient(settings);
  });
  afterEach(async () => {
    await Promise.all(followers.splice(0).map((follower) => follower.close()));
  });
  afterAll(async () => {
    client?.destroy();
    streams?.destroy();
    await stop();
  });

  const item = (orderId: string, sequence: number, text: string) => ({
    orderId: { S: orderId },
    sequence: { S: String(sequence) },
    text: { S: text },
  });
  const put = (table: string, orderId: string, sequence: number, text = 'first') =>
    client.send(new PutItemCommand({ TableName: table, Item: item(orderId, sequence, text) }));

  const follow = (
    table: string,
    handler: (event: DynamoDBStreamEvent) => unknown,
    parts: Partial<FollowerParts> = {},
  ) => {
    const follower = startFollower({
      ...{ name: 'export', table, handler, tables: client, streams, logger: createLogger('test', 'silent') },
      pause: (milliseconds, signal) => wait(Math.min(milliseconds, 20), undefined, { signal }),
      now: () => new Date(),
      requestId: () => 'request-1',
      random: Math.random,
      ...parts,
    });
    followers.push(follower);
    return follower;
  };
  /** Follows a table and keeps what it is handed. */
  const collect = (table: string) => {
    const seen: Change[] = [];
    const follower = follow(table, (event) => void seen.push(...changesOf(event)));
    return { seen, follower };
  };
  const memory = (table: string) => openMappingTable(client, 'export', table);

  describe('a stream of a table', () => {
    test('tells every change of an item, in order, with both images; a write that changes nothing is none', async () => {
      const table = takeTable();
      const Key = { orderId: { S: 'ord_1' }, sequence: { S: '1' } };
      await put(table, 'ord_1', 1);
      await put(table, 'ord_1', 1);
      await client.send(
        new UpdateItemCommand({
          ...{ TableName: table, Key, UpdateExpression: 'SET chain = :c' },
          ExpressionAttributeValues: { ':c': { S: 'abc' } },
        }),
      );
      await client.send(new DeleteItemCommand({ TableName: table, Key }));
      await client.send(new DeleteItemCommand({ TableName: table, Key }));
      const events: DynamoDBStreamEvent[] = [];
      follow(table, (event) => void events.push(event));
      const records = await eventually(() => {
        const all = events.flatMap(({ Records }) => Records);
        expect(all.map(({ eventName }) => eventName)).toEqual(['INSERT', 'MODIFY', 'REMOVE']);
        return all;
      });
      const [inserted, modified, removed] = records.map(({ dynamodb }) => dynamodb);
      const first = item('ord_1', 1, 'first');
      const chained = { ...first, chain: { S: 'abc' } };
      expect(inserted).toMatchObject({ Keys: Key, NewImage: first, StreamViewType: 'NEW_AND_OLD_IMAGES' });
      expect(inserted).not.toHaveProperty('OldImage');
      expect(modified).toMatchObject({ Keys: Key, OldImage: first, NewImage: chained });
      expect(removed).toMatchObject({ Keys: Key, OldImage: chained });
      expect(removed).not.toHaveProperty('NewImage');
      expect(new Set(records.map(({ eventID }) => eventID)).size).toBe(3);
      expect(
        records.every(
          ({ eventSource, eventSourceARN }) => eventSource === 'aws:dynamodb' && eventSourceARN?.includes(table),
        ),
      ).toBe(true);
    });

    test('holds what writers at the same time and batches wrote, each key in its order', async () => {
      const table = takeTable();
      const { seen } = collect(table);
      const orders = Array.from({ length: 8 }, (_, index) => `ord_${index}`);
      await Promise.all(
        orders.map(async (orderId) => {
          for (let version = 0; version < 20; version++) await put(table, orderId, 1, String(version));
        }),
      );
      await client.send(
        new BatchWriteItemCommand({
          RequestItems: {
            [table]: Array.from({ length: 25 }, (_, index) => ({ PutRequest: { Item: item('batch', index, 'x') } })),
          },
        }),
      );
      await eventually(() => expect(seen).toHaveLength(8 * 20 + 25));
      for (const orderId of orders)
        expect(seen.filter(({ key }) => key === `${orderId}/1`).map(({ text }) => text)).toEqual(
          Array.from({ length: 20 }, (_, version) => String(version)),
        );
    });

    test('begins again after a sequence number, and from the oldest change without one', async () => {
      const table = takeTable();
      for (let sequence = 1; sequence <= 3; sequence++) await put(table, 'ord_1', sequence);
      const stream = await findTableStream(streams, table);
      const [shard] = (await stream?.shards()) ?? [];
      const shardId = shard?.shardId ?? '';
      const read = async (after?: string) => {
        const iterator = await stream?.iteratorAfter(shardId, after);
        const { changes = [], next } = (await stream?.read(shardId, iterator ?? '', 100)) ?? {};
        expect(next).toEqual(expect.any(String));
        return changes.map(({ sequenceNumber }) => sequenceNumber);
      };
      const all = await read();
      expect(all).toHaveLength(3);
      expect(all.toSorted()).toEqual(all);
      expect(await read(all[0])).toEqual(all.slice(1));
      expect(await read(all[2])).toEqual([]);
    });
  });

  describe('a function that follows a table', () => {
    test('goes on where it was, as another process, and gets nothing twice once that was kept', async () => {
      const table = takeTable();
      const before = collect(table);
      await put(table, 'ord_1', 1);
      await eventually(() => expect(before.seen).toHaveLength(1));
      await before.follower.close();
      await put(table, 'ord_1', 2);
      const after = collect(table);
      await eventually(() => expect(after.seen.map(({ key }) => key)).toEqual(['ord_1/2']));
    });

    test('gets again what it reported and all behind it, and nothing before it', async () => {
      const table = takeTable();
      const calls: string[][] = [];
      for (let sequence = 1; sequence <= 4; sequence++) await put(table, 'ord_1', sequence);
      follow(table, (event) => {
        const changes = changesOf(event);
        calls.push(changes.map(({ key }) => key));
        const third = changes.find(({ key }) => key === 'ord_1/3');
        return calls.length === 1 && third ? { batchItemFailures: [{ itemIdentifier: third.sequence }] } : undefined;
      });
      await eventually(() =>
        expect(calls).toEqual([
          ['ord_1/1', 'ord_1/2', 'ord_1/3', 'ord_1/4'],
          ['ord_1/3', 'ord_1/4'],
        ]),
      );
    });

    test('gives up the one change that it never can handle, with its place and cause, and gets all others', async () => {
      const table = takeTable();
      const handled: string[] = [];
      for (let sequence = 1; sequence <= 6; sequence++) await put(table, 'ord_1', sequence);
      follow(
        table,
        (event) => {
          const keys = changesOf(event).map(({ key }) => key);
          if (keys.includes('ord_1/4')) throw new TypeError('cannot read it');
          handled.push(...keys);
        },
        { settings: { ...followerSettings, retryAttempts: 2 } },
      );
      await eventually(() => expect(handled).toEqual([1, 2, 3, 5, 6].map((sequence) => `ord_1/${sequence}`)));
      const [given, ...more] = await eventually(async () => {
        const found = await memory(table).givenUp();
        expect(found).toHaveLength(1);
        return found;
      });
      expect(more).toEqual([]);
      expect(given).toMatchObject({ attempts: 3, reason: 'TypeError: cannot read it' });
      expect(given?.shardId).toMatch(/^shardId-/);
      expect(JSON.parse(given?.record ?? '{}').dynamodb.SequenceNumber).toBe(given?.sequence);
    });

    test('loses nothing while what it needs is away for longer than one batch takes', async () => {
      const table = takeTable();
      let isAway = true;
      let failed = 0;
      const handled: string[] = [];
      for (let sequence = 1; sequence <= 3; sequence++) await put(table, 'ord_1', sequence);
      follow(
        table,
        (event) => {
          if (isAway) {
            failed += 1;
            return {
              batchItemFailures: event.Records.map(({ dynamodb }) => ({ itemIdentifier: dynamodb?.SequenceNumber })),
            };
          }
          handled.push(...changesOf(event).map(({ key }) => key));
          return undefined;
        },
        { settings: { ...followerSettings, retryAttempts: 1_000 } },
      );
      await eventually(() => expect(failed).toBeGreaterThan(2));
      await put(table, 'ord_1', 4);
      isAway = false;
      await eventually(() => expect(handled).toEqual(['ord_1/1', 'ord_1/2', 'ord_1/3', 'ord_1/4']));
      expect(await memory(table).givenUp()).toEqual([]);
    });
  });
};
