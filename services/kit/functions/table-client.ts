import { DynamoDBClient } from '@aws-sdk/client-dynamodb';

/** Calls are tried again for some ten seconds, because one that fails costs the whole batch another invocation. */
export const createTableClient = (): DynamoDBClient =>
  new DynamoDBClient({
    requestHandler: { requestTimeout: 3_000, connectionTimeout: 1_000, throwOnRequestTimeout: true },
    maxAttempts: 10,
  });
