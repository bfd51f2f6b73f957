/** The environment variables of a service, derived from its manifest: the same names on every platform. */
import { usesCache } from '../../services/kit/cache-rights.ts';
import { sendsMail, tellsChat, tellsOfMails } from '../../services/kit/destinations.ts';
import { type ServiceManifest, usesEvents } from '../../services/kit/manifest.ts';
import { observedBy } from '../../services/kit/observation.ts';
import { variableName } from '../../services/kit/variable-name.ts';
import { grpcCallersOf } from '../services.ts';
import { pageAddresses } from './page-addresses.ts';
import { platformMap } from './platform-map.ts';

/** Where things are on one platform; local run, Kubernetes and Lambda each bring their own. */
export type Addresses = {
  /** Base URL of a service's HTTP door, without a trailing slash. */
  http(service: ServiceManifest): string;
  /** `host:port` of a service's gRPC door. */
  grpc(service: ServiceManifest): string;
  /** Ports that the service itself listens on. */
  ports(service: ServiceManifest): { http?: number; grpc?: number; probe?: number };
  /** `postgresql://` URL of a database for the role of a service: its owner's, or that of one that observes it. */
  database(service: ServiceManifest, database: string): string;
  /** `postgresql://` URL of the embedded log, or `kafka://broker,broker`. */
  events(service: ServiceManifest): string;
  /** `memory:` or a `redis(s)://` URL. */
  cache(service: ServiceManifest): string;
  /** Physical name of a table. */
  table(name: string): string;
  /** Physical place of a bucket: `s3://name`, or `file:///...?origin=http://...` with where browsers reach its owner, who takes uploads then. */
  bucket(name: string, owner: ServiceManifest): string;
  /** Origin of a site as people reach it; undefined where its environment tells it (lib/environment/environment-configuration.ts). */
  site(service: ServiceManifest): string | undefined;
  /** `folder:/path` or `ses:`. */
  mail: string;
  /** `folder:/path` or `sns:<ARN of a topic>`; undefined: nobody reads a chat. */
  chat: string | undefined;
  /** `folder:/path` or `sns:<ARN of a topic>`. */
  sentMails: string;
};

const requireService = (all: readonly ServiceManifest[], name: string) => {
  const found = all.find((service) => service.name === name);
  if (!found) throw new Error(`no service "${name}" is declared in lib/services.ts`);
  return found;
};

/**
 * Plain environment of one service. Secrets are not in it: each platform adds them its own way
 * (`<KEY>` locally, `<KEY>_SECRET_ID` where Secrets Manager holds the value).
 */
export const serviceVariables = (
  service: ServiceManifest,
  all: readonly ServiceManifest[],
  at: Addresses,
): Record<string, string> => {
  const environment: Record<string, string> = { SERVICE_NAME: service.name };
  for (const [kind, port] of Object.entries(at.ports(service)))
    if (port !== undefined) environment[`${kind.toUpperCase()}_PORT`] = String(port);
  if (service.owns.database) {
    environment['DATABASE_URL'] = at.database(service, service.owns.database);
    environment['DATABASE_CONNECTIONS'] = String(service.databaseConnections ?? 5);
  }
  const observed = observedBy(service);
  for (const database of observed.databases)
    environment[`OBSERVED_DATABASE_${variableName(database)}`] = at.database(service, database);
  for (const table of observed.tables) environment[`OBSERVED_TABLE_${variableName(table)}`] = at.table(table);
  if (service.operates) environment['PLATFORM_MAP'] = JSON.stringify(platformMap(all));
  if (usesEvents(service)) environment['EVENTS_URL'] = at.events(service);
  if (usesCache(service)) environment['CACHE_URL'] = at.cache(service);
  for (const table of Object.keys(service.owns.tables ?? {}))
    environment[`TABLE_${variableName(table)}`] = at.table(table);
  for (const bucket of Object.keys(service.owns.buckets ?? {}))
    environment[`BUCKET_${variableName(bucket)}`] = at.bucket(bucket, service);
  if (sendsMail(service)) environment['MAIL_URL'] = at.mail;
  if (tellsChat(service) && at.chat !== undefined) environment['CHAT_URL'] = at.chat;
  if (tellsOfMails(service)) environment['SENT_MAILS_URL'] = at.sentMails;
  for (const name of service.calls) {
    const callee = requireService(all, name);
    if (callee.ports.http) environment[`${variableName(name)}_URL`] = at.http(callee);
    if (service.callsByGrpc?.includes(name)) environment[`${variableName(name)}_GRPC`] = at.grpc(callee);
  }
  const callers = grpcCallersOf(service, all);
  if (callers.length > 0) environment['ALLOWED_CALLERS'] = callers.join(',');
  for (const [key, { kind, default: value }] of Object.entries(service.configuration))
    if (kind === 'plain' && value !== undefined) environment[key] = value;
  Object.assign(
    environment,
    pageAddresses(service, (site) => at.site(requireService(all, site))),
  );
  return environment;
};
