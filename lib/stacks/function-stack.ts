import type { ITableV2 } from 'aws-cdk-lib/aws-dynamodb';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import type { ServiceManifest } from '../../services/kit/manifest.ts';
import { type ServiceResources, servicePermissions } from '../constructs/access/service-permissions.ts';
import { traceStatements } from '../constructs/access/trace-permissions.ts';
import { EventFunction, type FunctionCode } from '../constructs/events/event-function.ts';
import type { AlertTopics } from '../constructs/owned-alarm.ts';
import type { Environment } from '../environment/environment.ts';
import { partName } from '../names.ts';
import { PlatformStack } from './platform-stack.ts';

export type FunctionStackProps = {
  readonly environment: Environment;
  /** Manifests of services that run as functions. */
  readonly services: readonly ServiceManifest[];
  readonly resources: ServiceResources;
  /** Files that ship, per service. */
  readonly codeOf: (service: ServiceManifest) => FunctionCode;
  /** Environment variables per service. */
  readonly variablesOf: (service: ServiceManifest) => Readonly<Record<string, string>>;
  /** Table of a name that some manifest declares. */
  readonly tableOf: (name: string) => ITableV2;
  readonly key: IKey;
  readonly alerts: AlertTopics;
};

export class FunctionStack extends PlatformStack {
  constructor(
    scope: Construct,
    id: string,
    { environment, services, resources, codeOf, variablesOf, tableOf, key, alerts }: FunctionStackProps,
  ) {
    super(scope, id, { environment, description: 'Lambdas and what wakes them' });
    for (const service of services)
      new EventFunction(this, service.name, {
        service,
        functionName: partName(environment.name, service.name),
        code: codeOf(service),
        variables: variablesOf(service),
        statements: [...servicePermissions(this, service, resources), ...traceStatements(environment.traces)],
        eventClusterArn: resources.eventClusterArn,
        follows: new Map((service.follows ?? []).map((name) => [name, tableOf(name)])),
        alerts,
        metricNamespace: `CloudMart/${environment.name}`,
        key,
        mailSettings: this.prefix,
        ...environment.functions,
      });
  }
}
