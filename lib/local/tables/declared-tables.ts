/** The tables that manifests declare, made in a DynamoDB outside AWS. */
import { CreateTableCommand, DynamoDBClient, ListTablesCommand, UpdateTableCommand } from '@aws-sdk/client-dynamodb';
import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { findTableStream } from '../../../services/kit/functions/table-stream.ts';
import type { ServiceManifest, TableDeclaration } from '../../../services/kit/manifest.ts';

/** What the AWS SDK of a service needs to find tables outside AWS, at `http://host:port`; any key pair is accepted there. */
export const tableEnvironment = (endpoint: string): Record<string, string> => ({
  AWS_ENDPOINT_URL_DYNAMODB: endpoint,
  AWS_ENDPOINT_URL_DYNAMODB_STREAMS: endpoint,
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'local',
  AWS_SECRET_ACCESS_KEY: 'local',
});

const keysOf = ({ partitionKey, sortKey }: TableDeclaration) => [
  { AttributeName: partitionKey, KeyType: 'HASH' as const },
  ...(sortKey ? [{ AttributeName: sortKey, KeyType: 'RANGE' as const }] : []),
];

const withImages = { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' } as const;

/** Name and shape of every table that a manifest declares. */
export const declaredTables = (
  services: readonly ServiceManifest[],
): readonly (readonly [string, TableDeclaration])[] =>
  services.flatMap(({ owns }) => Object.entries(owns.tables ?? {}));

const settingsOf = (endpoint: string) => ({
  endpoint,
  region: 'us-east-1',
  credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
});

const withClient = async (endpoint: string, work: (client: DynamoDBClient) => Promise<void>): Promise<void> => {
  const client = new DynamoDBClient(settingsOf(endpoint));
  try {
    await work(client);
  } finally {
    client.destroy();
  }
};

/** Creates the declared tables that are not there, in the DynamoDB of an endpoint outside AWS. */
export const createMissingTables = (endpoint: string, services: readonly ServiceManifest[]): Promise<void> =>
  withClient(endpoint, async (client) => {
    const { TableNames = [] } = await client.send(new ListTablesCommand({}));
    for (const [name, table] of declaredTables(services).filter(([name]) => !TableNames.includes(name))) {
      const KeySchema = keysOf(table);
      await client.send(
        new CreateTableCommand({
          TableName: name,
          BillingMode: 'PAY_PER_REQUEST',
          KeySchema,
          ...(table.stream && { StreamSpecification: withImages }),
          AttributeDefinitions: KeySchema.map(({ AttributeName }) => ({ AttributeName, AttributeType: 'S' })),
        }),
      );
    }
  });

/** Gives tables that an earlier version made without a stream the one that they declare now. */
export const enableStreams = (endpoint: string, services: readonly ServiceManifest[]): Promise<void> =>
  withClient(endpoint, async (client) => {
    const streams = new DynamoDBStreamsClient(settingsOf(endpoint));
    try {
      // Asked of the streams: the embedded tables have them without a word in the description of a table.
      for (const [TableName, { stream }] of declaredTables(services))
        if (stream && !(await findTableStream(streams, TableName)))
          await client.send(new UpdateTableCommand({ TableName, StreamSpecification: withImages }));
    } finally {
      streams.destroy();
    }
  });
