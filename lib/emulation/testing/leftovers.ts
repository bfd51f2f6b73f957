/** What AWS leaves beside the stacks of an environment, made by hand, because the emulator forgets nothing. */
import { CloudFormationClient, DescribeStackResourcesCommand } from '@aws-sdk/client-cloudformation';
import { CloudWatchLogsClient, CreateLogGroupCommand } from '@aws-sdk/client-cloudwatch-logs';
import { AddRoleToInstanceProfileCommand, CreateInstanceProfileCommand, IAMClient } from '@aws-sdk/client-iam';
import { ChangeResourceRecordSetsCommand, Route53Client } from '@aws-sdk/client-route-53';

/** Makes one of each kind, and says what a tear-down calls them. */
export const plantLeftovers = async (prefix: string): Promise<string[]> => {
  const InstanceProfileName = 'eks-us-east-1-forgotten';
  const iam = new IAMClient({});
  await iam.send(new CreateInstanceProfileCommand({ InstanceProfileName }));
  await iam.send(new AddRoleToInstanceProfileCommand({ InstanceProfileName, RoleName: `${prefix}-node` }));
  const logGroupName = `/aws/lambda/${prefix}-ended`;
  await new CloudWatchLogsClient({}).send(new CreateLogGroupCommand({ logGroupName }));
  const { StackResources = [] } = await new CloudFormationClient({}).send(
    new DescribeStackResourcesCommand({ StackName: `${prefix}-domain` }),
  );
  const zone = StackResources.find(({ ResourceType }) => ResourceType === 'AWS::Route53::HostedZone');
  const Name = '_proof.dev.cloudmart.example.';
  const record = { Name, Type: 'CNAME', TTL: 300, ResourceRecords: [{ Value: '_x.acm-validations.aws.' }] } as const;
  await new Route53Client({}).send(
    new ChangeResourceRecordSetsCommand({
      HostedZoneId: zone?.PhysicalResourceId,
      ChangeBatch: {
        Changes: [{ Action: 'CREATE', ResourceRecordSet: { ...record, ResourceRecords: [...record.ResourceRecords] } }],
      },
    }),
  );
  return [`instance profile ${InstanceProfileName}`, `log group ${logGroupName}`];
};
