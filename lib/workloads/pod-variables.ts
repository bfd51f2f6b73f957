/** The environment of a service's container, split into what the pod template holds and what its ConfigMap holds. */
import { SERVES_CUSTOMERS } from '../../services/kit/configuration-declaration.ts';
import type { ServiceManifest } from '../../services/kit/manifest.ts';
import { usesDatabases } from '../../services/kit/observation.ts';
import { type Addresses, serviceVariables } from '../variables/service-variables.ts';
import { podTraceVariables } from '../variables/trace-variables.ts';
import { grpcServiceName, probePort } from './ports.ts';
import type { WorkloadValues } from './workload-values.ts';

const databaseUrl = (service: ServiceManifest, database: string, values: WorkloadValues) =>
  `postgresql://${service.name}@${values.databaseAddress}/${database}?sslmode=verify-full`;

const required = <V>(map: Readonly<Record<string, V>>, key: string, what: string): V => {
  const value = map[key];
  if (value === undefined) throw new Error(`workload values name no ${what} for "${key}"; give it one`);
  return value;
};

const inCluster = (values: WorkloadValues): Addresses => {
  const host = (name: string) => `${name}.${values.namespace}.svc.cluster.local`;
  return {
    http: (service) => `http://${host(service.name)}:${service.ports.http}`,
    grpc: (service) => `${host(grpcServiceName(service))}:${service.ports.grpc}`,
    ports: (service) => ({ ...service.ports, probe: probePort }),
    database: (service, database) => databaseUrl(service, database, values),
    events: () => values.eventsUrl,
    cache: ({ name }) => required(values.cacheUrls, name, 'address of the cache'),
    table: (name) => required(values.tables, name, 'table'),
    bucket: (name) => required(values.buckets, name, 'bucket'),
    site: () => undefined,
    mail: values.mailUrl,
    chat: values.chatUrl,
    sentMails: values.sentMailsUrl,
  };
};

/** Plain configuration: the manifest's defaults and what the environment sets instead. Holds literals only. */
export const staticConfiguration = (service: ServiceManifest, values: WorkloadValues): Record<string, string> => {
  const own = values.configuration[service.name] ?? {};
  const { [SERVES_CUSTOMERS]: servesCustomers, ...declared } = own;
  for (const key of Object.keys(declared))
    if (service.configuration[key]?.kind !== 'plain')
      throw new Error(
        `configuration "${key}" of ${values.environment} is not declared as plain by services/${service.name}/manifest.ts; declare it there or remove it`,
      );
  const configuration: Record<string, string> = servesCustomers ? { [SERVES_CUSTOMERS]: servesCustomers } : {};
  for (const [key, { kind, default: value }] of Object.entries(service.configuration)) {
    const chosen = own[key] ?? value;
    if (kind === 'plain' && chosen !== undefined) configuration[key] = chosen;
  }
  return configuration;
};

/**
 * Variables of the pod template: addresses and names of secrets, which may hold tokens. A changed address changes the template
 * and so rolls the pods.
 */
export const podVariables = (
  service: ServiceManifest,
  all: readonly ServiceManifest[],
  values: WorkloadValues,
): Record<string, string> => {
  const environment: Record<string, string> = {
    AWS_REGION: values.region,
    LOG_LEVEL: values.logLevel,
    ...(values.traces && podTraceVariables(values.traces)),
    ...serviceVariables(service, all, inCluster(values)),
  };
  for (const key of Object.keys(service.configuration)) delete environment[key];
  if (usesDatabases(service)) environment['DATABASE_AUTH'] = values.databaseAuth;
  // Without it every visitor would count as one of the load balancer's few addresses, and TLS would look like plain HTTP.
  if (service.public && values.ingress) environment['TRUSTED_PROXIES'] = values.ingress.sourceCidrs.join(',');
  for (const [key, id] of Object.entries(required(values.secretIds, service.name, 'secret ids')))
    environment[`${key}_SECRET_ID`] = id;
  return environment;
};
