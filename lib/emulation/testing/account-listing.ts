import { CloudFormationClient, ListStacksCommand } from '@aws-sdk/client-cloudformation';
import { CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import {
  DescribeAddressesCommand,
  DescribeNatGatewaysCommand,
  DescribeVpcEndpointsCommand,
  DescribeVpcsCommand,
  EC2Client,
} from '@aws-sdk/client-ec2';
import { DescribeRepositoriesCommand, ECRClient } from '@aws-sdk/client-ecr';
import { EKSClient, ListClustersCommand } from '@aws-sdk/client-eks';
import { IAMClient, ListRolesCommand } from '@aws-sdk/client-iam';
import { KafkaClient, ListClustersCommand as ListKafkaClustersCommand } from '@aws-sdk/client-kafka';
import { LambdaClient, ListEventSourceMappingsCommand, ListFunctionsCommand } from '@aws-sdk/client-lambda';
import { ListBucketsCommand, S3Client } from '@aws-sdk/client-s3';
import { ListSecretsCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { ListTopicsCommand, SNSClient } from '@aws-sdk/client-sns';
import { ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs';

const names = <T>(items: readonly T[] | undefined, name: (item: T) => string | undefined) =>
  (items ?? []).map((item) => name(item) ?? '').toSorted();

/** Everything in the account that is paid for or holds data, by kind; what `cdk bootstrap` made and AWS's own default VPC are left out. */
export const listAccount = async (): Promise<Record<string, string[]>> => {
  const ec2 = new EC2Client({});
  const lambda = new LambdaClient({});
  const listed = {
    stacks: names(
      (await new CloudFormationClient({}).send(new ListStacksCommand({}))).StackSummaries?.filter(
        ({ StackStatus }) => StackStatus !== 'DELETE_COMPLETE',
      ),
      ({ StackName }) => StackName,
    ),
    vpcs: names(
      (await ec2.send(new DescribeVpcsCommand({}))).Vpcs?.filter(({ IsDefault }) => !IsDefault),
      ({ VpcId }) => VpcId,
    ),
    natGateways: names(
      (await ec2.send(new DescribeNatGatewaysCommand({}))).NatGateways,
      ({ NatGatewayId }) => NatGatewayId,
    ),
    addresses: names((await ec2.send(new DescribeAddressesCommand({}))).Addresses, ({ PublicIp }) => PublicIp),
    endpoints: names(
      (await ec2.send(new DescribeVpcEndpointsCommand({}))).VpcEndpoints,
      ({ VpcEndpointId }) => VpcEndpointId,
    ),
    kubernetesClusters: (await new EKSClient({}).send(new ListClustersCommand({}))).clusters ?? [],
    kafkaClusters: names(
      (await new KafkaClient({}).send(new ListKafkaClustersCommand({}))).ClusterInfoList,
      ({ ClusterName }) => ClusterName,
    ),
    tables: (await new DynamoDBClient({}).send(new ListTablesCommand({}))).TableNames ?? [],
    buckets: names((await new S3Client({}).send(new ListBucketsCommand({}))).Buckets, ({ Name }) => Name),
    repositories: names(
      (await new ECRClient({}).send(new DescribeRepositoriesCommand({}))).repositories,
      ({ repositoryName }) => repositoryName,
    ),
    secrets: names(
      (await new SecretsManagerClient({}).send(new ListSecretsCommand({}))).SecretList,
      ({ Name }) => Name,
    ),
    functions: names((await lambda.send(new ListFunctionsCommand({}))).Functions, ({ FunctionName }) => FunctionName),
    mappings: names(
      (await lambda.send(new ListEventSourceMappingsCommand({}))).EventSourceMappings,
      ({ UUID }) => UUID,
    ),
    queues: (await new SQSClient({}).send(new ListQueuesCommand({}))).QueueUrls ?? [],
    topics: names((await new SNSClient({}).send(new ListTopicsCommand({}))).Topics, ({ TopicArn }) => TopicArn),
    alarms: names(
      (await new CloudWatchClient({}).send(new DescribeAlarmsCommand({ MaxRecords: 100 }))).MetricAlarms,
      ({ AlarmName }) => AlarmName,
    ),
    roles: names(
      (await new IAMClient({}).send(new ListRolesCommand({ MaxItems: 200 }))).Roles,
      ({ RoleName }) => RoleName,
    ),
  };
  const ofBootstrap = (name: string) => name === 'CDKToolkit' || name.startsWith('cdk-') || name.includes('/cdk-');
  return Object.fromEntries(
    Object.entries(listed).map(([kind, found]) => [kind, found.filter((name) => !ofBootstrap(name))]),
  );
};

/** The same, without kinds of which nothing is there. */
export const whatIsLeft = async (): Promise<Record<string, string[]>> =>
  Object.fromEntries(Object.entries(await listAccount()).filter(([, found]) => found.length > 0));
