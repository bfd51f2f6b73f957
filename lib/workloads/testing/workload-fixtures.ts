import type { ServiceManifest } from '../../../services/kit/manifest.ts';
import { testManifest } from '../../../services/kit/testing/manifest.ts';
import { callSecretNames, secretNames } from '../../services.ts';
import type { WorkloadValues } from '../workload-values.ts';

const byName = <V>(services: readonly ServiceManifest[], value: (service: ServiceManifest) => V): Record<string, V> =>
  Object.fromEntries(services.map((service) => [service.name, value(service)]));

/** Complete values for the given services, as an environment with a public door would give them. */
export const someWorkloadValues = (
  services: readonly ServiceManifest[],
  differing: Partial<WorkloadValues> = {},
): WorkloadValues => ({
  environment: 'test',
  namespace: 'cloudmart',
  region: 'eu-central-1',
  images: byName(services, ({ name }) => `registry.example/cloudmart/${name}:0123456789abcdef`),
  replicas: byName(services, ({ scaling }) => ({ min: Math.max(1, scaling.min), max: scaling.max })),
  logLevel: 'info',
  databaseAddress: 'writer.example:5432',
  databaseAuth: 'iam',
  eventsUrl: 'kafka://broker-1.example:9098,broker-2.example:9098',
  cacheUrls: byName(services, ({ name }) => `rediss://test-${name}@cache.example:6379?cacheName=test`),
  tables: Object.fromEntries(
    services.flatMap(({ owns }) => Object.keys(owns.tables ?? {}).map((name) => [name, `test-${name}`])),
  ),
  buckets: Object.fromEntries(
    services.flatMap(({ owns }) => Object.keys(owns.buckets ?? {}).map((name) => [name, `s3://test-${name}`])),
  ),
  mailUrl: 'ses:',
  sentMailsUrl: 'sns:arn:aws:sns:eu-central-1:111122223333:cloudmart-test-mails',
  secretIds: byName(services, (service) =>
    Object.fromEntries([
      ...callSecretNames(service, services).map((key) => [key, `cloudmart/test/${key}`]),
      ...secretNames(service).map((key) => [key, `cloudmart/test/${service.name}/${key}`]),
    ]),
  ),
  configuration: {},
  network: {
    dnsCidrs: ['172.20.0.10/32'],
    dataCidrs: ['10.0.32.0/24', '10.0.33.0/24'],
    endpointCidrs: ['10.0.16.0/20'],
    metricsCidrs: ['10.0.34.0/24'],
    databasePort: 5432,
    eventsPorts: [9098],
    cachePorts: [6379, 6380],
  },
  ingress: {
    className: 'alb',
    host: 'shop.example',
    annotations: { 'alb.ingress.kubernetes.io/target-type': 'ip' },
    readinessGateLabel: 'eks.amazonaws.com/pod-readiness-gate-inject',
    sourceCidrs: ['10.0.0.0/24', '10.0.1.0/24'],
  },
  ...differing,
});

/** A web service without any need, to be spread over with what a case is about. */
export const aService = (differing: Partial<ServiceManifest> = {}): ServiceManifest =>
  testManifest({
    name: 'wishlist',
    kind: 'web',
    summary: 'Remembers what customers would like.',
    ports: { http: 8100 },
    scaling: { min: 2, max: 4, cpuPercent: 60 },
    ...differing,
  });
