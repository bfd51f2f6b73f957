import type { ICluster } from 'aws-cdk-lib/aws-eks-v2';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { MetricsCollector } from '../constructs/cluster/metrics-collector.ts';
import type { ScrapeTarget } from '../constructs/cluster/scrape-configuration.ts';
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
};

export class MetricsStack extends PlatformStack {
  constructor(scope: Construct, id: string, { environment, metrics, ...props }: MetricsStackProps) {
    super(scope, id, {
      environment,
      description: 'What the services measure themselves: read from pods, kept for PromQL',
    });
    new MetricsCollector(this, 'Metrics', { name: this.prefix, retained: environment.protected, ...metrics, ...props });
  }
}
