/** The environment variables of a Lambda: the names that every platform uses, with the addresses of AWS. */
import type { ServiceManifest } from '../../services/kit/manifest.ts';
import type { Environment } from '../environment/environment.ts';
import { configurationOf, secretKeysOf } from '../environment/environment-configuration.ts';
import { outputNames } from '../outputs/stack-outputs.ts';
import { secretOwner } from '../services.ts';
import type { OutputOf } from '../workloads/environment-values.ts';
import { chatUrlOf } from './chat-url.ts';
import { type Addresses, serviceVariables } from './service-variables.ts';
import { functionTraceVariables } from './trace-variables.ts';

/** Where things are for code that runs outside the cluster. */
export const awsAddresses = (outputOf: OutputOf, chat?: string): Addresses => {
  const refuse = ({ name }: ServiceManifest): never => {
    throw new Error(
      `services/${name}/manifest.ts: ${name} has no door outside the cluster, so no Lambda can call it; consume one of its topics instead`,
    );
  };
  return {
    http: refuse,
    grpc: refuse,
    ports: () => ({}),
    database: (service) => {
      throw new Error(`services/${service.name}/manifest.ts: a Lambda owns no PostgreSQL database; declare a table`);
    },
    events: () => `kafka://${outputOf(outputNames.eventBrokers)}?auth=iam`,
    cache: (service) => {
      throw new Error(
        `services/${service.name}/manifest.ts: a Lambda is outside the VPC and cannot reach the cache; use a table`,
      );
    },
    table: (name) => outputOf(outputNames.table(name)),
    bucket: (name) => `s3://${outputOf(outputNames.bucket(name))}`,
    site: () => undefined,
    mail: 'ses:',
    chat,
    sentMails: `sns:${outputOf(outputNames.sentMailsTopic)}`,
  };
};

/** Variables of one Lambda. Values may hold tokens; secrets are named, never held. */
export const functionVariables = (
  service: ServiceManifest,
  all: readonly ServiceManifest[],
  environment: Environment,
  outputOf: OutputOf,
): Record<string, string> => ({
  LOG_LEVEL: environment.logLevel,
  ...(environment.traces && functionTraceVariables(environment.traces)),
  ...serviceVariables(service, all, awsAddresses(outputOf, chatUrlOf(environment, outputOf))),
  ...configurationOf(service, environment),
  ...Object.fromEntries(
    secretKeysOf(service, all, environment).map((key) => [
      `${key}_SECRET_ID`,
      outputOf(outputNames.secret(secretOwner(service, key), key)),
    ]),
  ),
});
