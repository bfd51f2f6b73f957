/**
 * Where a mapping outside AWS remembers how far it is and what it gave up, in the same DynamoDB: on AWS Lambda keeps the one, and a
 * queue the other.
 */
import {
  CreateTableCommand,
  type DynamoDBClient,
  ResourceInUseException,
  ResourceNotFoundException,
} from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { Failure } from './event-source-mapping.ts';
import type { StreamChange } from './stream-event.ts';

/** Name of the table; no service of the platform owns it. */
export const mappingTable = 'function-mappings';

/** How far a function is with a shard. */
export type ShardPosition = {
  /** Of the last change that was handled or given up; absent: none yet. */
  readonly sequence?: string;
  /** Whether the shard is closed and was read to its end. */
  readonly isFinished: boolean;
};

/** A change that was given up, as AWS writes it to the failure destination, and what it was. */
export type GivenUpChange = {
  readonly shardId: string;
  readonly sequence: string;
  readonly attempts: number;
  readonly reason: string;
  readonly at: string;
  /** The record, as JSON. */
  readonly record: string;
};

const positionEntry = (streamArn: string, shardId: string) => `position/${streamArn.split('/').at(-1)}/${shardId}`;

/** The memory of one function's mapping of one table. */
export const openMappingTable = (client: DynamoDBClient, functionName: string, table: string) => {
  const documents = DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } });
  const mapping = `${functionName}/${table}`;
  const entries = async (prefix: string): Promise<Record<string, unknown>[]> => {
    const found: Record<string, unknown>[] = [];
    for (let start: Record<string, unknown> | undefined; ; ) {
      const { Items = [], LastEvaluatedKey } = await documents.send(
        new QueryCommand({
          TableName: mappingTable,
          KeyConditionExpression: 'mapping = :mapping AND begins_with(entry, :prefix)',
          ExpressionAttributeValues: { ':mapping': mapping, ':prefix': prefix },
          ConsistentRead: true,
          ...(start && { ExclusiveStartKey: start }),
        }),
      );
      found.push(...Items);
      start = LastEvaluatedKey;
      if (start === undefined) return found;
    }
  };
  return {
    /** Makes the table where it is missing. */
    create: async (): Promise<void> => {
      try {
        await client.send(
          new CreateTableCommand({
            TableName: mappingTable,
            BillingMode: 'PAY_PER_REQUEST',
            KeySchema: [
              { AttributeName: 'mapping', KeyType: 'HASH' },
              { AttributeName: 'entry', KeyType: 'RANGE' },
            ],
            AttributeDefinitions: ['mapping', 'entry'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
          }),
        );
      } catch (problem) {
        if (!(problem instanceof ResourceInUseException)) throw problem;
      }
    },
    position: async (streamArn: string, shardId: string): Promise<ShardPosition> => {
      const { Item } = await documents.send(
        new GetCommand({
          TableName: mappingTable,
          Key: { mapping, entry: positionEntry(streamArn, shardId) },
          ConsistentRead: true,
        }),
      );
      return (Item as ShardPosition | undefined) ?? { isFinished: false };
    },
    keepPosition: async (streamArn: string, shardId: string, position: ShardPosition): Promise<void> => {
      await documents.send(
        new PutCommand({
          TableName: mappingTable,
          Item: { mapping, entry: positionEntry(streamArn, shardId), ...position },
        }),
      );
    },
    giveUp: async (change: StreamChange, { attempts, error, lastFailedAt }: Failure): Promise<void> => {
      const { shardId, sequenceNumber: sequence, record } = change;
      const given: GivenUpChange = {
        shardId,
        sequence,
        attempts,
        reason: `${error.name}: ${error.message}`,
        at: lastFailedAt.toISOString(),
        record: JSON.stringify(record),
      };
      await documents.send(
        new PutCommand({
          TableName: mappingTable,
          Item: { mapping, entry: `failed/${shardId}/${sequence}`, ...given },
        }),
      );
    },
    /** Changes that were given up, the oldest first; none where nothing was ever read. */
    givenUp: async (): Promise<GivenUpChange[]> => {
      try {
        return (await entries('failed/')) as unknown as GivenUpChange[];
      } catch (problem) {
        if (problem instanceof ResourceNotFoundException) return [];
        throw problem;
      }
    },
  };
};
