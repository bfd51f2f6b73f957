import { key, one, tls } from '../../testing/planted-resources.ts';
import {
  encryptedAtRest,
  encryptedInTransit,
  firstCreationRepeatable,
  noPublicStore,
  restoresPlaced,
  stateRetained,
} from '../data-rules.ts';
import type { LawCases } from './rule-cases.ts';

export const dataLawCases: LawCases = {
  broken: [
    [
      encryptedAtRest,
      'a database without a key',
      one('AWS::RDS::DBCluster', { StorageEncrypted: true }),
      /does not encrypt/,
    ],
    [encryptedAtRest, 'brokers without a key', one('AWS::MSK::Cluster'), /does not encrypt/],
    [
      encryptedAtRest,
      'a cache without a key',
      one('AWS::ElastiCache::ReplicationGroup', { AtRestEncryptionEnabled: true }),
      /does not encrypt/,
    ],
    [
      encryptedAtRest,
      "a table on DynamoDB's own key",
      one('AWS::DynamoDB::GlobalTable', { SSESpecification: { SSEEnabled: false } }),
      /does not encrypt/,
    ],
    [
      encryptedAtRest,
      'a queue without a key',
      one('AWS::SQS::Queue', { SqsManagedSseEnabled: true }),
      /does not encrypt/,
    ],
    [encryptedAtRest, 'a store that the rule does not know', one('AWS::EFS::FileSystem', { Encrypted: true }), /teach/],
    [
      encryptedInTransit,
      'brokers that take plain text',
      one('AWS::MSK::Cluster', {
        EncryptionInfo: { EncryptionInTransit: { ClientBroker: 'TLS_PLAINTEXT', InCluster: true } },
      }),
      /plain text/,
    ],
    [
      encryptedInTransit,
      'brokers that take strangers',
      one('AWS::MSK::Cluster', {
        EncryptionInfo: { EncryptionInTransit: { ClientBroker: 'TLS', InCluster: true } },
        ClientAuthentication: { Unauthenticated: { Enabled: true } },
      }),
      /strangers/,
    ],
    [
      encryptedInTransit,
      'a cache without sign-in',
      one('AWS::ElastiCache::ReplicationGroup', { TransitEncryptionEnabled: true }),
      /user group/,
    ],
    [encryptedInTransit, 'a database that does not force TLS', one('AWS::RDS::DBCluster'), /force_ssl/],
    [encryptedInTransit, 'a bucket that answers plain HTTP', one('AWS::S3::Bucket'), /enforceSSL/],
    [encryptedInTransit, 'a queue that answers plain HTTP', one('AWS::SQS::Queue'), /enforceSSL/],
    [
      noPublicStore,
      'a database with a public address',
      one('AWS::RDS::DBInstance', { PubliclyAccessible: true }),
      /public address/,
    ],
    [
      noPublicStore,
      'a bucket without its block',
      one('AWS::S3::Bucket', { PublicAccessBlockConfiguration: { BlockPublicAcls: true } }),
      /opened to the public/,
    ],
    [
      noPublicStore,
      'a security group open to the world',
      one('AWS::EC2::SecurityGroup', { SecurityGroupIngress: [{ CidrIp: '0.0.0.0/0', FromPort: 5432 }] }),
      /admits every address/,
    ],
    [
      noPublicStore,
      'a rule open to the world',
      one('AWS::EC2::SecurityGroupIngress', { CidrIpv6: '::/0' }),
      /admits every address/,
    ],
    [
      noPublicStore,
      'a bucket policy for everybody',
      one('AWS::S3::BucketPolicy', {
        PolicyDocument: { Statement: [{ Effect: 'Allow', Principal: '*', Action: 's3:GetObject' }] },
      }),
      /admits anybody/,
    ],
    [
      noPublicStore,
      'an image repository for everybody',
      one('AWS::ECR::Repository', {
        RepositoryPolicyText: { Statement: [{ Effect: 'Allow', Principal: { AWS: '*' } }] },
      }),
      /admits anybody/,
    ],
    [
      stateRetained,
      'a table that goes with its stack',
      one('AWS::DynamoDB::GlobalTable', {}, { DeletionPolicy: 'Delete', UpdateReplacePolicy: 'Delete' }),
      /retain it/,
    ],
    [
      stateRetained,
      'a database that a replacement would drop',
      one('AWS::RDS::DBCluster', { DeletionProtection: true }, { DeletionPolicy: 'Retain' }),
      /retain it/,
    ],
    [
      stateRetained,
      'a database that one call deletes',
      one('AWS::RDS::DBCluster', {}, { DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' }),
      /deletion protection/,
    ],
    [
      stateRetained,
      'Kubernetes objects that a new id of their manifest would delete',
      one('Custom::AWSCDK-EKS-KubernetesResource', {}, { DeletionPolicy: 'Delete', UpdateReplacePolicy: 'Delete' }),
      /retain it/,
    ],
    [
      firstCreationRepeatable,
      'a repository that stays when its first creation fails',
      one('AWS::ECR::Repository', { RepositoryName: 'x' }, { DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' }),
      /finds its name taken; use removalPolicyOf/,
    ],
    [
      firstCreationRepeatable,
      'anything with a name that stays when its first creation fails, state or not',
      one('AWS::IAM::Role', { RoleName: 'x' }, { DeletionPolicy: 'Retain' }),
      /this AWS::IAM::Role stays .* finds its name taken/,
    ],
    [
      restoresPlaced,
      'a database restored into the default VPC',
      one('AWS::Backup::RestoreTestingSelection', { ProtectedResourceType: 'Aurora' }),
      /names no subnet group/,
    ],
  ],
  kept: [
    [encryptedAtRest, 'a database with a key', one('AWS::RDS::DBCluster', { StorageEncrypted: true, KmsKeyId: key })],
    [
      encryptedInTransit,
      'a bucket that refuses plain HTTP',
      { ...one('AWS::S3::Bucket'), ...tls('AWS::S3::BucketPolicy', 'Bucket') },
    ],
    [
      noPublicStore,
      'a security group for a peer',
      one('AWS::EC2::SecurityGroupIngress', { SourceSecurityGroupId: { Ref: 'Pods' } }),
    ],
    [
      firstCreationRepeatable,
      'a repository that stays but for its first creation',
      one('AWS::ECR::Repository', {}, { DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'Retain' }),
    ],
    [
      stateRetained,
      'a repository that stays but for its first creation',
      one('AWS::ECR::Repository', {}, { DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'Retain' }),
    ],
    [
      firstCreationRepeatable,
      'Kubernetes objects that stay',
      one('Custom::AWSCDK-EKS-KubernetesResource', {}, { DeletionPolicy: 'Retain' }),
    ],
    [
      restoresPlaced,
      'a database restored into a subnet group, and a table that needs none',
      {
        ...one('AWS::Backup::RestoreTestingSelection', { ProtectedResourceType: 'DynamoDB' }),
        Database: {
          Type: 'AWS::Backup::RestoreTestingSelection',
          Properties: { ProtectedResourceType: 'Aurora', RestoreMetadataOverrides: { dbSubnetGroupName: 'data' } },
        },
      },
    ],
  ],
};
