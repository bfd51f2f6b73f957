import { CrossStackReferences, ReferenceStrength, RemovalPolicy, Validations } from 'aws-cdk-lib';
import {
  FlowLogDestination,
  FlowLogTrafficType,
  GatewayVpcEndpointAwsService,
  InterfaceVpcEndpointAwsService,
  IpAddresses,
  Peer,
  Port,
  SecurityGroup,
  SubnetType,
  Vpc,
} from 'aws-cdk-lib/aws-ec2';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Tags } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { Environment } from '../environment/environment.ts';

export type PlatformNetworkProps = Environment['network'] & {
  /** Name of the VPC, and the value of the tag `cloudmart:network` by which nodes find their subnets. */
  readonly name: string;
};

const dotted: Record<Environment['network']['interfaceEndpoints'][number], InterfaceVpcEndpointAwsService> = {
  'ecr.api': InterfaceVpcEndpointAwsService.ECR,
  'ecr.dkr': InterfaceVpcEndpointAwsService.ECR_DOCKER,
  eks: InterfaceVpcEndpointAwsService.EKS,
  'eks-auth': InterfaceVpcEndpointAwsService.EKS_AUTH,
  kms: InterfaceVpcEndpointAwsService.KMS,
  logs: InterfaceVpcEndpointAwsService.CLOUDWATCH_LOGS,
  secretsmanager: InterfaceVpcEndpointAwsService.SECRETS_MANAGER,
  sts: InterfaceVpcEndpointAwsService.STS,
};

/** VPC with public (load balancer), private (pods) and isolated (data) subnets in every zone, flow logs and endpoints. */
export class PlatformNetwork extends Construct {
  readonly vpc: Vpc;
  /** CIDRs per kind of subnet. Literals, never tokens, because network policies hold them. */
  readonly cidrs: { readonly public: string[]; readonly private: string[]; readonly data: string[] };

  constructor(scope: Construct, id: string, props: PlatformNetworkProps) {
    super(scope, id);
    Validations.of(this).acknowledge({
      id: 'CloudFormation-Validate::W3010',
      reason: 'Zones are written down per environment, because synthesis asks AWS nothing.',
    });
    const logGroup = new LogGroup(this, 'FlowLogs', {
      retention: props.flowLogDays,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.vpc = new Vpc(this, 'Vpc', {
      vpcName: props.name,
      ipAddresses: IpAddresses.cidr(props.cidr),
      availabilityZones: [...props.zones],
      natGateways: props.natGateways,
      restrictDefaultSecurityGroup: true,
      subnetConfiguration: [
        { name: 'public', subnetType: SubnetType.PUBLIC, cidrMask: 24, mapPublicIpOnLaunch: false },
        // Every pod takes an address of its own.
        { name: 'private', subnetType: SubnetType.PRIVATE_WITH_EGRESS, cidrMask: 19 },
        { name: 'data', subnetType: SubnetType.PRIVATE_ISOLATED, cidrMask: 24 },
      ],
      gatewayEndpoints: {
        S3: { service: GatewayVpcEndpointAwsService.S3 },
        DynamoDb: { service: GatewayVpcEndpointAwsService.DYNAMODB },
      },
      flowLogs: {
        All: { destination: FlowLogDestination.toCloudWatchLogs(logGroup), trafficType: FlowLogTrafficType.ALL },
      },
    });
    for (const settled of [
      this.vpc,
      ...this.vpc.publicSubnets,
      ...this.vpc.privateSubnets,
      ...this.vpc.isolatedSubnets,
    ])
      CrossStackReferences.of(settled).produce(ReferenceStrength.STRONG);
    // The load-balancer controller and Auto Mode find subnets by these tags.
    for (const subnet of this.vpc.publicSubnets) Tags.of(subnet).add('kubernetes.io/role/elb', '1');
    for (const subnet of this.vpc.privateSubnets) {
      Tags.of(subnet).add('kubernetes.io/role/internal-elb', '1');
      Tags.of(subnet).add('cloudmart:network', props.name);
    }
    const cidrs = (subnets: readonly { ipv4CidrBlock: string }[]) => subnets.map(({ ipv4CidrBlock }) => ipv4CidrBlock);
    this.cidrs = {
      public: cidrs(this.vpc.publicSubnets),
      private: cidrs(this.vpc.privateSubnets),
      data: cidrs(this.vpc.isolatedSubnets),
    };
    this.addInterfaceEndpoints(props);
  }

  private addInterfaceEndpoints({ interfaceEndpoints }: PlatformNetworkProps) {
    if (interfaceEndpoints.length === 0) return;
    const securityGroup = new SecurityGroup(this, 'EndpointAccess', {
      vpc: this.vpc,
      description: 'HTTPS from pods and nodes to AWS APIs',
      allowAllOutbound: false,
    });
    for (const cidr of this.cidrs.private)
      securityGroup.addIngressRule(Peer.ipv4(cidr), Port.tcp(443), 'pods and nodes');
    for (const name of interfaceEndpoints)
      this.vpc.addInterfaceEndpoint(`Endpoint-${name}`, {
        service: dotted[name],
        securityGroups: [securityGroup],
        open: false,
        subnets: { subnetType: SubnetType.PRIVATE_WITH_EGRESS },
      });
  }
}
