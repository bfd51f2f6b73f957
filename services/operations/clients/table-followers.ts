/** How far a function is that follows a table outside AWS: from the memory of its mapping, and the stream behind that. */
import { openMappingTable, type ShardPosition } from '../../kit/functions/mapping-table.ts';
import { createTableClient } from '../../kit/functions/table-client.ts';
import { createStreamsClient, findTableStream, type TableStream } from '../../kit/functions/table-stream.ts';
import type { Reader } from '../pipelines/look-at-pipelines.ts';

/** Changes of one shard that are counted; who is further behind is behind enough. */
const mostCounted = 1_000;
/** A person waits for the answer. */
const tries = 2;

const unknown = (note: string): Reader => ({
  isEnabled: null,
  lag: null,
  oldestUnreadAt: null,
  lastEventAt: null,
  deadLetters: null,
  note,
});

/** Changes of a shard behind a place, when the first of them was made, and when the newest that is known. */
const unreadOf = async (stream: TableStream, shardId: string, { sequence, isFinished }: ShardPosition) => {
  const handledAt = sequence === undefined ? undefined : await stream.writtenAt(shardId, sequence);
  const iterator = isFinished ? undefined : await stream.iteratorAfter(shardId, sequence);
  if (iterator === undefined) return { count: 0, oldest: undefined, newest: handledAt };
  const { changes } = await stream.read(shardId, iterator, mostCounted);
  return { count: changes.length, oldest: changes[0]?.writtenAt, newest: changes.at(-1)?.writtenAt ?? handledAt };
};

const inOrder = (times: readonly (Date | undefined)[]): Date[] =>
  times.flatMap((time) => time ?? []).toSorted((a, b) => a.getTime() - b.getTime());

export type TableFollowers = {
  look(name: string, table: string): Promise<Reader>;
  close(): void;
};

/** Asks the DynamoDB that the environment names. On AWS Lambda itself keeps the place of a mapping: lib/pipelines asks it. */
export const createTableFollowers = (): TableFollowers => {
  const isEmbedded = process.env['AWS_ENDPOINT_URL_DYNAMODB_STREAMS'] !== undefined;
  const tables = createTableClient(tries);
  const streams = createStreamsClient();
  return {
    look: async (name, table) => {
      if (!isEmbedded) return unknown('Lambda knows, and tells "npx cloudmart pipelines --environment" of it');
      const stream = await findTableStream(streams, table);
      if (!stream) return unknown('the table has no stream yet');
      const memory = openMappingTable(tables, name, table);
      const [failed, shards] = await Promise.all([memory.givenUp(), stream.shards()]);
      const unread = await Promise.all(
        shards.map(async ({ shardId }) => unreadOf(stream, shardId, await memory.position(stream.streamArn, shardId))),
      );
      return {
        // The memory does not say whether somebody reads; what waits for too long does.
        isEnabled: true,
        lag: unread.reduce((sum, { count }) => sum + count, 0),
        oldestUnreadAt: inOrder(unread.map(({ oldest }) => oldest)).at(0) ?? null,
        lastEventAt: inOrder(unread.map(({ newest }) => newest)).at(-1) ?? null,
        deadLetters: failed.length,
        note: null,
      };
    },
    close: () => {
      tables.destroy();
      streams.destroy();
    },
  };
};
