/** Rules about everything that keeps data: encrypted at rest and in transit, out of the public's reach, not lost by a deployment. */

import { at, listOf, type PolicyStatementJson, type Resource, resourcesOf, textOf } from '../templates/template.ts';
import { narrows } from './narrowing-conditions.ts';
import { type Rule, type RuleBreach, stackRule } from './rule.ts';

type Properties = Readonly<Record<string, unknown>>;

/** How each type of store says that it encrypts. A store whose type is missing here breaks the rule, so that nobody forgets it. */
const encryption: ReadonlyMap<string, (properties: Properties) => unknown> = new Map(
  Object.entries<(properties: Properties) => unknown>({
    'AWS::RDS::DBCluster': (store) => store['StorageEncrypted'] === true && store['KmsKeyId'],
    'AWS::RDS::DBInstance': (store) => store['DBClusterIdentifier'] ?? store['StorageEncrypted'],
    'AWS::MSK::Cluster': (store) => at(store, 'EncryptionInfo', 'EncryptionAtRest', 'DataVolumeKMSKeyId'),
    'AWS::ElastiCache::ReplicationGroup': (store) => store['AtRestEncryptionEnabled'] === true && store['KmsKeyId'],
    'AWS::DynamoDB::GlobalTable': (store) =>
      at(store, 'SSESpecification', 'SSEEnabled') === true && at(store, 'SSESpecification', 'SSEType') === 'KMS',
    'AWS::S3::Bucket': (store) => at(store, 'BucketEncryption', 'ServerSideEncryptionConfiguration', 0),
    'AWS::SQS::Queue': (store) => store['KmsMasterKeyId'],
    'AWS::SNS::Topic': (store) => store['KmsMasterKeyId'],
    'AWS::ECR::Repository': (store) => at(store, 'EncryptionConfiguration', 'KmsKey'),
    'AWS::SecretsManager::Secret': (store) => store['KmsKeyId'],
    'AWS::EKS::Cluster': (store) => at(store, 'EncryptionConfig', 0, 'Provider', 'KeyArn'),
    'AWS::Backup::BackupVault': (store) => store['EncryptionKeyArn'],
    'AWS::APS::Workspace': (store) => store['KmsKeyArn'],
  }),
);

const stores =
  /^AWS::(RDS::DB(Cluster|Instance)|MSK::(Cluster|ServerlessCluster)|ElastiCache::(ReplicationGroup|CacheCluster|ServerlessCache)|DynamoDB::(Global)?Table|S3::Bucket|SQS::Queue|SNS::Topic|ECR::Repository|SecretsManager::Secret|EKS::Cluster|EFS::FileSystem|Kinesis::Stream|OpenSearchService::Domain|Backup::BackupVault|APS::Workspace)$/;

export const encryptedAtRest: Rule = stackRule(
  'encrypted-at-rest',
  'Everything that keeps data encrypts it with a key of the platform.',
  ({ template }) =>
    resourcesOf(template, stores).flatMap(({ logicalId, resource: { Type }, properties }): RuleBreach[] => {
      const isEncrypted = encryption.get(Type);
      if (!isEncrypted)
        return [
          [
            logicalId,
            `${Type} keeps data in a way that this rule does not know; teach lib/guards/data-rules.ts how it encrypts`,
          ],
        ] as const;
      return isEncrypted(properties)
        ? []
        : [[logicalId, `this ${Type} does not encrypt what it keeps; give it a key`] as const];
    }),
);

const deniesPlainText = (policies: readonly { readonly properties: Properties }[], key: string, logicalId: string) =>
  policies
    .filter(({ properties }) => listOf(properties[key]).some((target) => textOf(target).startsWith(`<${logicalId}`)))
    .flatMap(
      ({ properties }) => listOf(at(properties, 'PolicyDocument', 'Statement')) as readonly PolicyStatementJson[],
    )
    .some(
      ({ Effect, Condition }) => Effect === 'Deny' && textOf(at(Condition, 'Bool', 'aws:SecureTransport')) === 'false',
    );

