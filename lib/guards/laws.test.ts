import { describe, expect, test } from '@jest/globals';
import {
  alarm,
  autoModeTags,
  behindDoor,
  chart,
  deadLetters,
  door,
  key,
  NODE_ACTIONS,
  one,
  type Planted,
  pod,
  policy,
  tls,
} from '../testing/planted-resources.ts';
import { noSecretInTemplate, noWildcardGrant } from './access-laws.ts';
import { chartsFit, doorsEncrypted, imagesPinned, nodesEncryptTraffic, visitorsKnown } from './chart-laws.ts';
import { encryptedAtRest, encryptedInTransit, noPublicStore, stateRetained } from './data-laws.ts';
import { alarmsAnswered, failuresLand } from './failure-laws.ts';
import type { Law } from './law.ts';
import { laws } from './laws.ts';
import { tagsPermitted } from './tag-laws.ts';

const judge = (law: Law, Resources: Planted, isProtected = true) =>
  law
    .breaches([{ stack: 'Planted', environment: 'test', isProtected, path: '', template: { Resources } }], [])
    .map(({ logicalId, sentence }) => `${logicalId}: ${sentence}`);

describe('each law finds what breaks it', () => {
  const planted: readonly (readonly [Law, string, Planted, RegExp])[] = [
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
    [encryptedAtRest, 'a store that the law does not know', one('AWS::EFS::FileSystem', { Encrypted: true }), /teach/],
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
      noWildcardGrant,
      'a role that may do anything',
      policy({ Effect: 'Allow', Action: '*', Resource: 'arn:aws:s3:::x' }),
      /name the actions/,
    ],
    [
      noWildcardGrant,
      'all of a service on everything',
      policy({ Effect: 'Allow', Action: ['s3:*'], Resource: '*' }),
      /every resource/,
    ],
    [
      noWildcardGrant,
      'a family of actions on everything',
      policy({ Effect: 'Allow', Action: 'dynamodb:Get*', Resource: ['*'] }),
      /every resource/,
    ],
    [
      noSecretInTemplate,
      'an access key',
      one('AWS::SSM::Parameter', { Value: `AKIA${'Q'.repeat(16)}` }),
      /an AWS access key/,
    ],
    [
      noSecretInTemplate,
      'a password inside an address',
      chart(pod('x', [{ name: 'DATABASE_URL', value: 'postgresql://shop:hunter22@db/x' }])),
      /a password inside an address/,
    ],
    [
      noSecretInTemplate,
      'a secret as a variable of a function',
      one('AWS::Lambda::Function', { Environment: { Variables: { STAFF_PASSWORD: 'x' } } }),
      /STAFF_PASSWORD_SECRET_ID/,
    ],
    [
      noSecretInTemplate,
      'a secret as a variable of a pod',
      chart(pod('x', [{ name: 'PAYMENT_API_KEY', value: 'x' }])),
      /PAYMENT_API_KEY_SECRET_ID/,
    ],
    [noSecretInTemplate, 'a Kubernetes Secret', chart({ kind: 'Secret', metadata: { name: 'x' } }), /prints charts/],
    [
      noSecretInTemplate,
      'a secret resolved into a chart',
      chart({ kind: 'ConfigMap', data: { x: '{{resolve:secretsmanager:x}}' } }),
      /prints charts/,
    ],
    [
      failuresLand,
      'a mapping without a destination',
      one('AWS::Lambda::EventSourceMapping', { EventSourceArn: 'x', FunctionName: { Ref: 'F' } }),
      /failure destination/,
    ],
    [
      failuresLand,
      'a mapping that nobody watches',
      one('AWS::Lambda::EventSourceMapping', {
        FunctionName: { Ref: 'F' },
        DestinationConfig: { OnFailure: { Destination: 'x' } },
      }),
      /alarm on the mapping/,
    ],
    [failuresLand, 'a queue without a dead-letter queue', one('AWS::SQS::Queue'), /dead-letter queue/],
    [failuresLand, 'a queue that nobody watches', one('AWS::SQS::Queue', { RedrivePolicy: {} }), /alarm on the queue/],
    [
      failuresLand,
      'a dead-letter queue whose key the function may not use',
      deadLetters(['sqs:SendMessage']),
      /^It: its failures never arrive/,
    ],
    [
      failuresLand,
      'a topic without a dead-letter topic',
      one('AWS::MSK::Topic', { TopicName: 'sales' }),
      /make sales\.dead/,
    ],
    [
      alarmsAnswered,
      'an alarm that tells nobody',
      alarm('x. Owner: cart. Severity: page. Runbook: docs/runbooks/consumer-lag.md', []),
      /tells nobody/,
    ],
    [
      alarmsAnswered,
      'an alarm without an owner',
      alarm('x. Severity: page. Runbook: docs/runbooks/consumer-lag.md'),
      /no owner/,
    ],
    [
      alarmsAnswered,
      'a severity that does not exist',
      alarm('x. Owner: cart. Severity: bad. Runbook: docs/runbooks/consumer-lag.md'),
      /no owner, severity/,
    ],
    [
      alarmsAnswered,
      'a runbook that does not exist',
      alarm('x. Owner: cart. Severity: page. Runbook: docs/runbooks/nowhere.md'),
      /docs\/runbooks\/nowhere\.md does not exist/,
    ],
    [chartsFit, 'a chart that is too large', chart({ kind: 'ConfigMap', data: 'x'.repeat(100_000) }), /split it/],
    [
      chartsFit,
      'a value that breaks the text of a chart',
      one('Custom::AWSCDK-EKS-KubernetesResource', {
        Manifest: { 'Fn::Join': ['', ['[{"port":', { Ref: 'Port' }, '}]']] },
      }),
      /no JSON/,
    ],
    [
      doorsEncrypted,
      'a door without a policy for TLS',
      door({ 'ssl-redirect': '443' }),
      /plain HTTP or TLS before 1\.2/,
    ],
    [
      doorsEncrypted,
      'a door that takes TLS 1.0',
      door({ 'ssl-redirect': '443', 'ssl-policy': 'ELBSecurityPolicy-2016-08' }),
      /plain HTTP or TLS before 1\.2/,
    ],
    [
      doorsEncrypted,
      'a door that serves plain HTTP',
      door({ 'ssl-policy': 'ELBSecurityPolicy-TLS13-1-2-2021-06' }),
      /plain HTTP or TLS before 1\.2/,
    ],
    [
      visitorsKnown,
      'a pod behind the door that believes nobody',
      behindDoor('10.0.0.0/24'),
      /from nobody, .* from 10\.0\.0\.0\/24; .* set TRUSTED_PROXIES/,
    ],
    [
      visitorsKnown,
      'a pod behind the door that believes everybody',
      behindDoor('10.0.0.0/24', '0.0.0.0/0'),
      /from 0\.0\.0\.0\/0, /,
    ],
    [
      visitorsKnown,
      'a pod without a door that believes somebody',
      chart(pod('x', [{ name: 'TRUSTED_PROXIES', value: '10.0.0.0/24' }])),
      /from 10\.0\.0\.0\/24, .* from nowhere/,
    ],
    [nodesEncryptTraffic, 'a pool that takes any type', chart({ kind: 'NodePool' }), /send each other plain text/],
    [imagesPinned, 'an image that can move', chart(pod('registry.example/cart:latest')), /pin its content hash/],
    [
      tagsPermitted,
      'a load balancer with a tag that EKS may not put',
      autoModeTags('IngressClassParams', [{ key: 'team', value: 'shop' }]),
      /IngressClassParams asks for tags, .* elasticloadbalancing:CreateLoadBalancer/,
    ],
    [
      tagsPermitted,
      'nodes with a tag, where the role may put it on load balancers only',
      autoModeTags('NodeClass', { team: 'shop' }, ['elasticloadbalancing:CreateLoadBalancer']),
      /NodeClass asks for tags, .* ec2:RunInstances/,
    ],
    [
      tagsPermitted,
      'nodes with a tag, where the role may put none but those of EKS',
      autoModeTags('NodeClass', { team: 'shop' }, NODE_ACTIONS, {
        'ForAllValues:StringEquals': { 'aws:TagKeys': ['eks:eks-cluster-name'] },
      }),
      /NodeClass asks for tags/,
    ],
    [imagesPinned, 'an image without a tag', chart(pod('registry.example/cart')), /pin its content hash/],
  ];

  test.each(planted.map(([law, what, resources, sentence]) => [law.name, what, law, resources, sentence] as const))(
    '%s: %s',
    (_name, _what, law, resources, sentence) => {
      expect(judge(law, resources).join('\n')).toMatch(sentence);
    },
  );

  test('every law has a planted breach above', () => {
    expect(laws.filter((law) => !planted.some(([broken]) => broken === law)).map(({ name }) => name)).toEqual([]);
  });
});

