import type { ICluster } from 'aws-cdk-lib/aws-eks-v2';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import type { ServiceManifest } from '../../services/kit/manifest.ts';
import { ruleGroups } from '../alerts/rule-groups.ts';
import { MetricsCollector } from '../constructs/cluster/metrics-collector.ts';
import type { ScrapeTarget } from '../constructs/cluster/scrape-configuration.ts';
import type { AlertTopics } from '../constructs/owned-alarm.ts';
import type { PlatformNetwork } from '../constructs/platform-network.ts';
import type { Environment } from '../environment/environment.ts';
import { PlatformStack } from './platform-stack.ts';

export type MetricsStackProps = {
  readonly environment: Environment;
  readonly metrics: NonNullable<Environment['metrics']>;
  readonly network: PlatformNetwork;
  readonly cluster: ICluster;
  readonly target: ScrapeTarget;
  readonly key: IKey;
  readonly services: readonly ServiceManifest[];
  readonly alerts: AlertTopics;
};

export class MetricsStack extends PlatformStack {
  constructor(scope: Construct, id: string, { environment, metrics, services, ...props }: MetricsStackProps) {
    super(scope, id, {
      environment,
      description: 'What the services measure themselves: read from pods, kept for PromQL, and what rings by it',
    });
    new MetricsCollector(this, 'Metrics', {
      name: this.prefix,
      retained: environment.protected,
      rules: ruleGroups(services, environment.configuration),
      ...metrics,
      ...props,
    });
  }
}
