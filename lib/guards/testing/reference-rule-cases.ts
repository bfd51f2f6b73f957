import { one } from '../../testing/planted-resources.ts';
import { settledByStrongReferences } from '../reference-rules.ts';
import type { LawCases } from './rule-cases.ts';

const weak = { 'Fn::GetStackOutput': { StackName: 'other', OutputName: 'Value' } };
const strong = { 'Fn::ImportValue': 'other:Value' };

export const referenceLawCases: LawCases = {
  broken: [
    [
      settledByStrongReferences,
      'a database whose key comes by a weak reference',
      one('AWS::RDS::DBCluster', { KmsKeyId: weak }),
      /^It: KmsKeyId of this AWS::RDS::DBCluster comes by a weak reference/,
    ],
    [
      settledByStrongReferences,
      'brokers whose subnets come so, inside of a property that may change',
      one('AWS::MSK::Cluster', { BrokerNodeGroupInfo: { ClientSubnets: [strong, weak] } }),
      /BrokerNodeGroupInfo\.ClientSubnets of this AWS::MSK::Cluster/,
    ],
    [
      settledByStrongReferences,
      'a grant whose text holds such a value',
      one('AWS::EKS::AccessEntry', { PrincipalArn: { 'Fn::Join': ['', ['arn:', weak]] } }),
      /PrincipalArn of this AWS::EKS::AccessEntry/,
    ],
    [
      settledByStrongReferences,
      'Kubernetes objects that do not know who applies them',
      one('Custom::AWSCDK-EKS-KubernetesResource', { ServiceToken: weak, ClusterName: strong }),
      /ServiceToken of this Custom::AWSCDK-EKS-KubernetesResource/,
    ],
  ],
  kept: [
    [settledByStrongReferences, 'a strong reference', one('AWS::RDS::DBCluster', { KmsKeyId: strong })],
    [
      settledByStrongReferences,
      'a weak one where a new value changes the resource that is there',
      one('AWS::MSK::Cluster', { BrokerNodeGroupInfo: { StorageInfo: weak }, ConfigurationInfo: weak }),
    ],
    [
      settledByStrongReferences,
      'the text of Kubernetes objects',
      one('Custom::AWSCDK-EKS-KubernetesResource', { ServiceToken: strong, ClusterName: strong, Manifest: weak }),
    ],
  ],
};
