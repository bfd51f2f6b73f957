import type { IConnectable } from 'aws-cdk-lib/aws-ec2';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { runtimeOf, type ServiceManifest } from '../../services/kit/manifest.ts';
import { EventStream } from '../constructs/events/event-stream.ts';
import type { AlertTopics } from '../constructs/owned-alarm.ts';
import type { PlatformNetwork } from '../constructs/platform-network.ts';
import type { Environment } from '../environment/environment.ts';
import { outputNames } from '../outputs/stack-outputs.ts';
import { PlatformStack } from './platform-stack.ts';

export type EventStreamStackProps = {
  readonly environment: Environment;
  readonly services: readonly ServiceManifest[];
  readonly network: PlatformNetwork;
  /** What connects from the cluster. */
  readonly pods: IConnectable;
  readonly key: IKey;
  readonly alerts: AlertTopics;
};

export class EventStreamStack extends PlatformStack {
  readonly stream: EventStream;

  constructor(scope: Construct, id: string, { environment, pods, ...props }: EventStreamStackProps) {
    super(scope, id, { environment, description: 'Apache Kafka on MSK, with the topics that the services declare' });
    this.stream = new EventStream(this, 'EventStream', {
      name: this.prefix,
      logDays: environment.cluster.logDays,
      retained: environment.protected,
      consumers: props.services.filter((service) => environment.streamJobs || runtimeOf(service) !== 'flink'),
      ...props,
      ...environment.eventStream,
    });
    this.stream.admit(pods, 'pods');
    this.publish(outputNames.eventBrokers, this.stream.brokers);
    this.publish('EventClusterArn', this.stream.clusterArn);
  }
}
