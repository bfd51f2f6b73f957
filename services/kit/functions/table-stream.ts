/** Reads the stream of a DynamoDB table outside AWS, where no event source mapping does: shards, iterators, records. */
import {
  DescribeStreamCommand,
  DynamoDBStreamsClient,
  GetRecordsCommand,
  GetShardIteratorCommand,
  ListStreamsCommand,
  type Shard,
} from '@aws-sdk/client-dynamodb-streams';
import type { DynamoDBRecord } from 'aws-lambda';
import type { StreamChange } from './stream-event.ts';

/** Calls are tried again by who reads, who must look again in any case. */
export const createStreamsClient = (): DynamoDBStreamsClient =>
  new DynamoDBStreamsClient({
    requestHandler: { requestTimeout: 5_000, connectionTimeout: 1_000, throwOnRequestTimeout: true },
    maxAttempts: 3,
  });

export type OpenShard = {
  readonly shardId: string;
  /** The shard that must be read to its end first; absent: none. */
  readonly parent: string | undefined;
};

/** What was read of a shard. `next` continues; absent: the shard is closed and was read to its end. */
export type ReadChanges = { readonly changes: readonly StreamChange[]; readonly next: string | undefined };

/** The stream of a table that is there, and its shards. */
export const openTableStream = (client: DynamoDBStreamsClient, streamArn: string) => ({
  streamArn,
  shards: async (): Promise<OpenShard[]> => {
    const shards: Shard[] = [];
    for (let after: string | undefined; ; ) {
      const { StreamDescription } = await client.send(
        new DescribeStreamCommand({ StreamArn: streamArn, ExclusiveStartShardId: after }),
      );
      shards.push(...(StreamDescription?.Shards ?? []));
      after = StreamDescription?.LastEvaluatedShardId;
      if (after === undefined) break;
    }
    return shards.flatMap(({ ShardId, ParentShardId }) =>
      ShardId === undefined ? [] : [{ shardId: ShardId, parent: ParentShardId }],
    );
  },
  /** An iterator after a sequence number; from the oldest change that is kept where there is none, or it is no longer kept. */
  iteratorAfter: async (shardId: string, sequence: string | undefined): Promise<string | undefined> => {
    const place = { StreamArn: streamArn, ShardId: shardId };
    const oldest = new GetShardIteratorCommand({ ...place, ShardIteratorType: 'TRIM_HORIZON' });
    if (sequence === undefined) return (await client.send(oldest)).ShardIterator;
    try {
      const after = new GetShardIteratorCommand({
        ...place,
        ShardIteratorType: 'AFTER_SEQUENCE_NUMBER',
        SequenceNumber: sequence,
      });
      return (await client.send(after)).ShardIterator;
    } catch (problem) {
      if ((problem as Error).name !== 'TrimmedDataAccessException') throw problem;
      return (await client.send(oldest)).ShardIterator;
    }
  },
  /** When a change was made; undefined: it is no longer kept. */
  writtenAt: async (shardId: string, sequence: string): Promise<Date | undefined> => {
    try {
      const { ShardIterator } = await client.send(
        new GetShardIteratorCommand({
          StreamArn: streamArn,
          ShardId: shardId,
          ShardIteratorType: 'AT_SEQUENCE_NUMBER',
          SequenceNumber: sequence,
        }),
      );
      const { Records = [] } = await client.send(new GetRecordsCommand({ ShardIterator, Limit: 1 }));
      return Records[0]?.dynamodb?.ApproximateCreationDateTime;
    } catch (problem) {
      if ((problem as Error).name !== 'TrimmedDataAccessException') throw problem;
      return undefined;
    }
  },
  read: async (shardId: string, iterator: string, limit: number): Promise<ReadChanges> => {
    const { Records = [], NextShardIterator } = await client.send(
      new GetRecordsCommand({ ShardIterator: iterator, Limit: limit }),
    );
    return {
      next: NextShardIterator,
      changes: Records.map((record) => {
        const writtenAt = record.dynamodb?.ApproximateCreationDateTime ?? new Date(0);
        return {
          streamArn,
          shardId,
          sequenceNumber: record.dynamodb?.SequenceNumber ?? '',
          writtenAt,
          // Lambda hands times over as seconds.
          record: {
            ...record,
            dynamodb: { ...record.dynamodb, ApproximateCreationDateTime: writtenAt.getTime() / 1000 },
          } as DynamoDBRecord,
        };
      }),
    };
  },
});

export type TableStream = ReturnType<typeof openTableStream>;

/** The newest stream of a table; undefined: the table has none, or is not there yet. */
export const findTableStream = async (
  client: DynamoDBStreamsClient,
  table: string,
): Promise<TableStream | undefined> => {
  const { Streams = [] } = await client.send(new ListStreamsCommand({ TableName: table }));
  const newest = Streams.toSorted((a, b) => ((a.StreamLabel ?? '') < (b.StreamLabel ?? '') ? 1 : -1)).at(0);
  return newest?.StreamArn === undefined ? undefined : openTableStream(client, newest.StreamArn);
};
