import { ArnFormat, type Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { logGroupPrefixes, nodeRoleName, stackName } from '../../names.ts';

/** What `npx cloudmart teardown` deletes beside the stacks, and what it reads to find it. */
export const teardownPermissions = (stack: Stack, environment: string): PolicyStatement[] => [
  new PolicyStatement({
    sid: 'EndLogGroups',
    actions: ['logs:DeleteLogGroup'],
    resources: logGroupPrefixes(environment).map((prefix) =>
      stack.formatArn({
        service: 'logs',
        resource: 'log-group',
        resourceName: `${prefix}*`,
        arnFormat: ArnFormat.COLON_RESOURCE_NAME,
      }),
    ),
  }),
  new PolicyStatement({
    sid: 'FindInstanceProfiles',
    actions: ['iam:ListInstanceProfilesForRole'],
    resources: [
      stack.formatArn({ service: 'iam', region: '', resource: 'role', resourceName: nodeRoleName(environment) }),
    ],
  }),
  // EKS names the profiles of Auto Mode; one that still holds a role cannot be deleted.
  new PolicyStatement({
    sid: 'EndInstanceProfiles',
    actions: ['iam:RemoveRoleFromInstanceProfile', 'iam:DeleteInstanceProfile'],
    resources: [stack.formatArn({ service: 'iam', region: '', resource: 'instance-profile', resourceName: '*' })],
  }),
  new PolicyStatement({
    sid: 'FindZone',
    actions: ['cloudformation:DescribeStackResources'],
    resources: [
      stack.formatArn({
        service: 'cloudformation',
        resource: 'stack',
        resourceName: `${stackName(environment, 'Domain')}/*`,
      }),
    ],
  }),
  new PolicyStatement({
    sid: 'EndValidationRecords',
    actions: ['route53:ChangeResourceRecordSets'],
    resources: [
      stack.formatArn({ service: 'route53', region: '', account: '', resource: 'hostedzone', resourceName: '*' }),
    ],
    conditions: {
      'ForAllValues:StringEquals': {
        'route53:ChangeResourceRecordSetsActions': ['DELETE'],
        'route53:ChangeResourceRecordSetsRecordTypes': ['CNAME'],
      },
    },
  }),
];
