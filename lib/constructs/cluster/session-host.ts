import {
  AmazonLinuxCpuType,
  BlockDeviceVolume,
  Instance,
  InstanceClass,
  InstanceSize,
  InstanceType,
  MachineImage,
  Port,
  SubnetType,
} from 'aws-cdk-lib/aws-ec2';
import type { ICluster } from 'aws-cdk-lib/aws-eks-v2';
import { ManagedPolicy, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { acknowledge, acknowledgeManagedPolicies } from '../../guards/acknowledge.ts';
import type { PlatformNetwork } from '../platform-network.ts';

export type SessionHostProps = {
  /** Name of the host and of its role. */
  readonly name: string;
  readonly network: PlatformNetwork;
  /** Whose API server it leads to. */
  readonly cluster: ICluster;
};

/**
 * The way to an API server without a public address: a host that takes no connection, and passes on what Session Manager brings to whoever IAM
 * admits (docs/deploy.md, "Into a private API server"). It may do nothing else in the account and holds nothing.
 */
export class SessionHost extends Construct {
  constructor(scope: Construct, id: string, { name, network, cluster }: SessionHostProps) {
    super(scope, id);
    const role = new Role(this, 'Role', {
      roleName: name,
      assumedBy: new ServicePrincipal('ec2.amazonaws.com'),
      managedPolicies: [ManagedPolicy.fromAwsManagedPolicyName('AmazonSSMManagedInstanceCore')],
    });
    acknowledgeManagedPolicies(
      role,
      'Session Manager has no names for the channels that its agent opens; AWS keeps the list of what it needs.',
      'AmazonSSMManagedInstanceCore',
    );
    const host = new Instance(this, 'Host', {
      vpc: network.vpc,
      vpcSubnets: { subnetType: SubnetType.PRIVATE_WITH_EGRESS },
      instanceName: name,
      instanceType: InstanceType.of(InstanceClass.T4G, InstanceSize.NANO),
      machineImage: MachineImage.latestAmazonLinux2023({ cpuType: AmazonLinuxCpuType.ARM_64 }),
      role,
      requireImdsv2: true,
      ebsOptimized: true,
      blockDevices: [{ deviceName: '/dev/xvda', volume: BlockDeviceVolume.ebs(8, { encrypted: true }) }],
    });
    cluster.connections.allowFrom(host, Port.tcp(443), 'operators by Session Manager');
    acknowledge(
      host,
      'Nothing on it is worth a metric a minute, nothing is lost with it, and a new one takes its place at any time.',
      'AwsSolutions-EC28',
      'AwsSolutions-EC29',
    );
  }
}
