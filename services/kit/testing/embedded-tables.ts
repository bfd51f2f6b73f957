import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import dynalite from 'dynalite';
import type { ServiceManifest } from '../manifest.ts';
import { hangUp, listen } from './loopback.ts';

/** The tables that a manifest declares, empty, on an embedded DynamoDB of their own. */
export const startTables = async ({ owns }: Pick<ServiceManifest, 'owns'>) => {
  const server = dynalite({ createTableMs: 0 });
  const endpoint = `http://127.0.0.1:${await listen(server)}`;
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const client = new DynamoDBClient({ endpoint, region: 'us-east-1', credentials, maxAttempts: 1 });
  for (const [TableName, { partitionKey, sortKey }] of Object.entries(owns.tables ?? {})) {
    const names = [partitionKey, ...(sortKey ? [sortKey] : [])];
    await client.send(
      new CreateTableCommand({
        TableName,
        BillingMode: 'PAY_PER_REQUEST',
        KeySchema: names.map((AttributeName, at) => ({ AttributeName, KeyType: at === 0 ? 'HASH' : 'RANGE' })),
        AttributeDefinitions: names.map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
      }),
    );
  }
  return {
    endpoint,
    client,
    stop: async () => {
      client.destroy();
      await hangUp(server);
    },
  };
};

export type TablesUnderTest = Awaited<ReturnType<typeof startTables>>;
