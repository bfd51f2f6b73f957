/** How each service is started on this machine: its file, its environment, its limits. */
import { pathToFileURL } from 'node:url';
import { type ServiceManifest, usesEvents } from '../../services/kit/manifest.ts';
import type { Bundle } from '../bundle/bundle.ts';
import { callersOf } from '../services.ts';
import { invokerArguments } from '../variables/invoker-arguments.ts';
import { type Addresses, serviceEnvironment } from '../variables/service-variables.ts';
import type { DataFolder } from './data-folder.ts';
import { tableEnvironment } from './declared-tables.ts';
import { PEER_PORTS, shiftPort } from './ports.ts';
import { databaseUrl, EVENTS_DATABASE } from './postgres/databases.ts';
import type { Secrets } from './secrets.ts';
import type { ProcessPlan } from './service-process.ts';

/** Connections of one process: a backend of PostgreSQL counts 20 MB here, and one machine has few cores to use them. */
const MOST_CONNECTIONS = 5;
/** Milliseconds that a connection may idle: here a new one costs no TLS and no signed token, and its backend costs memory. */
const CONNECTION_IDLE_MS = 500;

/** One address plays every customer here, so the limits that protect the public door from one address would stop the replay. */
const LOCAL_CONFIGURATION = {
  RATE_LIMIT_PER_MINUTE: '600000',
  LOGIN_LIMIT_PER_MINUTE: '60000',
};

/** Heaps are small, so that the whole platform fits into 1.5 GiB. */
const NODE_FLAGS = ['--max-old-space-size=160', '--max-semi-space-size=1'];

export type Placement = {
  readonly folder: DataFolder;
  readonly portBase: number | undefined;
  /** URL of a log of one's own; default the embedded one. */
  readonly events?: string | undefined;
  readonly secrets: Secrets;
  readonly services: readonly ServiceManifest[];
};

/** Where each service and peer is found on this machine. */
export const localAddresses = ({ folder, portBase, secrets, events }: Placement): Addresses => {
  const postgres = shiftPort(PEER_PORTS.postgres, portBase);
  const ports = ({ ports: { http, grpc } }: ServiceManifest) => ({
    ...(http !== undefined && { http: shiftPort(http, portBase) }),
    ...(grpc !== undefined && { grpc: shiftPort(grpc, portBase) }),
  });
  return {
    ports,
    http: (service) => `http://127.0.0.1:${ports(service).http}`,
    grpc: (service) => `127.0.0.1:${ports(service).grpc}`,
    database: (service, database) => databaseUrl(postgres, service.name, secrets, database),
    events: (service) => events ?? databaseUrl(postgres, service.name, secrets, EVENTS_DATABASE),
    cache: () => 'memory:',
    table: (name) => name,
    bucket: (name) => pathToFileURL(folder.at('buckets', name)).href,
    mail: `folder:${folder.at('mail')}`,
  };
};

const environmentOf = (service: ServiceManifest, placement: Placement): Record<string, string> => {
  const { folder, portBase, secrets, services } = placement;
  const environment = serviceEnvironment(service, services, localAddresses(placement));
  const callers = callersOf(service, services);
  if (environment['DATABASE_CONNECTIONS']) {
    environment['DATABASE_CONNECTIONS'] = String(
      Math.min(Number(environment['DATABASE_CONNECTIONS']), MOST_CONNECTIONS),
    );
    environment['DATABASE_IDLE_MS'] = String(CONNECTION_IDLE_MS);
  }
  for (const [key, value] of Object.entries(LOCAL_CONFIGURATION))
    if (key in service.configuration) environment[key] = value;
  return {
    ...environment,
    ...(service.owns.tables && tableEnvironment(`http://127.0.0.1:${shiftPort(PEER_PORTS.tables, portBase)}`)),
    ...secrets.configuration[service.name],
    SERVICE_AUTH_SECRET: secrets.serviceAuth,
    ...(callers.length > 0 && { ALLOWED_CALLERS: callers.join(',') }),
    BIND_ADDRESS: '127.0.0.1',
    LOG_LEVEL: 'info',
    NODE_ENV: 'production',
    // Compiled code of the bundles is kept, which saves a third of the processor time of a start.
    NODE_COMPILE_CACHE: folder.at('compile-cache'),
    MALLOC_ARENA_MAX: '2',
    MALLOC_TRIM_THRESHOLD_: '131072',
    MALLOC_MMAP_THRESHOLD_: '131072',
    TZ: 'UTC',
  };
};

/** Plan of a process that serves or, with an invoker, of the one that feeds a Lambda's handler. */
export const planService = (
  service: ServiceManifest,
  bundle: Bundle,
  invoker: Bundle | undefined,
  placement: Placement,
): ProcessPlan => {
  const { folder, portBase } = placement;
  const plan = {
    name: service.name,
    environment: environmentOf(service, placement),
    nodeFlags: NODE_FLAGS,
    logFile: folder.at('logs', `${service.name}.log`),
    workingFolder: bundle.folder,
  };
  if (invoker)
    return {
      ...plan,
      entry: invoker.entry,
      arguments: invokerArguments(service, bundle.entry),
      environment: {
        ...plan.environment,
        ...(usesEvents(service) && { EVENTS_URL: localAddresses(placement).events(service) }),
      },
    };
  const { http } = service.ports;
  return {
    ...plan,
    entry: bundle.entry,
    ...(http !== undefined && { readyUrl: `http://127.0.0.1:${shiftPort(http, portBase)}/health/ready` }),
  };
};
