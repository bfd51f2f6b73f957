import { KubectlV35Layer } from '@aws-cdk/lambda-layer-kubectl-v35';
import {
  type CfnCondition,
  CfnResource,
  CrossStackReferences,
  ReferenceStrength,
  RemovalPolicy,
  Stack,
} from 'aws-cdk-lib';
import { InstanceType, SubnetType } from 'aws-cdk-lib/aws-ec2';
import {
  AlbController,
  AlbControllerVersion,
  CapacityType,
  type CfnCluster,
  Cluster,
  ClusterLoggingTypes,
  CoreDnsComputeType,
  DefaultCapacityType,
  EndpointAccess,
  KubernetesVersion,
} from 'aws-cdk-lib/aws-eks-v2';
import { ManagedPolicy, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { CfnFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { Environment } from '../../environment/environment.ts';
import { SERVICE_CIDR } from '../../environment/environment-checks.ts';
import { nodesEncrypt } from '../../environment/node-traffic.ts';
import { acknowledge, acknowledgeManagedPolicies } from '../../guards/acknowledge.ts';
import { controlPlaneLogGroup, nodeRoleName, sessionHostName } from '../../names.ts';
import { limitLogs } from '../log-retention.ts';
import type { AlertTopics } from '../owned-alarm.ts';
import type { PlatformNetwork } from '../platform-network.ts';
import { removalPolicyOf } from '../removal-policy.ts';
import { AppliedObjects } from './applied-objects.ts';
import { ClusterAccess } from './cluster-access.ts';
import { ClusterObservability } from './cluster-observability.ts';
import { clusterSettingsObjects } from './cluster-settings.ts';
import { ClusterTagging } from './cluster-tagging.ts';
import { PinnedAddon } from './pinned-addon.ts';
import { SessionHost } from './session-host.ts';

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
    const nodeRole = this.nodeRole(nodeRoleName(environment.name), autoMode);
    // EKS would make this group itself, and keep what it holds for ever.
    const controlPlaneLogs = this.logGroup('ControlPlaneLogs', controlPlaneLogGroup(clusterName), sizes.logDays);

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
    resource.applyRemovalPolicy(removalPolicyOf(environment.protected));

    this.settleReferences();
    limitLogs(this.cluster, sizes.logDays);
    this.acknowledgeManagedRoles(sizes.publicEndpointCidrs.length > 0);
    if (!autoMode) this.addNodeGroup(environment, nodeRole);
    if (!nodesEncrypt(sizes))
      acknowledge(
        this,
        'Burstable types are what keeps dev cheap; it holds no customer data, and lib/environment/environment-checks.ts refuses them elsewhere.',
        'Rules::nodes-encrypt',
      );
    new ClusterObservability(this, 'Observability', {
      cluster: this.cluster,
      clusterName,
      region: environment.region,
      alerts: props.alerts,
      traces: environment.traces,
      ...sizes,
    });
    if (sizes.sessionHost)
      new SessionHost(this, 'SessionHost', { name: sessionHostName(environment.name), network, cluster: this.cluster });
    new ClusterAccess(this, 'Access', { cluster: this.cluster, clusterName, administrators: sizes.administrators });
    const objects = clusterSettingsObjects({
      environment,
      clusterName,
      nodeRoleName: nodeRoleName(environment.name),
      networkName: clusterName,
    });
    if (objects.length === 0) return;
    const settings = new AppliedObjects(this, 'Settings', {
      cluster: this.cluster,
      objects,
      retained: environment.protected,
    });
    settings.node.addDependency(new ClusterTagging(this, 'Tagging', { role: this.cluster.role }));
  }

  /** Whose values only a new resource could take: the cluster, who admits its pods, and the functions that apply objects in it. */
  private settleReferences() {
    const appliers = this.cluster.node
      .findChild('KubectlProvider')
      .node.findAll()
      .filter((construct) => construct instanceof CfnFunction);
    // EKS makes one of the groups itself: its id is an attribute of the cluster.
    const groups = this.cluster.connections.securityGroups.filter(({ node }) => node.defaultChild);
    for (const producer of [this.cluster, ...groups, ...appliers])
      CrossStackReferences.of(producer).produce(ReferenceStrength.STRONG);
  }

  private nodeRole(roleName: string, autoMode: boolean) {
    const policies = autoMode
      ? ['AmazonEKSWorkerNodeMinimalPolicy', 'AmazonEC2ContainerRegistryPullOnly']
      : ['AmazonEKSWorkerNodePolicy', 'AmazonEC2ContainerRegistryPullOnly', 'AmazonEKS_CNI_Policy'];
    return new Role(this, 'NodeRole', {
      roleName,
      assumedBy: new ServicePrincipal('ec2.amazonaws.com'),
      managedPolicies: policies.map((name) => ManagedPolicy.fromAwsManagedPolicyName(name)),
    });
  }

  private logGroup(id: string, logGroupName: string, retention: number) {
    return new LogGroup(this, id, { logGroupName, retention, removalPolicy: RemovalPolicy.DESTROY });
  }

  private addNodeGroup(environment: Environment, nodeRole: Role) {
    const {
      cluster: { nodes, capacity, addOnVersions: versions },
      publicDoor,
    } = environment;
    const networking = new PinnedAddon(this, 'Networking', {
      cluster: this.cluster,
      versions,
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
      new PinnedAddon(this, addonName, { cluster: this.cluster, addonName, versions }).node.addDependency(group);
    if (!publicDoor) return;
    const controller = new AlbController(this, 'LoadBalancerController', {
      cluster: this.cluster,
      version: AlbControllerVersion.V2_17_1,
    });
    if (environment.protected)
      for (const { defaultChild } of controller.node.findAll().map(({ node }) => node))
        if (defaultChild instanceof CfnResource && /^Custom::AWSCDK-EKS-/.test(defaultChild.cfnResourceType))
          defaultChild.applyRemovalPolicy(RemovalPolicy.RETAIN);
    acknowledge(
      controller,
      'The policy is the one that the controller publishes with its version; it narrows itself by tags.',
      'AwsSolutions-IAM5[Resource::*]',
    );
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
    const reason =
      "The functions behind Kubernetes manifests are CDK's own; it decides what they need and which Node they run on.";
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
