import { Duration } from 'aws-cdk-lib';
import { type ICluster, KubernetesObjectValue } from 'aws-cdk-lib/aws-eks-v2';
import { CfnRecordSet, type IHostedZone } from 'aws-cdk-lib/aws-route53';
import type { Construct } from 'constructs';
import type { ServiceManifest } from '../../services/kit/manifest.ts';
import { repeatOnRelease } from '../constructs/cluster/release-parameter.ts';
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
};

/**
 * Waits until the load balancer has an address, which also proves that the Ingress was taken, and gives it the public name. It is a stack of
 * its own because somebody else may have to apply the Ingress first.
 */
export class PublicNameStack extends PlatformStack {
  constructor(
    scope: Construct,
    id: string,
    { environment, services, cluster, namespace, zone, host }: PublicNameStackProps,
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
  }
}
