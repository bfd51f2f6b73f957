/**
 * Names of the stack outputs that workloads need: values that only a deployment knows. The CDK app exports exactly these and
 * gives their tokens to the charts; rendered files hold placeholders of the same names until they are filled.
 */
import type { ServiceManifest } from '../../services/kit/manifest.ts';
import { secretKeysOf } from './pod-environment.ts';
import { runsInCluster } from './workload-values.ts';

/** `product-images` -> `ProductImages`, `API_KEY` -> `ApiKey`: CloudFormation allows letters and digits only. */
const inPascalCase = (name: string) =>
  name
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');

export const outputNames = {
  /** `host:port` of the PostgreSQL writer. */
  databaseAddress: 'DatabaseAddress',
  /** Bootstrap brokers with IAM, `host:port,host:port`. */
  eventBrokers: 'EventBrokers',
  /** `host:port` of the cache's primary. */
  cacheAddress: 'CacheAddress',
  certificateArn: 'CertificateArn',
  webAclArn: 'WebAclArn',
  /** URI of a service's image repository, without a tag. */
  repository: (service: string): string => `Repository${inPascalCase(service)}`,
  /** Physical name of a table. */
  table: (table: string): string => `Table${inPascalCase(table)}`,
  /** Physical name of a bucket. */
  bucket: (bucket: string): string => `Bucket${inPascalCase(bucket)}`,
  /** ARN or name of a secret; one for all services that hold `SERVICE_AUTH_SECRET`. */
  secret: (service: string, key: string): string =>
    key === 'SERVICE_AUTH_SECRET' ? 'SecretServiceAuth' : `Secret${inPascalCase(service)}${inPascalCase(key)}`,
} as const;

/** Every output that the workloads of these services may need, sorted. */
export const neededOutputs = (services: readonly ServiceManifest[], hasPublicDoor: boolean): string[] => {
  const inCluster = services.filter(runsInCluster);
  const names = new Set<string>();
  if (inCluster.some(({ owns }) => owns.database)) names.add(outputNames.databaseAddress);
  if (inCluster.some(({ consumes, publishes }) => consumes.length > 0 || Object.keys(publishes).length > 0))
    names.add(outputNames.eventBrokers);
  if (inCluster.some(({ cache }) => cache)) names.add(outputNames.cacheAddress);
  if (hasPublicDoor) names.add(outputNames.certificateArn).add(outputNames.webAclArn);
  for (const service of inCluster) {
    names.add(outputNames.repository(service.name));
    for (const table of Object.keys(service.owns.tables ?? {})) names.add(outputNames.table(table));
    for (const bucket of service.owns.buckets ?? []) names.add(outputNames.bucket(bucket));
    for (const key of secretKeysOf(service)) names.add(outputNames.secret(service.name, key));
  }
  return [...names].sort();
};