export const encryptedInTransit: Rule = stackRule(
  'encrypted-in-transit',
  'No database, broker, cache, bucket, queue or topic takes plain text.',
  ({ template }) => {
    const parameters = resourcesOf(template, 'AWS::RDS::DBClusterParameterGroup');
    return [
      ...resourcesOf(template, 'AWS::MSK::Cluster').flatMap(({ logicalId, properties }) =>
        at(properties, 'EncryptionInfo', 'EncryptionInTransit', 'ClientBroker') === 'TLS' &&
        at(properties, 'EncryptionInfo', 'EncryptionInTransit', 'InCluster') === true &&
        at(properties, 'ClientAuthentication', 'Unauthenticated', 'Enabled') !== true
          ? []
          : [
              [
                logicalId,
                'the brokers take plain text or strangers; set ClientBroker to TLS, InCluster to true and switch unauthenticated access off',
              ] as const,
            ],
      ),
      ...resourcesOf(template, 'AWS::ElastiCache::ReplicationGroup').flatMap(({ logicalId, properties }) =>
        properties['TransitEncryptionEnabled'] === true &&
        properties['TransitEncryptionMode'] !== 'preferred' &&
        listOf(properties['UserGroupIds']).length > 0
          ? []
          : [[logicalId, 'the cache takes plain text or strangers; require TLS and give it a user group'] as const],
      ),
      ...resourcesOf(template, 'AWS::RDS::DBCluster').flatMap(({ logicalId, properties }) => {
        const group = parameters.find(
          (entry) => textOf(properties['DBClusterParameterGroupName']) === `<${entry.logicalId}>`,
        );
        return at(group?.properties, 'Parameters', 'rds.force_ssl') === '1'
          ? []
          : [
              [
                logicalId,
                'the database takes connections without TLS; set rds.force_ssl to 1 in its parameter group',
              ] as const,
            ];
      }),
      ...resourcesOf(template, /^AWS::(S3::Bucket|SQS::Queue|SNS::Topic)$/).flatMap(
        ({ logicalId, resource: { Type } }) => {
          const [policyType, key] =
            Type === 'AWS::S3::Bucket'
              ? ['AWS::S3::BucketPolicy', 'Bucket']
              : Type === 'AWS::SQS::Queue'
                ? ['AWS::SQS::QueuePolicy', 'Queues']
                : ['AWS::SNS::TopicPolicy', 'Topics'];
          return deniesPlainText(resourcesOf(template, policyType as string), key as string, logicalId)
            ? []
            : [[logicalId, `no policy of this ${Type} refuses requests without TLS; set enforceSSL`] as const];
        },
      ),
    ];
  },
);

const anybody = (principal: unknown) =>
  principal === '*' || listOf(at(principal, 'AWS')).some((value) => value === '*');
/** `NotPrincipal` beside Allow admits everybody whom it does not name. */
const admitsAnybody = ({ Effect, Principal, NotPrincipal, Condition }: PolicyStatementJson) =>
  Effect === 'Allow' && (NotPrincipal !== undefined || anybody(Principal)) && !narrows(Condition);
const world = (properties: unknown) =>
  at(properties, 'CidrIp') === '0.0.0.0/0' || at(properties, 'CidrIpv6') === '::/0';

export const noPublicStore: Rule = stackRule(
  'no-public-store',
  'No store can be reached by the public.',
  ({ template }) => [
    ...resourcesOf(template, 'AWS::RDS::DBInstance')
      .filter(({ properties }) => properties['PubliclyAccessible'] === true)
      .map(
        ({ logicalId }) => [logicalId, 'the database has a public address; set publiclyAccessible to false'] as const,
      ),
    ...resourcesOf(template, 'AWS::MSK::Cluster')
      .filter(
        ({ properties }) =>
          (at(properties, 'BrokerNodeGroupInfo', 'ConnectivityInfo', 'PublicAccess', 'Type') ?? 'DISABLED') !==
          'DISABLED',
      )
      .map(({ logicalId }) => [logicalId, 'the brokers have public addresses; remove publicAccess'] as const),
    ...resourcesOf(template, 'AWS::S3::Bucket')
      .filter(({ properties }) =>
        ['BlockPublicAcls', 'BlockPublicPolicy', 'IgnorePublicAcls', 'RestrictPublicBuckets'].some(
          (key) => at(properties, 'PublicAccessBlockConfiguration', key) !== true,
        ),
      )
      .map(
        ({ logicalId }) =>
          [logicalId, 'the bucket could be opened to the public; set BlockPublicAccess.BLOCK_ALL'] as const,
      ),
    ...resourcesOf(template, /^AWS::EC2::SecurityGroup(Ingress)?$/)
      .filter(({ properties }) => [properties, ...listOf(properties['SecurityGroupIngress'])].some(world))
      .map(({ logicalId }) => [logicalId, 'the security group admits every address; name the peers'] as const),
    ...resourcesOf(
      template,
      /^AWS::(S3::BucketPolicy|SQS::QueuePolicy|SNS::TopicPolicy|KMS::Key|ECR::Repository|SecretsManager::ResourcePolicy)$/,
    )
      .filter(({ properties }) =>
        [
          properties['PolicyDocument'],
          properties['KeyPolicy'],
          properties['RepositoryPolicyText'],
          properties['ResourcePolicy'],
        ]
          .flatMap((document) => listOf(at(document, 'Statement')) as readonly PolicyStatementJson[])
          .some(admitsAnybody),
      )
      .map(
        ({ logicalId }) =>
          [
            logicalId,
            'the policy admits anybody; name the principals, or narrow it by a condition on aws:SourceArn, aws:SourceAccount, aws:PrincipalOrgID or aws:SourceVpce with a positive operator',
          ] as const,
      ),
  ],
);

