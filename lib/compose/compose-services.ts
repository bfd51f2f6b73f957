/** Our own containers: every service as its manifest says, and what prepares and shows things beside them. */
import { usesCache } from '../../services/kit/cache-rights.ts';
import { sendsMail, tellsChat, tellsOfMails } from '../../services/kit/destinations.ts';
import { type LocalForm, type ServiceManifest, serviceKinds } from '../../services/kit/manifest.ts';
import { asksTables, usesDatabases } from '../../services/kit/observation.ts';
import { startedBundle, TOOLS } from '../bundle/bundle-names.ts';
import { ADMINISTRATOR } from '../local/postgres/postgres-cluster.ts';
import { tableEnvironment } from '../local/tables/declared-tables.ts';
import { localImageName } from '../names.ts';
import { publicDoorOf, runsOnThisMachine } from '../services.ts';
import { FILMS_FILE } from '../shop/demo-catalogue.ts';
import { invokerArguments } from '../variables/invoker-arguments.ts';
import { serviceVariables } from '../variables/service-variables.ts';
import { siteConfigOf, siteHeadersOf, toldValues } from '../variables/site-config.ts';
import { uploadOwners } from '../variables/upload-places.ts';
import { stopGraceSeconds, unprivilegedId } from '../workloads/deployment.ts';
import { boundedContainer, type ComposeContainer, type Condition, healthyWhen } from './compose-container.ts';
import {
  bucketFolder,
  composeAddresses,
  FOLDERS,
  KAFKA_URL,
  POSTGRES_SERVER,
  SHOWN_PORTS,
  shown,
  TABLES_URL,
} from './compose-places.ts';
import { databasePassword, declaredSecret, peerSecrets, secretReference, secretVariables } from './compose-secrets.ts';

const NODE = '/nodejs/bin/node';
const BUNDLES = './dist/bundles';

/** As the pods are: lib/workloads/deployment.ts. */
const restricted = (bundle: string) =>
  ({
    image: localImageName(bundle, 'compose'),
    build: { context: BUNDLES, dockerfile: '../../Dockerfile', network: 'none', args: { SERVICE: bundle } },
    user: `${unprivilegedId}:${unprivilegedId}`,
    read_only: true,
    tmpfs: ['/tmp:size=64m,mode=1777'],
    cap_drop: ['ALL'],
    stop_grace_period: `${stopGraceSeconds}s`,
    ...boundedContainer,
  }) as const;

/** Name of the environment, as pages are told it. */
const ENVIRONMENT = 'compose';

const environmentOf = (service: ServiceManifest, all: readonly ServiceManifest[]): Record<string, string> => {
  const environment = serviceVariables(service, all, composeAddresses);
  // Compose reads a dollar sign as the beginning of a variable unless it is doubled.
  for (const [key, { environmentName }] of Object.entries(service.configuration)) {
    if (environmentName) environment[key] = ENVIRONMENT;
    if (environment[key] !== undefined) environment[key] = environment[key].replaceAll('$', '$$$$');
  }
  return {
    ...environment,
    ...(asksTables(service) && tableEnvironment(TABLES_URL)),
    ...secretVariables(service, all),
    LOG_LEVEL: 'info',
  };
};

const waitsFor = (service: ServiceManifest): Record<string, { condition: Condition }> => ({
  prepare: { condition: 'service_completed_successfully' },
  ...(usesCache(service) && { valkey: { condition: 'service_healthy' as const } }),
  ...Object.fromEntries(service.calls.map((callee) => [callee, { condition: 'service_healthy' as const }])),
});

const volumesOf = (service: ServiceManifest) => [
  ...(service.owns.buckets ? [`buckets:${FOLDERS.buckets}`] : []),
  ...([sendsMail, tellsChat, tellsOfMails].some((asks) => asks(service)) ? [`mails:${FOLDERS.mails}`] : []),
];

/** What every container of a service has. */
const common = (service: ServiceManifest) => ({
  depends_on: waitsFor(service),
  mem_limit: `${service.size.memoryMiB}m`,
  restart: 'unless-stopped' as const,
});

/** The bundle of a service, which is not in the image. */
const mounted = ({ name }: ServiceManifest, target: string) => ({
  type: 'bind',
  source: `${BUNDLES}/${name}`,
  target,
  read_only: true,
  // Without it Docker would make an empty folder where a bundle is missing.
  bind: { create_host_path: false },
});

const forms: Readonly<
  Record<LocalForm, (service: ServiceManifest, all: readonly ServiceManifest[]) => ComposeContainer>
