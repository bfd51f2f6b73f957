import { ArnFormat, type Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';

/** What `npx cloudmart preflight` reads beside the registry: one statement per question, none of which changes anything. */
export const preflightPermissions = (stack: Stack, prefix: string): PolicyStatement[] => {
  const allow = (sid: string, actions: string[], resources: string[], conditions?: Record<string, unknown>) =>
    new PolicyStatement({ sid, actions, resources, conditions });
  const secrets = stack.formatArn({
    service: 'secretsmanager',
    resource: 'secret',
    resourceName: `${prefix}/*`,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
  return [
    allow('ReadSecrets', ['secretsmanager:DescribeSecret', 'secretsmanager:GetSecretValue'], [secrets]),
    // Any key, but only what it encrypted for a secret of this environment.
    allow(
      'DecryptSecrets',
      ['kms:Decrypt'],
      [stack.formatArn({ service: 'kms', resource: 'key', resourceName: '*' })],
      {
        StringEquals: { 'kms:ViaService': `secretsmanager.${stack.region}.amazonaws.com` },
        StringLike: { 'kms:EncryptionContext:SecretARN': secrets },
      },
    ),
    allow(
      'ReadRoles',
      ['iam:GetRole'],
      [stack.formatArn({ service: 'iam', region: '', resource: 'role', resourceName: `${prefix}-*` })],
    ),
    allow(
      'ReadIdentities',
      ['eks:ListPodIdentityAssociations', 'eks:DescribePodIdentityAssociation'],
      [
        stack.formatArn({ service: 'eks', resource: 'cluster', resourceName: prefix }),
        stack.formatArn({ service: 'eks', resource: 'podidentityassociation', resourceName: `${prefix}/*` }),
      ],
    ),
    allow(
      'ReadAgents',
      ['bedrock:GetAgent', 'bedrock:GetAgentAlias'],
      ['agent', 'agent-alias'].map((resource) => stack.formatArn({ service: 'bedrock', resource, resourceName: '*' })),
    ),
    // What has no name that could be written down beforehand, or belongs to the whole account.
    allow(
      'ReadDoorAndQuotas',
      [
        'acm:DescribeCertificate',
        'acm:ListCertificates',
        'ec2:DescribeAddresses',
        'ec2:DescribeVpcs',
        'route53:GetHostedZone',
        'route53:ListHostedZonesByName',
        'route53:ListResourceRecordSets',
        'servicequotas:GetAWSDefaultServiceQuota',
        'servicequotas:GetServiceQuota',
      ],
      ['*'],
    ),
  ];
};
