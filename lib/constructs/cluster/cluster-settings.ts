/** Kubernetes objects that belong to the cluster and not to a service: nodes, network-policy enforcement, ingress class. */
import type { Environment } from '../../environment/environment.ts';
import { nodeEncryptionLabel, nodesEncrypt } from '../../environment/node-traffic.ts';

export type ClusterSettings = {
  readonly environment: Environment;
  readonly clusterName: string;
  readonly nodeRoleName: string;
  /** Value of the tag `cloudmart:network` of the subnets that nodes live in. */
  readonly networkName: string;
};

type KubernetesObject = Record<string, unknown>;

/** By which the budget finds what Auto Mode makes; the role of the cluster has to permit it (./cluster-tagging.ts). */
const tagsOf = ({ name }: Environment) => ({ environment: name, platform: 'cloudmart' });

/**
 * Auto Mode enforces network policies only where its node class says so, and only once the controller is switched on
 * (EKS user guide, "Use network policies with EKS Auto Mode").
 */
const policyEnforcement: KubernetesObject = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'amazon-vpc-cni', namespace: 'kube-system' },
  data: { 'enable-network-policy-controller': 'true' },
};

const nodes = ({ environment, clusterName, nodeRoleName, networkName }: ClusterSettings): KubernetesObject[] => [
  {
    apiVersion: 'eks.amazonaws.com/v1',
    kind: 'NodeClass',
    metadata: { name: 'cloudmart' },
    spec: {
      role: nodeRoleName,
      subnetSelectorTerms: [{ tags: { 'cloudmart:network': networkName } }],
      securityGroupSelectorTerms: [{ tags: { 'aws:eks:cluster-name': clusterName } }],
      networkPolicy: 'DefaultAllow',
      networkPolicyEventLogs: 'Enabled',
      ephemeralStorage: { size: '40Gi' },
      tags: tagsOf(environment),
    },
  },
  {
    apiVersion: 'karpenter.sh/v1',
    kind: 'NodePool',
    metadata: { name: 'cloudmart' },
    spec: {
      limits: { cpu: String(environment.cluster.nodes.max * 4) },
      disruption: {
        consolidationPolicy: 'WhenEmptyOrUnderutilized',
        consolidateAfter: '60s',
        budgets: [{ nodes: '34%' }],
      },
      template: {
        spec: {
          nodeClassRef: { group: 'eks.amazonaws.com', kind: 'NodeClass', name: 'cloudmart' },
          expireAfter: '336h',
          // A tear-down waits for it in a function that lives for 15 minutes.
          terminationGracePeriod: environment.protected ? '1h' : '5m',
          requirements: [
            { key: 'kubernetes.io/arch', operator: 'In', values: ['amd64'] },
            { key: 'karpenter.sh/capacity-type', operator: 'In', values: [environment.cluster.capacity] },
            {
              key: 'eks.amazonaws.com/instance-category',
              operator: 'In',
              values: [...environment.cluster.nodes.categories],
            },
            // The newest general t generation is 3; of the others, 6 and later cost less for the same work.
            {
              key: 'eks.amazonaws.com/instance-generation',
              operator: 'Gt',
              values: [environment.cluster.nodes.categories.includes('t') ? '2' : '5'],
            },
            ...(nodesEncrypt(environment.cluster)
              ? [{ key: nodeEncryptionLabel, operator: 'In', values: ['true'] }]
              : []),
          ],
        },
      },
    },
  },
];

/**
 * The class of public doors: what concerns the whole load balancer. Applied with the workloads, after the bucket of its logs exists.
 * @param accessLogs name of the bucket; may hold a token
 */
export const ingressClassObjects = (environment: Environment, accessLogs: string): KubernetesObject[] => {
  const autoMode = environment.cluster.compute === 'auto-mode';
  const apiGroup = autoMode ? 'eks.amazonaws.com' : 'elbv2.k8s.aws';
  return [
    {
      apiVersion: `${apiGroup}/${autoMode ? 'v1' : 'v1beta1'}`,
      kind: 'IngressClassParams',
      metadata: { name: 'alb' },
      spec: {
        scheme: 'internet-facing',
        tags: Object.entries(tagsOf(environment)).map(([key, value]) => ({ key, value })),
        loadBalancerAttributes: [
          { key: 'access_logs.s3.enabled', value: 'true' },
          { key: 'access_logs.s3.bucket', value: accessLogs },
          { key: 'deletion_protection.enabled', value: String(environment.protected) },
          { key: 'routing.http.drop_invalid_header_fields.enabled', value: 'true' },
        ],
      },
    },
    {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'IngressClass',
      metadata: { name: 'alb' },
      spec: {
        controller: autoMode ? 'eks.amazonaws.com/alb' : 'ingress.k8s.aws/alb',
        parameters: { apiGroup, kind: 'IngressClassParams', name: 'alb' },
      },
    },
  ];
};

/** Objects of the cluster itself, in the order in which they are applied; none with node groups. Holds literals only. */
export const clusterSettingsObjects = (settings: ClusterSettings): KubernetesObject[] =>
  settings.environment.cluster.compute === 'auto-mode' ? [policyEnforcement, ...nodes(settings)] : [];
