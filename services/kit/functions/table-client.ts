import { DynamoDBClient } from '@aws-sdk/client-dynamodb';

/**
 * @param maxAttempts tries of one call; default 10, which takes some ten seconds, because a call that fails costs a function the whole
 * batch another invocation
 */
export const createTableClient = (maxAttempts = 10): DynamoDBClient =>
  new DynamoDBClient({
    requestHandler: { requestTimeout: 3_000, connectionTimeout: 1_000, throwOnRequestTimeout: true },
    maxAttempts,
  });
