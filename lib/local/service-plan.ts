/** How each service is started on this machine: its file, its environment, its limits. */
import { pathToFileURL } from 'node:url';
import { callSecretName } from '../../services/kit/call-secret.ts';
import { previousSecretName } from '../../services/kit/config/held-secret.ts';
import { type LocalForm, type ServiceManifest, serviceKinds } from '../../services/kit/manifest.ts';
import { asksTables } from '../../services/kit/observation.ts';
import type { Bundle } from '../bundle/bundle.ts';
import {
  acceptedPrevious,
  callSecretNames,
  grpcCallersOf,
  publicDoorOf,
  secretOwner,
  sharedSecretNames,
} from '../services.ts';
import { chatFolderOf } from '../shop/chat-folder.ts';
import { sentMailsFolderOf } from '../shop/sent-mails-folder.ts';
import { invokerArguments } from '../variables/invoker-arguments.ts';
import { type Addresses, serviceVariables } from '../variables/service-variables.ts';
import { siteConfigOf, siteHeadersOf, toldValues } from '../variables/site-config.ts';
import { folderPlace, uploadOwners } from '../variables/upload-places.ts';
import { hasWarehouse, WAREHOUSE_URL } from '../warehouse/local-warehouse.ts';
import type { DataFolder } from './data-folder.ts';
import { PEER_PORTS, shiftPort } from './ports.ts';
import { databaseUrl, EVENTS_DATABASE } from './postgres/databases.ts';
import type { Secrets } from './secrets.ts';
import type { ProcessPlan } from './service-process.ts';
import type { LocalSize } from './size.ts';
import { tableEnvironment } from './tables/declared-tables.ts';

/** One address plays every customer here, so the limits that protect the public door from one address would stop the replay. */
const LOCAL_CONFIGURATION = {
  RATE_LIMIT_PER_MINUTE: '600000',
  LOGIN_LIMIT_PER_MINUTE: '60000',
  REQUESTS_AT_ONCE: '1000',
  ASSISTANT_LIMIT_PER_MINUTE: '60000',
  CONVERSATIONS_PER_DAY: '0',
  MESSAGES_PER_DAY: '0',
  UNDECIDED_ORDERS: '0',
  DECLINED_ORDERS_PER_HOUR: '0',
  PAID_MAILS_PER_HOUR: '0',
};

export type Placement = {
  readonly folder: DataFolder;
  readonly portBase: number | undefined;
  /** URL of a log of one's own; default the embedded one. */
  readonly events?: string | undefined;
  readonly secrets: Secrets;
  readonly services: readonly ServiceManifest[];
  readonly size: LocalSize;
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
    site: (service) => `http://127.0.0.1:${ports(service).http}`,
    grpc: (service) => `127.0.0.1:${ports(service).grpc}`,
    database: (service, database) => databaseUrl(postgres, service.name, secrets, database),
    events: (service) => events ?? databaseUrl(postgres, service.name, secrets, EVENTS_DATABASE),
    cache: () => 'memory:',
    table: (name) => name,
    bucket: (name, owner) =>
      folderPlace(pathToFileURL(folder.at('buckets', name)), `http://127.0.0.1:${ports(owner).http}`),
    mail: `folder:${folder.at('mail')}`,
    chat: `folder:${chatFolderOf(folder.at('mail'))}`,
    sentMails: `folder:${sentMailsFolderOf(folder.at('mail'))}`,
  };
};

/** What OpenTelemetry's own names say to whoever starts the platform, its processes are told as well. */
const traceVariables = [
  'OTEL_EXPORTER_OTLP_ENDPOINT',
  'OTEL_EXPORTER_OTLP_HEADERS',
  'OTEL_TRACES_SAMPLER_ARG',
] as const;