describe('each law lets pass what keeps it', () => {
  const kept: readonly (readonly [Law, string, Planted])[] = [
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
      noWildcardGrant,
      'a family of actions on one key',
      policy({ Effect: 'Allow', Action: 'kms:ReEncrypt*', Resource: key }),
    ],
    [noWildcardGrant, 'a refusal of everything', policy({ Effect: 'Deny', Action: '*', Resource: '*' })],
    [
      noSecretInTemplate,
      'an address that IAM opens',
      chart(
        pod('x', [{ name: 'DATABASE_URL', value: 'postgresql://order@db.example:5432/orders?sslmode=verify-full' }]),
      ),
    ],
    [
      noSecretInTemplate,
      'the name of a secret',
      one('AWS::Lambda::Function', { Environment: { Variables: { STAFF_PASSWORD_SECRET_ID: 'x' } } }),
    ],
    [
      alarmsAnswered,
      'an alarm with everything',
      alarm('Late. Owner: cart. Severity: ticket. Runbook: docs/runbooks/consumer-lag.md'),
    ],
    [failuresLand, 'a function that may encrypt its failures', deadLetters(['kms:Decrypt', 'kms:GenerateDataKey'])],
    [
      doorsEncrypted,
      'a door with TLS 1.2 and 1.3',
      door({ 'ssl-redirect': '443', 'ssl-policy': 'ELBSecurityPolicy-TLS13-1-2-2021-06' }),
    ],
    [visitorsKnown, 'a pod that believes the load balancer', behindDoor('10.0.0.0/24', '10.0.0.0/24')],
    [visitorsKnown, 'a pod that only pods reach', chart(pod('x'))],
    [imagesPinned, 'an image named by its content', chart(pod(`registry.example/cart:${'a'.repeat(64)}`))],
    [
      tagsPermitted,
      'nodes with a tag that the role may put',
      autoModeTags('NodeClass', { team: 'shop' }, NODE_ACTIONS),
    ],
    [tagsPermitted, 'nodes without a tag', autoModeTags('NodeClass', {})],
    [imagesPinned, 'an image named by its digest', chart(pod(`registry.example/cart@sha256:${'a'.repeat(64)}`))],
  ];

  test.each(kept.map(([law, what, resources]) => [law.name, what, law, resources] as const))(
    '%s: %s',
    (_name, _what, law, resources) => {
      expect(judge(law, resources)).toEqual([]);
    },
  );

  test('an environment that may be torn down keeps nothing', () => {
    expect(
      judge(
        stateRetained,
        one('AWS::S3::Bucket', {}, { DeletionPolicy: 'Delete', UpdateReplacePolicy: 'Delete' }),
        false,
      ),
    ).toEqual([]);
  });
});
