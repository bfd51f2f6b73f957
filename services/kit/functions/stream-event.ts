import type { DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import type { RecordSource } from './event-source-mapping.ts';

/** One change of a table with a stream, and from which stream and shard it is. */
export type StreamChange = {
  readonly streamArn: string;
  readonly shardId: string;
  readonly sequenceNumber: string;
  readonly writtenAt: Date;
  readonly record: DynamoDBRecord;
};

/**
 * Changes of a table with a stream, named in an answer by their sequence numbers (AWS Lambda Developer Guide, "Configuring partial
 * batch response with DynamoDB and Lambda").
 */
export const streamSource: RecordSource<StreamChange, DynamoDBStreamEvent> = {
  toEvent: (changes) => ({
    Records: changes.map(({ streamArn, record }) => ({ ...record, eventSourceARN: streamArn })),
  }),
  isNamedBy: ({ sequenceNumber }, itemIdentifier) => sequenceNumber === itemIdentifier,
  placeOf: ({ shardId, sequenceNumber }) => `${shardId} sequence number ${sequenceNumber}`,
  writtenAt: ({ writtenAt }) => writtenAt,
};
