/** Roles and databases of the services, brought to what their manifests say at every start. */
import pg from 'pg';
import { type ServiceManifest, usesEvents } from '../../../services/kit/manifest.ts';
import type { Secrets } from '../secrets.ts';
import { ADMINISTRATOR } from './postgres-cluster.ts';

/** Database of the embedded event log; every service that publishes or consumes may enter it. */
export const EVENTS_DATABASE = 'events';
// Owns everything in the events database, so that whichever service comes first may create the log's tables for all.
const EVENTS_OWNER = 'event_log';

/** `postgresql://` URL for the role of a service. */
export const databaseUrl = (port: number, role: string, secrets: Secrets, database: string): string =>
  `postgresql://${encodeURIComponent(role)}:${encodeURIComponent(secrets.roles[role] ?? '')}@127.0.0.1:${port}/${encodeURIComponent(database)}`;

/** The passwords of the databases alone. */
export type DatabaseSecrets = Pick<Secrets, 'administrator' | 'roles'>;

const { escapeIdentifier: name, escapeLiteral: text } = pg;

const ensureRole = async (client: pg.Client, role: string, options: string) => {
  const { rowCount } = await client.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [role]);
  await client.query(`${rowCount === 0 ? 'CREATE' : 'ALTER'} ROLE ${name(role)} ${options}`);
};

const ensureDatabase = async (client: pg.Client, database: string, owner: string) => {
  const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [database]);
  if (rowCount === 0) await client.query(`CREATE DATABASE ${name(database)} OWNER ${name(owner)}`);
  else await client.query(`ALTER DATABASE ${name(database)} OWNER TO ${name(owner)}`);
  await client.query(`REVOKE ALL ON DATABASE ${name(database)} FROM PUBLIC`);
};

/** Where a PostgreSQL listens, and its superuser. */
export type DatabaseServer = { readonly host: string; readonly port: number; readonly user: string };

const onThisMachine = (port: number): DatabaseServer => ({ host: '127.0.0.1', port, user: ADMINISTRATOR });

const asAdministrator = async (
  server: DatabaseServer,
  secrets: DatabaseSecrets,
  work: (client: pg.Client) => Promise<void>,
) => {
  const client = new pg.Client({
    ...server,
    password: secrets.administrator,
    database: 'postgres',
    connectionTimeoutMillis: 5000,
    query_timeout: 20_000,
  });
  // The server going away mid-query already rejects the query; without a listener it would also end this process.
  client.on('error', () => undefined);
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
};

/** Writes to disk what a shut-down would have to write, while there is time. */
export const checkpoint = (port: number, secrets: Secrets): Promise<void> =>
  asAdministrator(onThisMachine(port), secrets, async (client) => {
    await client.query('CHECKPOINT');
  });

const ensureServiceRole = (client: pg.Client, service: ServiceManifest, secrets: DatabaseSecrets) =>
  ensureRole(
    client,
    service.name,
    `LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD ${text(secrets.roles[service.name] ?? '')}`,
  );

const ensureOwners = async (
  client: pg.Client,
  secrets: DatabaseSecrets,
  services: readonly ServiceManifest[],
): Promise<void> => {
  for (const service of services) {
    const { database } = service.owns;
    if (!database) continue;
    await ensureServiceRole(client, service, secrets);
    await ensureDatabase(client, database, service.name);
  }
};

/** Creates what is missing of one owning role and one database per owner, on a server whose events are elsewhere. */
export const prepareOwners = (
  server: DatabaseServer,
  secrets: DatabaseSecrets,
  services: readonly ServiceManifest[],
): Promise<void> => asAdministrator(server, secrets, (client) => ensureOwners(client, secrets, services));

/** Creates what is missing; one owning role per service, one database per owner, and the events database for all who use events. */
export const prepareDatabases = async (
  port: number,
  secrets: DatabaseSecrets,
  services: readonly ServiceManifest[],
): Promise<void> => {
  await asAdministrator(onThisMachine(port), secrets, async (client) => {
    await ensureRole(client, EVENTS_OWNER, 'NOLOGIN');
    await ensureDatabase(client, EVENTS_DATABASE, EVENTS_OWNER);
    await ensureOwners(client, secrets, services);
    for (const service of services.filter(usesEvents)) {
      if (!service.owns.database) await ensureServiceRole(client, service, secrets);
      await client.query(`GRANT CONNECT ON DATABASE ${name(EVENTS_DATABASE)} TO ${name(service.name)}`);
      await client.query(`GRANT ${name(EVENTS_OWNER)} TO ${name(service.name)}`);
      await client.query(
        `ALTER ROLE ${name(service.name)} IN DATABASE ${name(EVENTS_DATABASE)} SET role = ${text(EVENTS_OWNER)}`,
      );
    }
  });
};
