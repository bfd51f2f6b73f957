import { k8s } from 'cdk8s-plus-28';
import type { Construct } from 'constructs';
import { usesCache } from '../../services/kit/cache-rights.ts';
import { destinationsOf } from '../../services/kit/destinations.ts';
import { type ServiceManifest, usesEvents } from '../../services/kit/manifest.ts';
import { usesDatabases, usesTables } from '../../services/kit/observation.ts';
import { spanCollector } from '../names.ts';
import { namedPortsOf, probePort } from './ports.ts';
import { selectorLabels, type Workload } from './workload.ts';
import type { WorkloadValues } from './workload-values.ts';

/** Where the EKS Pod Identity agent of the own node gives out credentials. Source: EKS user guide, "Set up Pod Identity". */
const podIdentityAgent = '169.254.170.23/32';
const privateRanges = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', '169.254.0.0/16'];

const tcp = (...ports: readonly number[]): k8s.NetworkPolicyPort[] =>
  ports.map((port) => ({ protocol: 'TCP', port: k8s.IntOrString.fromNumber(port) }));

const toCidrs = (cidrs: readonly string[]): k8s.NetworkPolicyPeer[] => cidrs.map((cidr) => ({ ipBlock: { cidr } }));

const podsOf = (serviceName: string): k8s.NetworkPolicyPeer => ({
  podSelector: { matchLabels: selectorLabels(serviceName) },
});

const dns = ({ network }: WorkloadValues): k8s.NetworkPolicyEgressRule => ({
  to: [
    {
      namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'kube-system' } },
      podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } },
    },
    ...toCidrs(network.dnsCidrs),
  ],
  ports: [{ protocol: 'UDP', port: k8s.IntOrString.fromNumber(53) }, ...tcp(53)],
});

/**
 * Ports at which a service reaches what has public addresses: its destinations, S3, DynamoDB, and AWS APIs without an endpoint.
 * Everything private stays closed.
 */
const outsidePorts = (service: ServiceManifest, { network }: WorkloadValues): number[] => {
  const usesAws = usesTables(service) || Boolean(service.owns.buckets) || network.endpointCidrs.length === 0;
  const ports = destinationsOf(service).flatMap((destination) => destination.ports);
  return [...new Set([...(usesAws ? [443] : []), ...ports])].sort((one, other) => one - other);
};

const storePorts = (service: ServiceManifest, { network }: WorkloadValues): number[] => [
  ...(usesDatabases(service) ? [network.databasePort] : []),
  ...(usesEvents(service) ? network.eventsPorts : []),
  ...(usesCache(service) ? network.cachePorts : []),
];

/**
 * The collector of spans. Its pods share the network of their node, and it is named as pods all the same: EKS makes of that the addresses
 * of their nodes and of the service before them. Source: aws/amazon-network-policy-controller-k8s, pkg/resolvers/endpoints.go.
 */
const collectorOf = ({ traces }: WorkloadValues): k8s.NetworkPolicyEgressRule[] => {
  const { namespace, labels, port } = spanCollector;
  const peer = {
    namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
    podSelector: { matchLabels: labels },
  };
  return traces ? [{ to: [peer], ports: tcp(port) }] : [];
};

const egressOf = ({ service, values, callees }: Workload): k8s.NetworkPolicyEgressRule[] => {
  const stores = storePorts(service, values);
  const outside = outsidePorts(service, values);
  return [
    dns(values),
    { to: toCidrs([podIdentityAgent]), ports: tcp(80) },
    ...collectorOf(values),
    ...(values.network.endpointCidrs.length > 0
      ? [{ to: toCidrs(values.network.endpointCidrs), ports: tcp(443) }]
      : []),
    ...(stores.length > 0 ? [{ to: toCidrs(values.network.dataCidrs), ports: tcp(...stores) }] : []),
    ...(outside.length > 0
      ? [{ to: [{ ipBlock: { cidr: '0.0.0.0/0', except: privateRanges } }], ports: tcp(...outside) }]
      : []),
    ...callees.map((callee) => ({
      to: [podsOf(callee.name)],
      ports: tcp(
        ...namedPortsOf(callee)
          .filter(({ name }) => name === 'http' || service.callsByGrpc?.includes(callee.name))
          .map(({ port }) => port),
      ),
    })),
  ];
};

const ingressOf = ({ service, values, callers, doors }: Workload): k8s.NetworkPolicyIngressRule[] | undefined => {
  const { http } = service.ports;
  const rules = [
    ...doors
      .filter(({ name }) => callers[name].length > 0)
      .map(({ name, port }) => ({ from: callers[name].map(podsOf), ports: tcp(port) })),
    ...(service.public && values.ingress && http !== undefined
      ? [{ from: toCidrs(values.ingress.sourceCidrs), ports: tcp(http) }]
      : []),
    ...(values.network.metricsCidrs.length > 0
      ? [{ from: toCidrs(values.network.metricsCidrs), ports: tcp(probePort) }]
      : []),
  ];
  // The API server stores an empty list as none: written down, it would differ from the cluster for ever.
  return rules.length > 0 ? rules : undefined;
};

/**
 * Adds the policy that admits declared callers, callees and stores only. Probes need no rule: the kubelet's traffic from a pod's
 * own node is always admitted.
 */
export const addNetworkPolicy = (scope: Construct, workload: Workload): void => {
  new k8s.KubeNetworkPolicy(scope, 'network-policy', {
    metadata: workload.metadata,
    spec: {
      podSelector: { matchLabels: workload.selector },
      policyTypes: ['Ingress', 'Egress'],
      ingress: ingressOf(workload),
      egress: egressOf(workload),
    },
  });
};