/** Types whose loss or replacement loses data, breaks every address of it, or takes what serves out of the cluster. */
export const statefulTypes =
  /^(AWS::(RDS::DBCluster|MSK::(Cluster|Topic)|DynamoDB::GlobalTable|S3::Bucket|ECR::Repository|SecretsManager::Secret|EKS::Cluster|KMS::Key|Route53::HostedZone|Backup::BackupVault|APS::Workspace)|Custom::AWSCDK-EKS-(KubernetesResource|HelmChart))$/;

const deletionProtection: ReadonlyMap<string, string> = new Map(
  Object.entries<string>({
    'AWS::RDS::DBCluster': 'DeletionProtection',
    'AWS::EKS::Cluster': 'DeletionProtection',
  }),
);

const survives = ({ DeletionPolicy, UpdateReplacePolicy }: Resource) =>
  /^(Retain|Snapshot)/.test(DeletionPolicy ?? '') && /^(Retain|Snapshot)/.test(UpdateReplacePolicy ?? '');

export const stateRetained: Rule = stackRule(
  'state-retained',
  'In a protected environment nothing that keeps state goes with its stack.',
  ({ template, isProtected }) =>
    isProtected
      ? resourcesOf(template, statefulTypes).flatMap(({ logicalId, resource, properties }) => {
          const flag = deletionProtection.get(resource.Type);
          return [
            ...(survives(resource)
              ? []
              : [[logicalId, `this ${resource.Type} would be deleted with its stack; retain it`] as const]),
            ...(flag && properties[flag] !== true
              ? [
                  [
                    logicalId,
                    `this ${resource.Type} can be deleted by one call; switch its deletion protection on`,
                  ] as const,
                ]
              : []),
          ];
        })
      : [],
);

export const firstCreationRepeatable: Rule = stackRule(
  'first-creation-repeatable',
  'What a failed first creation rolls back goes, so that the next try finds no name taken.',
  ({ template }) =>
    // Manifests of Kubernetes collide with nothing, and rolling one back would delete objects that serve.
    resourcesOf(template, /^(?!Custom::AWSCDK-EKS-)/)
      .filter(({ resource }) => resource.DeletionPolicy === 'Retain')
      .map(({ logicalId, resource }) => [
        logicalId,
        `this ${resource.Type} stays when its first creation is rolled back, and the next try finds its name taken; use removalPolicyOf, that is RETAIN_ON_UPDATE_OR_DELETE`,
      ]),
);

export const restoresPlaced: Rule = stackRule(
  'restores-placed',
  'A database that is restored on trial is told where: without it AWS Backup takes the default VPC, which an account may have lost.',
  ({ template }) =>
    resourcesOf(template, 'AWS::Backup::RestoreTestingSelection')
      .filter(
        ({ properties }) =>
          /^(Aurora|RDS)$/.test(textOf(properties['ProtectedResourceType'])) &&
          !Object.keys((properties['RestoreMetadataOverrides'] ?? {}) as object).some(
            (key) => key.toLowerCase() === 'dbsubnetgroupname',
          ),
      )
      .map(({ logicalId }) => [logicalId, 'the restore names no subnet group; set dbSubnetGroupName in its overrides']),
);
