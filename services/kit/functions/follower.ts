/** Feeds a Lambda handler with the changes of a table outside AWS, as the event source mapping of lib/constructs/events does there. */
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { changeTries } from '../manifest.ts';
import type { Logger } from '../telemetry/logger.ts';
import { createEventSourceMapping, defaultMappingSettings, type MappingSettings } from './event-source-mapping.ts';
import { type InvokeParts, invokeHandler } from './invoke-handler.ts';
import { openMappingTable } from './mapping-table.ts';
import { type StreamChange, streamSource } from './stream-event.ts';
import { findTableStream, type TableStream } from './table-stream.ts';

/** As the mapping on AWS has them, but for the age: a machine that was off for a day goes on with what it had not done. */
export const followerSettings: MappingSettings = {
  ...defaultMappingSettings,
  batchSize: changeTries.batchSize,
  retryAttempts: changeTries.retries,
  oldestMs: Number.POSITIVE_INFINITY,
  timeoutMs: 60_000,
};

/** Lambda looks at a shard four times a second (AWS Lambda Developer Guide, "Using AWS Lambda with Amazon DynamoDB"). */
const POLL_MS = 250;
const SHARDS_MS = 10_000;

export type FollowerParts = Omit<InvokeParts, 'timeoutMs'> & {
  /** Table whose changes the function gets. */
  readonly table: string;
  readonly tables: DynamoDBClient;
  readonly streams: DynamoDBStreamsClient;
  readonly logger: Logger;
  readonly random: () => number;
  /** Default {@link followerSettings}. */
  readonly settings?: MappingSettings;
  /** Milliseconds between two looks; default 250. */
  readonly pollMs?: number;
};

export type RunningFollower = {
  /** Waits for the batch in hand; no other begins. */
  close(): Promise<void>;
};

type Reading = { iterator: string | undefined };

/** Follows the table until it is closed, from where it was before. Whatever fails is tried again; nothing is passed over. */
export const startFollower = (parts: FollowerParts): RunningFollower => {
  const {
    name,
    table,
    tables,
    streams,
    logger,
    pause,
    random,
    now,
    settings = followerSettings,
    pollMs = POLL_MS,
  } = parts;
  const memory = openMappingTable(tables, name, table);
  const closing = new AbortController();
  const { signal } = closing;
  const readings = new Map<string, Reading>();

  const run = createEventSourceMapping({
    ...{ source: streamSource, settings, random, now },
    pause: (milliseconds) => pause(milliseconds, signal),
    invoke: async (event, timeoutMs) => {
      signal.throwIfAborted();
      return invokeHandler({ ...parts, timeoutMs }, event);
    },
    onFailure: async (change, failure) => {
      const { shardId, sequenceNumber: sequence } = change;
      const { attempts, error } = failure;
      logger.error({ table, shardId, sequence, attempts, error }, 'a change was given up');
      await memory.giveUp(change, failure);
    },
  });

  /** Hands over what a shard has, and tells whether it may have more already. */
  const readShard = async (stream: TableStream, shardId: string): Promise<boolean> => {
    const { streamArn } = stream;
    let reading = readings.get(shardId);
    if (reading === undefined) {
      const { sequence } = await memory.position(streamArn, shardId);
      reading = { iterator: await stream.iteratorAfter(shardId, sequence) };
      readings.set(shardId, reading);
    }
    if (reading.iterator === undefined) return false;
    try {
      const { changes, next } = await stream.read(shardId, reading.iterator, settings.batchSize);
      await run(changes as readonly StreamChange[]);
      const last = changes.at(-1)?.sequenceNumber;
      if (last !== undefined) await memory.keepPosition(streamArn, shardId, { sequence: last, isFinished: false });
      if (next === undefined) await memory.keepPosition(streamArn, shardId, { isFinished: true });
      reading.iterator = next;
      return changes.length >= settings.batchSize;
    } catch (problem) {
      // The next look begins where the memory says: an iterator may be too old, and a batch is handed over as a whole.
      readings.delete(shardId);
      throw problem;
    }
  };

  /** Shards that are not finished, and whose parent is. */
  const readableShards = async (stream: TableStream): Promise<string[]> => {
    const shards = await stream.shards();
    const unfinished = new Set<string>();
    for (const { shardId } of shards)
      if (!(await memory.position(stream.streamArn, shardId)).isFinished) unfinished.add(shardId);
    return shards
      .filter(({ shardId, parent }) => unfinished.has(shardId) && !unfinished.has(parent ?? ''))
      .map(({ shardId }) => shardId);
  };

  const follow = async (): Promise<void> => {
    await memory.create();
    let stream: TableStream | undefined;
    let shards: string[] = [];
    let lookAgainAt = 0;
    while (!signal.aborted) {
      stream ??= await findTableStream(streams, table);
      let hasMore = false;
      if (
        stream &&
        (now().getTime() >= lookAgainAt || shards.some((shardId) => readings.get(shardId)?.iterator === undefined))
      ) {
        shards = await readableShards(stream);
        lookAgainAt = now().getTime() + SHARDS_MS;
      }
      for (const shardId of stream ? shards : [])
        hasMore = (await readShard(stream as TableStream, shardId)) || hasMore;
      if (!hasMore) await pause(pollMs, signal);
    }
  };

  const running = (async () => {
    while (!signal.aborted)
      await follow().catch(async (problem: unknown) => {
        if (signal.aborted) return;
        logger.error({ err: problem, table }, 'the changes of a table could not be followed; trying again');
        await pause(pollMs * 4, signal).catch(() => undefined);
      });
  })();
  return {
    close: async () => {
      closing.abort();
      await running;
    },
  };
};
