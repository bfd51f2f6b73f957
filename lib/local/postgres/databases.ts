/** Roles and databases of the services, brought to what their manifests say at every start. */
import pg from 'pg';
import { type ServiceManifest, usesEvents } from '../../../services/kit/manifest.ts';
import {
  createOwners,
  type DatabaseOwner,
  type DatabaseRole,
  ensureRole,
  identifier,
} from '../../databases/create-owners.ts';
import type { Secrets } from '../secrets.ts';
import { ADMINISTRATOR } from './postgres-cluster.ts';

/** Database of the embedded event log; every service that publishes or consumes may enter it. */
export const EVENTS_DATABASE = 'events';
// Owns everything in the events database, so that whichever service comes first may create the log's tables for all.
const EVENTS_OWNER: DatabaseOwner = { database: EVENTS_DATABASE, role: 'event_log', signIn: 'nobody' };

/** `postgresql://` URL for the role of a service. */
export const databaseUrl = (port: number, role: string, secrets: Secrets, database: string): string =>
  `postgresql://${encodeURIComponent(role)}:${encodeURIComponent(secrets.roles[role] ?? '')}@127.0.0.1:${port}/${encodeURIComponent(database)}`;

/** The passwords of the databases alone. */
export type DatabaseSecrets = Pick<Secrets, 'administrator' | 'roles'>;

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

const roleOf = ({ name }: ServiceManifest, { roles }: DatabaseSecrets): DatabaseRole => ({
  role: name,
  signIn: { password: roles[name] ?? '' },
});

const ownersOf = (services: readonly ServiceManifest[], secrets: DatabaseSecrets): DatabaseOwner[] =>
  services.flatMap((service) =>
    service.owns.database ? [{ ...roleOf(service, secrets), database: service.owns.database }] : [],
  );

/** Creates what is missing of one owning role and one database per owner, on a server whose events are elsewhere. */
export const prepareOwners = (
  server: DatabaseServer,
  secrets: DatabaseSecrets,
  services: readonly ServiceManifest[],
): Promise<void> => asAdministrator(server, secrets, (client) => createOwners(client, ownersOf(services, secrets)));

/** Creates what is missing; one owning role per service, one database per owner, and the events database for all who use events. */
export const prepareDatabases = async (
  port: number,
  secrets: DatabaseSecrets,
  services: readonly ServiceManifest[],
): Promise<void> => {
  await asAdministrator(onThisMachine(port), secrets, async (client) => {
    await createOwners(client, [EVENTS_OWNER, ...ownersOf(services, secrets)]);
    const [events, owner] = [identifier(EVENTS_DATABASE), identifier(EVENTS_OWNER.role)];
    for (const service of services.filter(usesEvents)) {
      await ensureRole(client, roleOf(service, secrets));
      const role = identifier(service.name);
      await client.query(`GRANT CONNECT ON DATABASE ${events} TO ${role}`);
      await client.query(`GRANT ${owner} TO ${role}`);
      await client.query(`ALTER ROLE ${role} IN DATABASE ${events} SET role = '${EVENTS_OWNER.role}'`);
    }
  });
};
