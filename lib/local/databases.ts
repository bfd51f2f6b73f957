/** Roles and databases of the services, brought to what their manifests say at every start. */
import pg from 'pg';
import type { ServiceManifest } from '../../services/kit/manifest.ts';
import { ADMINISTRATOR } from './postgres-cluster.ts';
import type { Secrets } from './secrets.ts';

/** Database of the embedded event log; every service that publishes or consumes may enter it. */
export const EVENTS_DATABASE = 'events';
// Owns everything in the events database, so that whichever service comes first may create the log's tables for all.
const EVENTS_OWNER = 'event_log';

/** Whether the service publishes or consumes events. */
export const usesEvents = ({ publishes, consumes }: ServiceManifest): boolean =>
  consumes.length > 0 || Object.keys(publishes).length > 0;

/** `postgresql://` URL for the role of a service. */
export const databaseUrl = (port: number, role: string, secrets: Secrets, database: string): string =>
  `postgresql://${encodeURIComponent(role)}:${encodeURIComponent(secrets.roles[role] ?? '')}@127.0.0.1:${port}/${encodeURIComponent(database)}`;

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

const asAdministrator = async (port: number, secrets: Secrets, work: (client: pg.Client) => Promise<void>) => {
  const client = new pg.Client({
    host: '127.0.0.1',
    port,
    user: ADMINISTRATOR,
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
  asAdministrator(port, secrets, async (client) => {
    await client.query('CHECKPOINT');
  });

/** Creates what is missing; one owning role per service, one database per owner, and the events database for all who use events. */
export const prepareDatabases = async (
  port: number,
  secrets: Secrets,
  services: readonly ServiceManifest[],
): Promise<void> => {
  await asAdministrator(port, secrets, async (client) => {
    await ensureRole(client, EVENTS_OWNER, 'NOLOGIN');
    await ensureDatabase(client, EVENTS_DATABASE, EVENTS_OWNER);
    for (const service of services) {
      const { database } = service.owns;
      if (!database && !usesEvents(service)) continue;
      await ensureRole(
        client,
        service.name,
        `LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD ${text(secrets.roles[service.name] ?? '')}`,
      );
      if (database) await ensureDatabase(client, database, service.name);
      if (!usesEvents(service)) continue;
      await client.query(`GRANT CONNECT ON DATABASE ${name(EVENTS_DATABASE)} TO ${name(service.name)}`);
      await client.query(`GRANT ${name(EVENTS_OWNER)} TO ${name(service.name)}`);
      await client.query(
        `ALTER ROLE ${name(service.name)} IN DATABASE ${name(EVENTS_DATABASE)} SET role = ${text(EVENTS_OWNER)}`,
      );
    }
  });
};
