import { Duration } from 'aws-cdk-lib';
import { ComparisonOperator, Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { type ICluster, KubernetesObjectValue } from 'aws-cdk-lib/aws-eks-v2';
import { CfnHealthCheck, CfnRecordSet, type IHostedZone } from 'aws-cdk-lib/aws-route53';
import type { Construct } from 'constructs';
import type { ServiceManifest } from '../../services/kit/manifest.ts';
import { repeatOnRelease } from '../constructs/cluster/release-parameter.ts';
import { type AlertTopics, OwnedAlarm } from '../constructs/owned-alarm.ts';
import type { Environment } from '../environment/environment.ts';
import { PlatformStack } from './platform-stack.ts';

export type PublicNameStackProps = {
  readonly environment: Environment;
  readonly services: readonly ServiceManifest[];
  readonly cluster: ICluster;
  /** Namespace of the services. */
  readonly namespace: string;
  readonly zone: IHostedZone;
  /** Name by which customers reach the shop. */
  readonly host: string;
  readonly alerts: AlertTopics;
};

/** Where Route 53 counts what its checkers saw; an alarm stands beside its metric. Source: Route 53 developer guide, "Monitoring health checks". */
const HEALTH_CHECK_REGION = 'us-east-1';

/**
 * Waits until the load balancer has an address, which also proves that the Ingress was taken, and gives it the public name. It is a stack of
 * its own because somebody else may have to apply the Ingress first.
 */
export class PublicNameStack extends PlatformStack {
  constructor(
    scope: Construct,
    id: string,
    { environment, services, cluster, namespace, zone, host, alerts }: PublicNameStackProps,
  ) {
    super(scope, id, { environment, description: 'The name by which customers reach the shop' });
    for (const { name } of services.filter((service) => service.public)) {
      const address = new KubernetesObjectValue(this, `${name}-address`, {
        cluster,
        objectType: 'ingress',
        objectName: name,
        objectNamespace: namespace,
        jsonPath: '.status.loadBalancer.ingress[0].hostname',
        timeout: Duration.minutes(10),
      });
      // Another load balancer, after its Ingress was made anew, has another name.
      repeatOnRelease(address);
      new CfnRecordSet(this, `${name}-name`, {
        hostedZoneId: zone.hostedZoneId,
        name: host,
        type: 'CNAME',
        ttl: '60',
        resourceRecords: [address.value],
      });
    }
    this.watchFromOutside(host, alerts);
  }

  /** Asks the shop by its public name, as customers do: a name that leads to a load balancer that is gone rings here and nowhere else. */
  private watchFromOutside(host: string, alerts: AlertTopics) {
    const check = new CfnHealthCheck(this, 'Outside', {
      healthCheckConfig: {
        type: 'HTTPS',
        fullyQualifiedDomainName: host,
        port: 443,
        resourcePath: '/api/v1/health/ready',
        enableSni: true,
        requestInterval: 30,
        failureThreshold: 3,
      },
    });
    if (this.settings.region !== HEALTH_CHECK_REGION) return;
    new OwnedAlarm(this, 'Unreachable', {
      alerts,
      severity: 'page',
      owner: 'platform',
      runbook: 'shop-unreachable',
      meaning: `${host} has not answered from outside for 3 minutes.`,
      metric: new Metric({
        namespace: 'AWS/Route53',
        metricName: 'HealthCheckStatus',
        statistic: 'Minimum',
        period: Duration.minutes(1),
        dimensionsMap: { HealthCheckId: check.attrHealthCheckId },
      }),
      threshold: 1,
      evaluationPeriods: 3,
      comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
      treatMissingData: TreatMissingData.BREACHING,
    });
  }
}
