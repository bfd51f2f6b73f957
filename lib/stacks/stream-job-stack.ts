import { Port } from 'aws-cdk-lib/aws-ec2';
import type { Construct } from 'constructs';
import type { ServiceManifest } from '../../services/kit/manifest.ts';
import { type ServiceResources, servicePermissions } from '../constructs/access/service-permissions.ts';
import type { FunctionCode } from '../constructs/events/event-function.ts';
import { EVENT_STREAM_PORT, type EventStream } from '../constructs/events/event-stream.ts';
import { FlinkApplication } from '../constructs/events/flink-application.ts';
import type { AlertTopics } from '../constructs/owned-alarm.ts';
import type { PlatformNetwork } from '../constructs/platform-network.ts';
import type { Environment } from '../environment/environment.ts';
import { partName } from '../names.ts';
import { PlatformStack } from './platform-stack.ts';

export type StreamJobStackProps = {
  readonly environment: Environment;
  /** Manifests of services that run on Flink. */
  readonly jobs: readonly ServiceManifest[];
  readonly network: PlatformNetwork;
  readonly stream: EventStream;
  readonly resources: ServiceResources;
  readonly codeOf: (service: ServiceManifest) => FunctionCode;
  readonly variablesOf: (service: ServiceManifest) => Readonly<Record<string, string>>;
  readonly alerts: AlertTopics;
};

export class StreamJobStack extends PlatformStack {
  constructor(
    scope: Construct,
    id: string,
    { environment, jobs, network, stream, resources, codeOf, variablesOf, alerts }: StreamJobStackProps,
  ) {
    super(scope, id, { environment, description: 'Flink applications that compute over topics' });
    for (const service of jobs) {
      const application = new FlinkApplication(this, service.name, {
        service,
        applicationName: partName(environment.name, service.name),
        code: codeOf(service),
        variables: variablesOf(service),
        statements: servicePermissions(this, service, resources),
        network,
        logDays: environment.functions.logDays,
        alerts,
      });
      // A remote rule lives here; in the stack of the brokers it would make the two stacks wait for each other.
      stream.securityGroup.addIngressRule(application.securityGroup, Port.tcp(EVENT_STREAM_PORT), service.name, true);
    }
  }
}