const tracesOfThisProcess = () =>
  Object.fromEntries(
    traceVariables.flatMap((name): [string, string][] => {
      const value = process.env[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );

/**
 * What whoever starts the shop says of accounts that a service has elsewhere, such as PAYMENT_PROVIDER=stripe with its keys: every value
 * that the service declares. Without it each provider is the embedded one. Kept nowhere.
 */
const ownProviders = ({ configuration }: ServiceManifest): Record<string, string> =>
  Object.values(configuration).some(({ issuedBy }) => issuedBy !== undefined)
    ? Object.fromEntries(
        Object.keys(configuration).flatMap((key): [string, string][] => {
          const value = process.env[key];
          return value === undefined ? [] : [[key, value]];
        }),
      )
    : {};

/** What every process is given here. */
const processEnvironment = ({ folder }: Placement): Record<string, string> => ({
  BIND_ADDRESS: '127.0.0.1',
  LOG_LEVEL: 'info',
  NODE_ENV: 'production',
  // Compiled code of the bundles is kept, which saves a third of the processor time of a start.
  NODE_COMPILE_CACHE: folder.at('compile-cache'),
  MALLOC_ARENA_MAX: '2',
  MALLOC_TRIM_THRESHOLD_: '131072',
  MALLOC_MMAP_THRESHOLD_: '131072',
  TZ: 'UTC',
  ...tracesOfThisProcess(),
});

/** Secrets of the calls that a service makes and answers. Who answers also accepts the one of before, while a rotation lasts. */
const callVariables = (service: ServiceManifest, services: readonly ServiceManifest[], { calls }: Secrets) => {
  const answered = grpcCallersOf(service, services).map((caller) => callSecretName(caller, service.name));
  return Object.fromEntries([
    ...callSecretNames(service, services).map((key) => [key, calls[key]?.current ?? '']),
    ...answered.flatMap((key) => {
      const previous = calls[key]?.previous;
      return previous === undefined ? [] : [[previousSecretName(key), previous]];
    }),
  ]);
};

/** What the secrets were before their last rotation of which a service says that it accepts that. */
const previousVariables = (service: ServiceManifest, { previous = {} }: Secrets) =>
  Object.fromEntries(
    acceptedPrevious(service).flatMap((key) => {
      const value = previous[secretOwner(service, key)]?.[key];
      return value === undefined ? [] : [[previousSecretName(key), value]];
    }),
  );

const environmentOf = (service: ServiceManifest, placement: Placement): Record<string, string> => {
  const { portBase, secrets, services, size } = placement;
  const environment = serviceVariables(service, services, localAddresses(placement));
  if (environment['DATABASE_CONNECTIONS']) {
    environment['DATABASE_CONNECTIONS'] = String(
      Math.min(Number(environment['DATABASE_CONNECTIONS']), size.connections),
    );
    environment['DATABASE_IDLE_MS'] = String(size.connectionIdleMs);
  }
  for (const [key, value] of Object.entries(LOCAL_CONFIGURATION))
    if (key in service.configuration) environment[key] = value;
  if (hasWarehouse(service))
    environment[WAREHOUSE_URL] = `http://127.0.0.1:${shiftPort(PEER_PORTS.warehouse, portBase)}`;
  return {
    ...environment,
    ...(asksTables(service) && tableEnvironment(`http://127.0.0.1:${shiftPort(PEER_PORTS.tables, portBase)}`)),
    ...ownProviders(service),
    ...secrets.configuration[service.name],
    ...Object.fromEntries(
      sharedSecretNames(service).map(({ key, owner }) => [key, secrets.configuration[owner]?.[key] ?? '']),
    ),
    ...previousVariables(service, secrets),
    ...callVariables(service, services, secrets),
    ...processEnvironment(placement),
  };
};

/** The bundle of a service, and the one that is started for it: its own, or what stands for it here (lib/bundle/bundle-names.ts). */
export type PlannedBundles = { readonly own: Bundle; readonly started: Bundle };

/** What differs by what stands for a service on this machine. */
type Differing = Pick<ProcessPlan, 'arguments' | 'environment' | 'readyUrl'>;

const readyAt = ({ ports: { http } }: ServiceManifest, portBase: number | undefined) =>
  http === undefined ? undefined : `http://127.0.0.1:${shiftPort(http, portBase)}/health/ready`;

const forms: Readonly<
  Record<LocalForm, (service: ServiceManifest, bundles: PlannedBundles, placement: Placement) => Differing>
> = {
  process: (service, _, placement) => ({
    environment: environmentOf(service, placement),
    readyUrl: readyAt(service, placement.portBase),
  }),
  invoker: (service, { own }, placement) => ({
    environment: environmentOf(service, placement),
    arguments: invokerArguments(service, own.entry),
  }),
  // It answers browsers alone, so it is given no secret.
  files: (service, { own }, placement) => {
    const at = localAddresses(placement);
    const door = publicDoorOf(placement.services);
    const told = toldValues(service.name, placement.services, (teller, key) => ownProviders(teller)[key]);
    const config = {
      ...siteConfigOf('local', told),
      mailbox: `http://127.0.0.1:${shiftPort(PEER_PORTS.mailbox, placement.portBase)}`,
    };
    const origins = uploadOwners(service, placement.services).map((owner) => at.http(owner));
    return {
      environment: {
        ...processEnvironment(placement),
        HTTP_PORT: String(at.ports(service).http),
        ...(door && { API_URL: at.http(door) }),
      },
      arguments: [
        '--folder',
        own.folder,
        '--site',
        JSON.stringify({ config, headers: siteHeadersOf(config, origins) }),
      ],
      readyUrl: readyAt(service, placement.portBase),
    };
  },
  aggregator: (service, _, placement) => ({ environment: environmentOf(service, placement) }),
};

/** How the process that stands for a service on this machine is started. */
export const planProcess = (service: ServiceManifest, bundles: PlannedBundles, placement: Placement): ProcessPlan => ({
  name: service.name,
  entry: bundles.started.entry,
  nodeFlags: placement.size.nodeFlags,
  logFile: placement.folder.at('logs', `${service.name}.log`),
  workingFolder: bundles.own.folder,
  ...forms[serviceKinds[service.kind].locally](service, bundles, placement),
});
