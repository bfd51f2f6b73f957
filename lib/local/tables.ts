/** The embedded DynamoDB: dynalite on loopback, kept in the data folder. */
import { CreateTableCommand, DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import dynalite from 'dynalite';
import type { ServiceManifest, TableDeclaration } from '../../services/kit/manifest.ts';
import { StartRefused } from './start-refused.ts';

/** What the AWS SDK of a service needs to find the tables; any key pair is accepted. */
export const tableEnvironment = (port: number): Record<string, string> => ({
  AWS_ENDPOINT_URL_DYNAMODB: `http://127.0.0.1:${port}`,
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'local',
  AWS_SECRET_ACCESS_KEY: 'local',
});

export type Tables = { readonly port: number; readonly names: readonly string[]; close(): Promise<void> };

const keysOf = ({ partitionKey, sortKey }: TableDeclaration) => [
  { AttributeName: partitionKey, KeyType: 'HASH' as const },
  ...(sortKey ? [{ AttributeName: sortKey, KeyType: 'RANGE' as const }] : []),
];

const createMissing = async (port: number, declared: readonly (readonly [string, TableDeclaration])[]) => {
  const client = new DynamoDBClient({
    endpoint: `http://127.0.0.1:${port}`,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  try {
    const { TableNames = [] } = await client.send(new ListTablesCommand({}));
    for (const [name, table] of declared.filter(([name]) => !TableNames.includes(name))) {
      const KeySchema = keysOf(table);
      await client.send(
        new CreateTableCommand({
          TableName: name,
          BillingMode: 'PAY_PER_REQUEST',
          KeySchema,
          AttributeDefinitions: KeySchema.map(({ AttributeName }) => ({ AttributeName, AttributeType: 'S' })),
        }),
      );
    }
  } finally {
    client.destroy();
  }
};

/** Opens the kept tables and creates those that manifests declare and nobody made yet. Items past their expiry are not deleted here. */
export const startTables = async (
  folder: string,
  port: number,
  services: readonly ServiceManifest[],
): Promise<Tables> => {
  const server = dynalite({ path: folder, createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const declared = services.flatMap(({ owns }) => Object.entries(owns.tables ?? {}));
  const close = () =>
    new Promise<void>((resolve, reject) => {
      server.close((problem?: Error) => (problem ? reject(problem) : resolve()));
      server.closeAllConnections();
    });
  try {
    await createMissing(port, declared);
  } catch (problem) {
    await close();
    throw new StartRefused(
      'data.corrupt',
      `the tables in ${folder} cannot be opened (${problem instanceof Error ? problem.message : String(problem)}); restore them from a backup, or move the data folder away to start with empty data`,
      {
        cause: problem,
      },
    );
  }
  return { port, names: declared.map(([name]) => name), close };
};
