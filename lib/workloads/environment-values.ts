import { usesCache } from '../../services/kit/cache-rights.ts';
import { runsInCluster, type ServiceManifest } from '../../services/kit/manifest.ts';
import { observedBy } from '../../services/kit/observation.ts';
import type { Environment } from '../environment/environment.ts';
import { replicasOf, SERVICE_CIDR } from '../environment/environment-checks.ts';
import { configurationOf, secretKeysOf } from '../environment/environment-configuration.ts';
import { subnetRanges } from '../environment/subnet-ranges.ts';
import { cacheUser, prefixOf, workloadNamespace } from '../names.ts';
import { outputNames } from '../outputs/stack-outputs.ts';
import { secretOwner } from '../services.ts';
import { chatUrlOf } from '../variables/chat-url.ts';
import type { IngressValues, WorkloadValues } from './workload-values.ts';

/** Value of a stack output by its name: a token in the CDK app, a placeholder or the deployed value in rendered files. */
export type OutputOf = (name: string) => string;

// Annotations that both EKS Auto Mode and the load-balancer controller read. What concerns the whole load balancer (scheme, access
// logs) stands in the IngressClass. Source: EKS user guide, "Create an IngressClass to configure an Application Load Balancer".
const ingressOf = ({ publicDoor, network, cluster }: Environment, outputOf: OutputOf): IngressValues | undefined =>
  publicDoor && {
    className: 'alb',
    host: publicDoor.host,
    annotations: {
      'alb.ingress.kubernetes.io/certificate-arn': outputOf(outputNames.certificateArn),
      'alb.ingress.kubernetes.io/healthcheck-path': '/health/ready',
      'alb.ingress.kubernetes.io/listen-ports': '[{"HTTP":80},{"HTTPS":443}]',
      // Without one the load balancer still takes TLS 1.0.
      'alb.ingress.kubernetes.io/ssl-policy': 'ELBSecurityPolicy-TLS13-1-2-2021-06',
      'alb.ingress.kubernetes.io/ssl-redirect': '443',
      // Pods end 35 s after they are told to; the default of 300 s would keep their targets for nothing.
      'alb.ingress.kubernetes.io/target-group-attributes': 'deregistration_delay.timeout_seconds=30',
      'alb.ingress.kubernetes.io/target-type': 'ip',
      'alb.ingress.kubernetes.io/wafv2-acl-arn': outputOf(outputNames.webAclArn),
    },
    // Auto Mode's webhook looks for a label of its own.
    readinessGateLabel: `${cluster.compute === 'auto-mode' ? 'eks.amazonaws.com' : 'elbv2.k8s.aws'}/pod-readiness-gate-inject`,
    sourceCidrs: subnetRanges(network).public,
  };

const networkOf = ({ network, eventStream, metrics }: Environment): WorkloadValues['network'] => ({
  // On EKS Auto Mode the resolver runs on every node, not as a pod, so its address is only known to be a private one.
  dnsCidrs: [network.cidr, SERVICE_CIDR, '169.254.0.0/16'],
  dataCidrs: [
    ...subnetRanges(network).data,
    ...(eventStream.subnets === 'private' ? subnetRanges(network).private : []),
  ],
  endpointCidrs: network.interfaceEndpoints.includes('secretsmanager') ? subnetRanges(network).private : [],
  metricsCidrs: metrics ? subnetRanges(network).data : [],
  databasePort: 5432,
  eventsPorts: [9098],
  cachePorts: [6379],
});

/**
 * Values of one environment, the same for `cdk deploy` and for rendered files.
 * @param tags image tag per service, its content hash
 */
export const environmentValues = (
  environment: Environment,
  services: readonly ServiceManifest[],
  tags: Readonly<Record<string, string>>,
  outputOf: OutputOf,
): WorkloadValues => {
  const inCluster = services.filter(runsInCluster);
  const perService = <V>(value: (service: ServiceManifest) => V): Record<string, V> =>
    Object.fromEntries(inCluster.map((service) => [service.name, value(service)]));
  return {
    environment: environment.name,
    namespace: workloadNamespace,
    region: environment.region,
    images: perService(({ name }) => `${outputOf(outputNames.repository(name))}:${tags[name] ?? ''}`),
    replicas: perService((service) => replicasOf(service, environment)),
    logLevel: environment.logLevel,
    databaseAddress: outputOf(outputNames.databaseAddress),
    databaseAuth: 'iam',
    eventsUrl: `kafka://${outputOf(outputNames.eventBrokers)}?auth=iam`,
    cacheUrls: Object.fromEntries(
      inCluster
        .filter(usesCache)
        .map(({ name }) => [
          name,
          `rediss://${cacheUser(environment.name, name)}@${outputOf(outputNames.cacheAddress)}?cacheName=${prefixOf(environment.name)}`,
        ]),
    ),
    tables: Object.fromEntries(
      inCluster.flatMap((service) =>
        [...Object.keys(service.owns.tables ?? {}), ...observedBy(service).tables].map((table) => [
          table,
          outputOf(outputNames.table(table)),
        ]),
      ),
    ),
    buckets: Object.fromEntries(
      inCluster.flatMap(({ owns }) =>
        Object.keys(owns.buckets ?? {}).map((bucket) => [bucket, `s3://${outputOf(outputNames.bucket(bucket))}`]),
      ),
    ),
    mailUrl: 'ses:',
    chatUrl: chatUrlOf(environment, outputOf),
    sentMailsUrl: `sns:${outputOf(outputNames.sentMailsTopic)}`,
    secretIds: perService((service) =>
      Object.fromEntries(
        secretKeysOf(service, services, environment).map((key) => [
          key,
          outputOf(outputNames.secret(secretOwner(service, key), key)),
        ]),
      ),
    ),
    configuration: perService((service) => configurationOf(service, environment)),
    network: networkOf(environment),
    ...(environment.traces && { traces: environment.traces }),
    ingress: ingressOf(environment, outputOf),
  };
};
