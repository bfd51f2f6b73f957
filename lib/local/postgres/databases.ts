/** Roles and databases of the services, brought to what their manifests say at every start. */
import pg from 'pg';
import { type ServiceManifest, takesPartInEvents } from '../../../services/kit/manifest.ts';
import { observedBy } from '../../../services/kit/observation.ts';
import { operatedBy } from '../../../services/kit/operation.ts';
import {
  createOwners,
  type DatabaseOwner,
  type DatabaseRole,
  ensureRole,
  identifier,
} from '../../databases/create-owners.ts';
import { databaseOwners, databaseReaders } from '../../databases/declared-roles.ts';
import { type DatabaseReader, grantReaders, type WithinDatabase } from '../../databases/grant-readers.ts';
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
  database = 'postgres',
) => {
  const client = new pg.Client({
    ...server,
    password: secrets.administrator,
    database,
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

const roleOf = (role: string, { roles }: DatabaseSecrets): DatabaseRole => ({
  role,
  signIn: { password: roles[role] ?? '' },
});

type Prepared = { readonly owners: readonly DatabaseOwner[]; readonly readers: readonly DatabaseReader[] };

const declaredBy = (services: readonly ServiceManifest[], secrets: DatabaseSecrets): Prepared => ({
  owners: databaseOwners(services).map((owner) => ({ ...owner, ...roleOf(owner.role, secrets) })),
  readers: databaseReaders(services).map((reader) => ({ ...reader, ...roleOf(reader.role, secrets) })),
});

const prepare = async (
  client: pg.Client,
  server: DatabaseServer,
  secrets: DatabaseSecrets,
  { owners, readers }: Prepared,
) => {
  const within: WithinDatabase = (database, work) => asAdministrator(server, secrets, work, database);
  await createOwners(client, owners);
  await grantReaders(client, within, owners, readers);
};

/** Creates what is missing of one owning role and one database per owner, and of readers, on a server whose events are elsewhere. */
export const prepareOwners = (
  server: DatabaseServer,
  secrets: DatabaseSecrets,
  services: readonly ServiceManifest[],
): Promise<void> =>
  asAdministrator(server, secrets, (client) => prepare(client, server, secrets, declaredBy(services, secrets)));

/**
 * Creates what is missing; one owning role per service, one database per owner, the events database for all who use events, and what
 * observers may read of all of them.
 */
export const prepareDatabases = async (
  port: number,
  secrets: DatabaseSecrets,
  services: readonly ServiceManifest[],
): Promise<void> => {
  const server = onThisMachine(port);
  const { owners, readers } = declaredBy(services, secrets);
  const [events, owner] = [identifier(EVENTS_DATABASE), identifier(EVENTS_OWNER.role)];
  // Whoever takes part or replays writes to the log's tables, so it has the rights of their owner; who observes topics alone may read them.
  const taking = services.filter((service) => takesPartInEvents(service) || operatedBy(service).topics.length > 0);
  const observing = services.filter((service) => observedBy(service).topics.length > 0 && !taking.includes(service));
  await asAdministrator(server, secrets, async (client) => {
    await prepare(client, server, secrets, {
      owners: [EVENTS_OWNER, ...owners],
      readers: [...readers, ...observing.map(({ name }) => ({ database: EVENTS_DATABASE, ...roleOf(name, secrets) }))],
    });
    for (const { name } of observing) {
      await client.query(`REVOKE ${owner} FROM ${identifier(name)}`);
      await client.query(`ALTER ROLE ${identifier(name)} IN DATABASE ${events} RESET role`);
    }
    for (const { name } of taking) {
      await ensureRole(client, roleOf(name, secrets));
      const role = identifier(name);
      await client.query(`GRANT CONNECT ON DATABASE ${events} TO ${role}`);
      await client.query(`GRANT ${owner} TO ${role}`);
      await client.query(`ALTER ROLE ${role} IN DATABASE ${events} SET role = '${EVENTS_OWNER.role}'`);
    }
  });
};
