/**
 * What AWS leaves of an environment that is gone, or keeps from going, although no stack made it. Each is named, so that somebody else's is
 * never touched.
 */
import { CloudFormationClient, DescribeStackResourcesCommand } from '@aws-sdk/client-cloudformation';
import {
  CloudWatchLogsClient,
  DeleteLogGroupCommand,
  paginateDescribeLogGroups,
} from '@aws-sdk/client-cloudwatch-logs';
import { DescribeClusterCommand, EKSClient } from '@aws-sdk/client-eks';
import {
  DeleteInstanceProfileCommand,
  IAMClient,
  paginateListInstanceProfilesForRole,
  RemoveRoleFromInstanceProfileCommand,
} from '@aws-sdk/client-iam';
import {
  ChangeResourceRecordSetsCommand,
  ListResourceRecordSetsCommand,
  type ListResourceRecordSetsCommandInput,
  type ListResourceRecordSetsCommandOutput,
  type ResourceRecordSet,
  Route53Client,
} from '@aws-sdk/client-route-53';
import { type AwsQuestions, withClient } from '../../aws/ask-aws.ts';
import { logGroupPrefixes, nodeRoleName, prefixOf, stackName } from '../../names.ts';

const orNothing =
  <T>(nothing: T, ...absent: readonly string[]) =>
  (problem: Error): T => {
    // CloudFormation knows a stack that is gone only as bad input.
    if (absent.includes(problem.name) || (problem.name === 'ValidationError' && /does not exist/.test(problem.message)))
      return nothing;
    throw problem;
  };

/** Names of the log groups of an environment, whoever made them. */
export const logGroupsOf = (aws: AwsQuestions, environment: string): Promise<string[]> =>
  withClient(new CloudWatchLogsClient(aws.settings), async (client) => {
    const names: string[] = [];
    for (const logGroupNamePrefix of logGroupPrefixes(environment))
      for await (const { logGroups = [] } of paginateDescribeLogGroups(
        { client },
        { logGroupNamePrefix },
        aws.deadline(),
      ))
        names.push(...logGroups.map(({ logGroupName = '' }) => logGroupName));
    return names;
  });

/**
 * Deletes the log groups of an environment whose stacks are gone: EKS and others write once more after their group is deleted, make it anew,
 * and the next deployment finds its name taken. Source: terraform-aws-modules/terraform-aws-eks#2763.
 */
export const deleteLogGroups = async (aws: AwsQuestions, environment: string): Promise<string[]> => {
  const names = await logGroupsOf(aws, environment);
  await withClient(new CloudWatchLogsClient(aws.settings), async (client) => {
    for (const logGroupName of names)
      await client
        .send(new DeleteLogGroupCommand({ logGroupName }), aws.deadline())
        .catch(orNothing(undefined, 'ResourceNotFoundException'));
  });
  return names.map((name) => `log group ${name}`);
};

const clusterIsGone = (aws: AwsQuestions, name: string) =>
  withClient(new EKSClient(aws.settings), (client) =>
    client
      .send(new DescribeClusterCommand({ name }), aws.deadline())
      .then(() => false)
      .catch(orNothing(true, 'ResourceNotFoundException')),
  );

/**
 * Takes the role of the nodes out of the instance profiles that EKS Auto Mode made and forgot, once the cluster is gone; with them the role
 * cannot be deleted. Source: aws/containers-roadmap#2531.
 */
export const deleteInstanceProfiles = async (aws: AwsQuestions, environment: string): Promise<string[]> => {
  if (!(await clusterIsGone(aws, prefixOf(environment)))) return [];
  const RoleName = nodeRoleName(environment);
  return withClient(new IAMClient(aws.settings), async (client) => {
    const names: string[] = [];
    try {
      for await (const page of paginateListInstanceProfilesForRole({ client }, { RoleName }, aws.deadline()))
        names.push(...(page.InstanceProfiles ?? []).map(({ InstanceProfileName = '' }) => InstanceProfileName));
    } catch (problem) {
      return orNothing([], 'NoSuchEntityException', 'NoSuchEntity')(problem as Error);
    }
    for (const InstanceProfileName of names) {
      await client.send(new RemoveRoleFromInstanceProfileCommand({ InstanceProfileName, RoleName }), aws.deadline());
      await client.send(new DeleteInstanceProfileCommand({ InstanceProfileName }), aws.deadline());
    }
    return names.map((name) => `instance profile ${name}`);
  });
};

/** Id of the zone that the stack of an environment made; another zone of the same name is not ours. */
const zoneOf = (aws: AwsQuestions, environment: string) =>
  withClient(new CloudFormationClient(aws.settings), async (client) => {
    const { StackResources = [] } = await client
      .send(new DescribeStackResourcesCommand({ StackName: stackName(environment, 'Domain') }), aws.deadline())
      .catch(orNothing({ StackResources: [] }));
    return StackResources.find(
      ({ ResourceType, ResourceStatus }) =>
        ResourceType === 'AWS::Route53::HostedZone' && ResourceStatus !== 'DELETE_COMPLETE',
    )?.PhysicalResourceId;
  });

const provesCertificate = ({ Type, ResourceRecords = [] }: ResourceRecordSet) =>
  Type === 'CNAME' && ResourceRecords.every(({ Value = '' }) => /\.acm-validations\.aws\.?$/.test(Value));

/**
 * Deletes the records by which certificates were validated: CloudFormation makes them and leaves them, and a zone with records cannot be
 * deleted. Source: aws-cloudformation/cloudformation-coverage-roadmap#837.
 */
export const deleteValidationRecords = async (aws: AwsQuestions, environment: string): Promise<string[]> => {
  const HostedZoneId = await zoneOf(aws, environment);
  if (!HostedZoneId) return [];
  return withClient(new Route53Client(aws.settings), async (client) => {
    const found: ResourceRecordSet[] = [];
    let from: Partial<ListResourceRecordSetsCommandInput> | undefined = {};
    while (from) {
      const page: ListResourceRecordSetsCommandOutput = await client.send(
        new ListResourceRecordSetsCommand({ HostedZoneId, ...from }),
        aws.deadline(),
      );
      found.push(...(page.ResourceRecordSets ?? []).filter(provesCertificate));
      from = page.IsTruncated
        ? { StartRecordName: page.NextRecordName, StartRecordType: page.NextRecordType }
        : undefined;
    }
    if (found.length > 0)
      await client.send(
        new ChangeResourceRecordSetsCommand({
          HostedZoneId,
          ChangeBatch: { Changes: found.map((ResourceRecordSet) => ({ Action: 'DELETE', ResourceRecordSet })) },
        }),
        aws.deadline(),
      );
    return found.map(({ Name }) => `record ${Name}`);
  });
};
