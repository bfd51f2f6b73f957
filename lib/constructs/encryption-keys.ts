import { CrossStackReferences, Duration, ReferenceStrength, Stack } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { anyWorkspace } from './any-workspace.ts';
import { removalPolicyOf } from './removal-policy.ts';

export type EncryptionKeysProps = {
  /** Start of the alias of every key. */
  readonly prefix: string;
  /** Whether the keys outlive their stack; without them nothing that they encrypted can be read again. */
  readonly retained: boolean;
  /** Whether Managed Prometheus publishes alerts too. */
  readonly ringsByMetrics: boolean;
};

/** Three keys per environment: one for data, one for what Kubernetes keeps, one for alerts (AWS services must use it to publish). */
export class EncryptionKeys extends Construct {
  readonly data: Key;
  readonly cluster: Key;
  readonly alerts: Key;

  constructor(scope: Construct, id: string, { prefix, retained, ringsByMetrics }: EncryptionKeysProps) {
    super(scope, id);
    const key = (name: string, description: string) => {
      const made = new Key(this, name, {
        alias: `alias/${prefix}-${name.toLowerCase()}`,
        description,
        enableKeyRotation: true,
        pendingWindow: Duration.days(retained ? 30 : 7),
        removalPolicy: removalPolicyOf(retained),
      });
      CrossStackReferences.of(made).produce(ReferenceStrength.STRONG);
      return made;
    };
    this.data = key('Data', 'Databases, event stream, cache, tables, buckets, images and secrets.');
    this.cluster = key('Cluster', 'Secrets that Kubernetes keeps.');
    this.alerts = key('Alerts', 'Alert topics and the queues of failed events.');
    this.alerts.addToResourcePolicy(
      new PolicyStatement({
        sid: 'PublishersOfAlerts',
        principals: ['cloudwatch', 'events', 'budgets', 'backup'].map(
          (name) => new ServicePrincipal(`${name}.amazonaws.com`),
        ),
        actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
        resources: ['*'],
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
      }),
    );
    if (ringsByMetrics)
      this.alerts.addToResourcePolicy(
        new PolicyStatement({
          sid: 'AlertsByMetrics',
          principals: [anyWorkspace(this)],
          actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
          resources: ['*'],
        }),
      );
  }
}
