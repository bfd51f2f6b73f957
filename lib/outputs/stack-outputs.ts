/**
 * Names of the stack outputs that workloads need: values that only a deployment knows. The CDK app exports exactly these and
 * gives their tokens to the charts; rendered files hold placeholders of the same names until they are filled.
 */
import { usesCache } from '../../services/kit/cache-rights.ts';
import { isCallSecretName } from '../../services/kit/call-secret.ts';
import { tellsChat, tellsOfMails } from '../../services/kit/destinations.ts';
import { runsInCluster, type ServiceManifest, usesEvents } from '../../services/kit/manifest.ts';
import { observedBy, usesDatabases } from '../../services/kit/observation.ts';
import type { Environment } from '../environment/environment.ts';
import { secretKeysOf } from '../environment/environment-configuration.ts';
import { hasChat } from '../environment/readiness.ts';
import { secretOwner } from '../services.ts';

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
  /** ARN of the topic of what services tell a chat. */
  chatTopic: 'ChatTopicArn',
  /** ARN of the topic of mails that went out. */
  sentMailsTopic: 'SentMailsTopicArn',
  certificateArn: 'CertificateArn',
  webAclArn: 'WebAclArn',
  /** URI of a service's image repository, without a tag. */
  repository: (service: string): string => `Repository${inPascalCase(service)}`,
  /** Physical name of a table. */
  table: (table: string): string => `Table${inPascalCase(table)}`,
  /** Physical name of a bucket. */
  bucket: (bucket: string): string => `Bucket${inPascalCase(bucket)}`,
  /** ARN or name of a secret; one for the two services that hold that of a caller and a callee. */
  secret: (service: string, key: string): string =>
    isCallSecretName(key) ? inPascalCase(key) : `Secret${inPascalCase(service)}${inPascalCase(key)}`,
} as const;

/** Every output that the workloads of these services may need in an environment, sorted. */
export const neededOutputs = (services: readonly ServiceManifest[], environment: Environment): string[] => {
  const inCluster = services.filter(runsInCluster);
  const names = new Set<string>();
  if (inCluster.some(usesDatabases)) names.add(outputNames.databaseAddress);
  if (inCluster.some(usesEvents)) names.add(outputNames.eventBrokers);
  if (inCluster.some(usesCache)) names.add(outputNames.cacheAddress);
  if (hasChat(environment) && inCluster.some(tellsChat)) names.add(outputNames.chatTopic);
  if (inCluster.some(tellsOfMails)) names.add(outputNames.sentMailsTopic);
  if (environment.publicDoor) names.add(outputNames.certificateArn).add(outputNames.webAclArn);
  for (const service of inCluster) {
    names.add(outputNames.repository(service.name));
    for (const table of [...Object.keys(service.owns.tables ?? {}), ...observedBy(service).tables])
      names.add(outputNames.table(table));
    for (const bucket of Object.keys(service.owns.buckets ?? {})) names.add(outputNames.bucket(bucket));
    for (const key of secretKeysOf(service, services, environment))
      names.add(outputNames.secret(secretOwner(service, key), key));
  }
  return [...names].sort();
};

/** Outputs per stack. */
export type StackOutputs = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** What stands in rendered files for an output until it is known. */
export const placeholderOf = (name: string): string => `\${stack:${name}}`;

/**
 * Outputs of all given stacks by name. Throws one sentence when two stacks hold different values of a needed name, or when
 * some of the needed names are missing.
 * @param where what was read, for these sentences
 */
export const outputsByName = (
  stacks: StackOutputs,
  needed: readonly string[],
  where: string,
): ((name: string) => string) => {
  const outputs = new Map<string, string>();
  for (const [stack, values] of Object.entries(stacks))
    for (const [name, value] of Object.entries(values)) {
      const other = outputs.get(name);
      if (other !== undefined && other !== value && needed.includes(name))
        throw new Error(
          `${where}: there are two values of output ${name}, the second in stack ${stack}; remove the stale one`,
        );
      outputs.set(name, value);
    }
  const missing = needed.filter((name) => !outputs.has(name));
  if (missing.length > 0)
    throw new Error(
      `${where}: no stack has the output ${missing.join(', ')}; deploy every stack of it, then render again`,
    );
  return (name) => outputs.get(name) ?? placeholderOf(name);
};