> = {
  process: (service, all) => ({
    ...restricted(startedBundle(service)),
    environment: environmentOf(service, all),
    ports: Object.values(service.ports).map((port) => shown(port)),
    volumes: volumesOf(service),
    ...common(service),
  }),
  // A Lambda is its bundle, mounted, in the process that feeds it as AWS would.
  invoker: (service, all) => ({
    ...restricted(startedBundle(service)),
    command: invokerArguments(service, '/function/handler.mjs'),
    environment: environmentOf(service, all),
    volumes: [mounted(service, '/function'), ...volumesOf(service)],
    // It has no door to ask at, and ends when it can no longer work.
    healthcheck: { disable: true },
    ...common(service),
  }),
  // It answers browsers alone, so it is given no secret, and waits for nobody: the page says when the shop is away.
  files: (service, all) => {
    const door = publicDoorOf(all);
    const config = siteConfigOf(
      ENVIRONMENT,
      toldValues(service.name, all, () => undefined),
    );
    const origins = uploadOwners(service, all).map(({ ports }) => `http://127.0.0.1:${ports.http}`);
    const headers = siteHeadersOf(config, origins);
    return {
      ...restricted(startedBundle(service)),
      command: [...['--folder', '/site'], ...['--site', JSON.stringify({ config, headers })]],
      environment: {
        HTTP_PORT: String(service.ports.http),
        ...(door && { API_URL: composeAddresses.http(door) }),
      },
      ports: Object.values(service.ports).map((port) => shown(port)),
      volumes: [mounted(service, '/site')],
      mem_limit: `${service.size.memoryMiB}m`,
      restart: 'unless-stopped',
    };
  },
  aggregator: (service, all) => ({
    ...restricted(startedBundle(service)),
    environment: environmentOf(service, all),
    healthcheck: { disable: true },
    ...common(service),
  }),
};

/** Makes databases, topics, tables and folders, and ends; it runs at every start, and changes nothing that is there. */
const prepare = (services: readonly ServiceManifest[]): ComposeContainer => ({
  ...restricted(TOOLS),
  command: ['prepare'],
  // New volumes belong to root; it gives the folders in them to the user of the services.
  user: '0:0',
  cap_add: ['CHOWN'],
  environment: {
    POSTGRES_URL: `postgresql://${ADMINISTRATOR}:${secretReference(peerSecrets.postgres)}@${POSTGRES_SERVER}`,
    EVENTS_URL: KAFKA_URL,
    TABLES_URL,
    FOLDERS: [
      FOLDERS.mails,
      ...services.flatMap(({ owns }) => Object.keys(owns.buckets ?? {})).map((bucket) => bucketFolder(bucket)),
    ].join(','),
    FOLDERS_OWNER: String(unprivilegedId),
    ...Object.fromEntries(
      services
        .filter(usesDatabases)
        .map(({ name }) => [databasePassword(name), secretReference(databasePassword(name))] as const),
    ),
  },
  volumes: [`mails:${FOLDERS.mails}`, `buckets:${FOLDERS.buckets}`],
  healthcheck: { disable: true },
  depends_on: {
    postgres: { condition: 'service_healthy' },
    kafka: { condition: 'service_healthy' },
    tables: { condition: 'service_healthy' },
  },
  mem_limit: '256m',
  restart: 'no',
});

const mailbox: ComposeContainer = {
  ...restricted(TOOLS),
  command: ['mailbox'],
  environment: { MAIL_FOLDER: FOLDERS.mails, HTTP_PORT: String(SHOWN_PORTS.mailbox) },
  ports: [shown(SHOWN_PORTS.mailbox)],
  volumes: [`mails:${FOLDERS.mails}:ro`],
  healthcheck: healthyWhen(
    ...['CMD', NODE, '-e'],
    "fetch('http://127.0.0.1:' + process.env.HTTP_PORT + '/mails?limit=1', { signal: AbortSignal.timeout(3000) }).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))",
  ),
  depends_on: { prepare: { condition: 'service_completed_successfully' } },
  mem_limit: '128m',
  restart: 'unless-stopped',
};

/** Loads the films by the public door when it is asked to: `docker compose run --rm catalogue`. */
const catalogue = (services: readonly ServiceManifest[]): Record<string, ComposeContainer> => {
  const gateway = publicDoorOf(services);
  const accounts = services.find(({ configuration }) => 'STAFF_PASSWORD' in configuration);
  if (!gateway || !accounts) return {};
  return {
    catalogue: {
      ...restricted(TOOLS),
      command: ['catalogue'],
      environment: {
        GATEWAY_URL: composeAddresses.http(gateway),
        STAFF_EMAIL: accounts.configuration['STAFF_EMAIL']?.default ?? '',
        STAFF_PASSWORD: secretReference(declaredSecret(accounts.name, 'STAFF_PASSWORD')),
      },
      volumes: [`./${FILMS_FILE}:/catalogue/films.csv:ro`],
      healthcheck: { disable: true },
      depends_on: { [gateway.name]: { condition: 'service_healthy' } },
      profiles: ['catalogue'],
      mem_limit: '256m',
      restart: 'no',
    },
  };
};

/** Containers of this repository by name. */
export const ownContainers = (services: readonly ServiceManifest[]): Readonly<Record<string, ComposeContainer>> => ({
  prepare: prepare(services),
  ...Object.fromEntries(
    services
      .filter(runsOnThisMachine)
      .map((service) => [service.name, forms[serviceKinds[service.kind].locally](service, services)]),
  ),
  mailbox,
  ...catalogue(services),
});

/** Volumes that our containers share. */
export const ownVolumes = ['mails', 'buckets'] as const;
