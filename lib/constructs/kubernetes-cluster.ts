import { KubectlV35Layer } from '@aws-cdk/lambda-layer-kubectl-v35';
import { type CfnCondition, type CfnResource, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { ComparisonOperator, Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { InstanceType, SubnetType } from 'aws-cdk-lib/aws-ec2';
import {
  AccessPolicy,
  AccessScopeType,
  Addon,
  AlbController,
  AlbControllerVersion,
  CapacityType,
  type CfnCluster,
  Cluster,
  ClusterLoggingTypes,
  CoreDnsComputeType,
  DefaultCapacityType,
  EndpointAccess,
  KubernetesManifest,
  KubernetesVersion,
} from 'aws-cdk-lib/aws-eks-v2';
import { AccountRootPrincipal, ManagedPolicy, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { Environment } from '../environment.ts';
import { SERVICE_CIDR } from '../environment-checks.ts';
import { acknowledge, acknowledgeManagedPolicies } from '../guards/acknowledge.ts';
import { clusterSettingsObjects } from './cluster-settings.ts';
import { type AlertTopics, OwnedAlarm } from './owned-alarm.ts';
import type { PlatformNetwork } from './platform-network.ts';

export type KubernetesClusterProps = {
  readonly environment: Environment;
  /** Name of the cluster; a literal, because Kubernetes objects hold it. */
  readonly clusterName: string;
  readonly network: PlatformNetwork;
  /** Encrypts the secrets that Kubernetes keeps. */
  readonly key: IKey;
  readonly alerts: AlertTopics;
};

/** EKS with API authentication, encrypted secrets, control-plane logs, nodes, metrics-server, log shipping and enforced network policies. */
export class KubernetesCluster extends Construct {
  readonly cluster: Cluster;

  constructor(scope: Construct, id: string, props: KubernetesClusterProps) {
    super(scope, id);
    const { environment, clusterName, network, key } = props;
    const { cluster: sizes } = environment;
    const autoMode = sizes.compute === 'auto-mode';
    const nodeRole = this.nodeRole(clusterName, autoMode);
    // EKS would make this group itself, and keep what it holds for ever.
    const controlPlaneLogs = this.logGroup('ControlPlaneLogs', `/aws/eks/${clusterName}/cluster`, sizes.logDays);

    this.cluster = new Cluster(this, 'Cluster', {
      clusterName,
      version: KubernetesVersion.of(sizes.version),
      vpc: network.vpc,
      vpcSubnets: [{ subnetType: SubnetType.PRIVATE_WITH_EGRESS }],
      endpointAccess:
        sizes.publicEndpointCidrs.length === 0
          ? EndpointAccess.PRIVATE
          : EndpointAccess.PUBLIC_AND_PRIVATE.onlyFrom(...sizes.publicEndpointCidrs),
      serviceIpv4Cidr: SERVICE_CIDR,
      secretsEncryptionKey: key,
      clusterLogging: Object.values(ClusterLoggingTypes),
      // Changing this later replaces the cluster.
      bootstrapClusterCreatorAdminPermissions: false,
      outputConfigCommand: false,
      kubectlProviderOptions: {
        kubectlLayer: new KubectlV35Layer(this, 'Kubectl'),
        privateSubnets: network.vpc.privateSubnets,
      },
      ...(autoMode
        ? { defaultCapacityType: DefaultCapacityType.AUTOMODE, compute: { nodePools: ['system'], nodeRole } }
        : {
            defaultCapacityType: DefaultCapacityType.NODEGROUP,
            defaultCapacity: 0,
            coreDnsComputeType: CoreDnsComputeType.EC2,
          }),
    });
    const resource = this.cluster.node.defaultChild as CfnCluster;
    resource.deletionProtection = environment.protected;
    resource.addResourceDependency(controlPlaneLogs.node.defaultChild as CfnResource);
    if (environment.protected) resource.applyRemovalPolicy(RemovalPolicy.RETAIN);

    this.acknowledgeManagedRoles(sizes.publicEndpointCidrs.length > 0);
    if (!autoMode) this.addNodeGroup(environment, nodeRole);
    this.addObservability(props);
    this.addPeople(clusterName);
    const objects = clusterSettingsObjects({
      environment,
      clusterName,
      nodeRoleName: `${clusterName}-node`,
      networkName: clusterName,
    });
    if (objects.length > 0)
      new KubernetesManifest(this, 'Settings', { cluster: this.cluster, manifest: objects, overwrite: true });
  }

  private nodeRole(clusterName: string, autoMode: boolean) {
    const policies = autoMode
      ? ['AmazonEKSWorkerNodeMinimalPolicy', 'AmazonEC2ContainerRegistryPullOnly']
      : ['AmazonEKSWorkerNodePolicy', 'AmazonEC2ContainerRegistryPullOnly', 'AmazonEKS_CNI_Policy'];
    return new Role(this, 'NodeRole', {
      roleName: `${clusterName}-node`,
      assumedBy: new ServicePrincipal('ec2.amazonaws.com'),
      managedPolicies: policies.map((name) => ManagedPolicy.fromAwsManagedPolicyName(name)),
    });
  }

  private logGroup(id: string, logGroupName: string, retention: number) {
    return new LogGroup(this, id, { logGroupName, retention, removalPolicy: RemovalPolicy.DESTROY });
  }

  private addNodeGroup({ cluster: { nodes, capacity }, publicDoor }: Environment, nodeRole: Role) {
    const networking = new Addon(this, 'Networking', {
      cluster: this.cluster,
      addonName: 'vpc-cni',
      configurationValues: { enableNetworkPolicy: 'true' },
    });
    const group = this.cluster.addNodegroupCapacity('Nodes', {
      instanceTypes: [new InstanceType(nodes.instanceType)],
      minSize: nodes.min,
      maxSize: nodes.max,
      capacityType: capacity === 'spot' ? CapacityType.SPOT : CapacityType.ON_DEMAND,
      nodeRole,
      subnets: { subnetType: SubnetType.PRIVATE_WITH_EGRESS },
    });
    group.node.addDependency(networking);
    for (const addonName of ['coredns', 'kube-proxy', 'eks-pod-identity-agent', 'aws-ebs-csi-driver'])
      new Addon(this, addonName, { cluster: this.cluster, addonName }).node.addDependency(group);
    if (publicDoor)
      new AlbController(this, 'LoadBalancerController', {
        cluster: this.cluster,
        version: AlbControllerVersion.V2_17_1,
      });
  }

  /** Auto Mode brings neither metrics-server, without which no autoscaler works, nor anything that ships logs. */
  private addObservability({ environment, clusterName, alerts }: KubernetesClusterProps) {
    const { cluster: sizes } = environment;
    new Addon(this, 'MetricsServer', { cluster: this.cluster, addonName: 'metrics-server' });
    const role = new Role(this, 'LogShipping', {
      assumedBy: new ServicePrincipal('pods.eks.amazonaws.com').withSessionTags(),
      managedPolicies: [ManagedPolicy.fromAwsManagedPolicyName('CloudWatchAgentServerPolicy')],
    });
    const groups = ['application', 'dataplane', 'host', 'performance'].map((kind) =>
      this.logGroup(`Logs-${kind}`, `/aws/containerinsights/${clusterName}/${kind}`, sizes.logDays),
    );
    const addon = new Addon(this, 'Observability', {
      cluster: this.cluster,
      addonName: 'amazon-cloudwatch-observability',
      configurationValues: {
        containerLogs: { enabled: true },
        agent: {
          config: {
            logs: {
              metrics_collected: sizes.containerInsights ? { kubernetes: { enhanced_container_insights: true } } : {},
            },
          },
        },
      },
    });
    (addon.node.defaultChild as CfnResource).addPropertyOverride('PodIdentityAssociations', [
      { ServiceAccount: 'cloudwatch-agent', RoleArn: role.roleArn },
    ]);
    addon.node.addDependency(...groups);
    if (!sizes.containerInsights) return;
    new OwnedAlarm(this, 'FailedNodes', {
      alerts,
      severity: 'page',
      owner: 'platform',
      runbook: 'cluster-nodes',
      meaning: 'A node of the cluster has not been ready for 10 minutes.',
      metric: this.metric('cluster_failed_node_count', clusterName),
      threshold: 0,
      evaluationPeriods: 2,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
    new OwnedAlarm(this, 'PendingPods', {
      alerts,
      severity: 'ticket',
      owner: 'platform',
      runbook: 'cluster-nodes',
      meaning: 'Pods have been waiting for a node for 15 minutes.',
      metric: this.metric('pod_status_pending', clusterName),
      threshold: 0,
      evaluationPeriods: 3,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
  }

  private metric(metricName: string, clusterName: string) {
    return new Metric({
      namespace: 'ContainerInsights',
      metricName,
      dimensionsMap: { ClusterName: clusterName },
      statistic: 'Maximum',
      period: Duration.minutes(5),
    });
  }

  /** People come in by assuming one of two roles; their own identity must allow it, with a second factor. */
  private addPeople(clusterName: string) {
    const role = (id: string, name: string, description: string) =>
      new Role(this, id, {
        roleName: `${clusterName}-${name}`,
        description,
        assumedBy: new AccountRootPrincipal().withConditions({ Bool: { 'aws:MultiFactorAuthPresent': 'true' } }),
        maxSessionDuration: Duration.hours(4),
      });
    const wholeCluster = { accessScopeType: AccessScopeType.CLUSTER };
    const administrator = role('Administrator', 'cluster-administrator', 'Everything inside the cluster.');
    this.cluster.grantAccess('AdministratorAccess', administrator.roleArn, [
      AccessPolicy.fromAccessPolicyName('AmazonEKSClusterAdminPolicy', wholeCluster),
    ]);
    const viewer = role('Viewer', 'cluster-viewer', 'Reads the objects of the cluster, secrets excepted.');
    this.cluster.grantAccess('ViewerAccess', viewer.roleArn, [
      AccessPolicy.fromAccessPolicyName('AmazonEKSViewPolicy', wholeCluster),
    ]);
  }

  private acknowledgeManagedRoles(isPublic: boolean) {
    acknowledgeManagedPolicies(
      this,
      'EKS asks for these policies by name and changes them with its own needs.',
      'AmazonEKSClusterPolicy',
      'AmazonEKSComputePolicy',
      'AmazonEKSBlockStoragePolicy',
      'AmazonEKSLoadBalancingPolicy',
      'AmazonEKSNetworkingPolicy',
      'AmazonEKSWorkerNodeMinimalPolicy',
      'AmazonEKSWorkerNodePolicy',
      'AmazonEKS_CNI_Policy',
      'AmazonEC2ContainerRegistryPullOnly',
      'CloudWatchAgentServerPolicy',
    );
    const kubectl = this.cluster.node.findChild('KubectlProvider');
    const handler = kubectl.node.findChild('Handler');
    const publicImages = Stack.of(this).resolve((handler.node.findChild('HasEcrPublic') as CfnCondition).logicalId);
    const reason = "The functions behind Kubernetes manifests are CDK's own; it decides what they need and which Node they run on.";
    acknowledgeManagedPolicies(
      kubectl,
      reason,
      'service-role/AWSLambdaBasicExecutionRole',
      'service-role/AWSLambdaVPCAccessExecutionRole',
      'AmazonEC2ContainerRegistryReadOnly',
    );
    acknowledge(
      kubectl,
      reason,
      'AwsSolutions-L1',
      `AwsSolutions-IAM4[Policy::{"Fn::If":["${publicImages}",{"Fn::Join":["",["arn:",{"Ref":"AWS::Partition"},":iam::aws:policy/AmazonElasticContainerRegistryPublicReadOnly"]]},{"Ref":"AWS::NoValue"}]}]`,
      `AwsSolutions-IAM5[Resource::<${Stack.of(this).getLogicalId(handler.node.defaultChild as CfnResource)}.Arn>:*]`,
    );
    if (isPublic)
      acknowledge(
        this.cluster,
        'Runners of GitHub have no fixed addresses; every call still needs an IAM identity with an access entry.',
        'AwsSolutions-EKS1',
      );
  }
}
