/** What AWS keeps of an environment beside its stacks, made as AWS makes it: by nobody who would take it away again. */
import { CloudFormationClient, DescribeStackResourcesCommand } from '@aws-sdk/client-cloudformation';
import { CloudWatchLogsClient, CreateLogGroupCommand, DescribeLogGroupsCommand } from '@aws-sdk/client-cloudwatch-logs';
import {
  AddRoleToInstanceProfileCommand,
  CreateInstanceProfileCommand,
  IAMClient,
  ListInstanceProfilesCommand,
} from '@aws-sdk/client-iam';
import { ChangeResourceRecordSetsCommand, Route53Client } from '@aws-sdk/client-route-53';

const profile = 'eks-of-auto-mode';
/** A log group that begins like none of ours. */
const alien = '/aws/lambda/somebody-else';

/** Leaves an instance profile with the role of the nodes, a record that proved a certificate, a log group that came back, and one of somebody else. */
export const leaveBehind = async (prefix: string) => {
  const iam = new IAMClient({});
  await iam.send(new CreateInstanceProfileCommand({ InstanceProfileName: profile }));
  await iam.send(new AddRoleToInstanceProfileCommand({ InstanceProfileName: profile, RoleName: `${prefix}-node` }));
  const { StackResources = [] } = await new CloudFormationClient({}).send(
    new DescribeStackResourcesCommand({ StackName: `${prefix}-domain` }),
  );
  const HostedZoneId = StackResources.find(
    ({ ResourceType }) => ResourceType === 'AWS::Route53::HostedZone',
  )?.PhysicalResourceId;
  const Name = '_0123456789abcdef.dev.cloudmart.example.';
  await new Route53Client({}).send(
    new ChangeResourceRecordSetsCommand({
      HostedZoneId,
      ChangeBatch: {
        Changes: [
          {
            Action: 'CREATE',
            ResourceRecordSet: {
              Name,
              Type: 'CNAME',
              TTL: 300,
              ResourceRecords: [{ Value: '_fedcba9876543210.acm-validations.aws.' }],
            },
          },
        ],
      },
    }),
  );
  const logGroup = `/aws/lambda/${prefix}-that-came-back`;
  for (const logGroupName of [logGroup, alien])
    await new CloudWatchLogsClient({}).send(new CreateLogGroupCommand({ logGroupName }));
  return { forgotten: [`instance profile ${profile}`, `record ${Name}`, `log group ${logGroup}`], alien } as const;
};

/** Names of instance profiles and log groups that the account has. */
export const stillThere = async (): Promise<string[]> => {
  const { InstanceProfiles = [] } = await new IAMClient({}).send(new ListInstanceProfilesCommand({}));
  const { logGroups = [] } = await new CloudWatchLogsClient({}).send(
    new DescribeLogGroupsCommand({ logGroupNamePrefix: '/aws/' }),
  );
  return [
    ...InstanceProfiles.map(({ InstanceProfileName = '' }) => InstanceProfileName),
    ...logGroups.map(({ logGroupName = '' }) => logGroupName),
  ];
};
