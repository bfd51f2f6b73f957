/** The whole dev environment, deployed to an emulated account by the CDK CLI, used there, and taken down again. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { CloudFormationClient, paginateDescribeStacks } from '@aws-sdk/client-cloudformation';
import { CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  DeleteLogGroupCommand,
  DescribeLogGroupsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { DescribeContinuousBackupsCommand, DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  DescribeRepositoriesCommand,
  ECRClient,
  GetLifecyclePolicyCommand,
  PutImageCommand,
} from '@aws-sdk/client-ecr';
import {
  DescribePodIdentityAssociationCommand,
  EKSClient,
  ListPodIdentityAssociationsCommand,
} from '@aws-sdk/client-eks';
import { GetRoleCommand, GetRolePolicyCommand, IAMClient, ListRolePoliciesCommand } from '@aws-sdk/client-iam';
import { KafkaClient, ListClustersCommand } from '@aws-sdk/client-kafka';
import {
  GetFunctionConfigurationCommand,
  LambdaClient,
  ListEventSourceMappingsCommand,
  UpdateEventSourceMappingCommand,
} from '@aws-sdk/client-lambda';
import { DescribeSecretCommand, ListSecretsCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { ListTopicsCommand, SNSClient } from '@aws-sdk/client-sns';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { byRuntime, consumedTopics, deadLetterTopicOf, runsInCluster } from '../../services/kit/manifest.ts';
import { awsQuestions } from '../aws/ask-aws.ts';
import { environmentNamed } from '../environments.ts';
import { completedOnAws } from '../pipelines/deployed-pipelines.ts';
import { anUntoldPipeline } from '../pipelines/testing/pipelines.ts';
import type { PreflightReport } from '../release/preflight/preflight.ts';
import type { TeardownReport } from '../release/teardown/teardown.ts';
import { sentMailsOf, services } from '../services.ts';
import { partOf } from '../testing/real-part.ts';
import { whatIsLeft } from './testing/account-listing.ts';
import { ACCOUNT, type AwsEmulator, startAwsEmulator } from './testing/aws-emulator.ts';
import { mailerCases } from './testing/mailer-cases.ts';

const inCluster = services.filter(runsInCluster).map(({ name }) => name);
/** Those of them that have plain values, and so a ConfigMap. */
const configured = services
  .filter(runsInCluster)
  .filter(({ configuration }) => Object.values(configuration).some(({ kind }) => kind === 'plain'))
  .map(({ name }) => name);
const prefix = 'cloudmart-dev';
const mailer = sentMailsOf(services);
/** Functions that topics wake. */
const listeners = byRuntime(services).function.filter((service) => consumedTopics(service).length > 0);

let emulator: AwsEmulator;
let folder: string;

/** Runs the CDK CLI and returns what it printed; a failure is thrown with its last lines. */
const cdk = async (...parameters: string[]) => {
  const { code, output } = await emulator.cdk(...parameters);
  if (code !== 0) throw new Error(`cdk ${parameters[0]} ended with ${code}: ${output.slice(-4_000)}`);
  return output;
};

const deploy = () =>
  cdk('deploy', 'dev/**', '--require-approval', 'never', '--concurrency', '4', '--progress', 'events');

/** What each check of the pre-flight of the cart says, what is found of its image, and the exit code. */
const preflight = async () => {
  const { code, output } = await emulator.cloudmart(
    ...['preflight', '--environment', 'dev', '--service', 'cart', '--account', ACCOUNT],
    // Service Quotas is not emulated, and asked until the deadline.
    ...['--deadline', '5', '--json'],
  );
  const report: PreflightReport = JSON.parse(output.split('\n').find((line) => line.startsWith('{')) ?? '');
  const states = Object.fromEntries(report.checks.map(({ check, state }) => [check, state]));
  return { code, states, images: report.findings.filter(({ check }) => check === 'images') };
};

/** CDK labels what it applies, so that it can prune it. */
const withoutLabelsOfCdk = (objects: object[]): object[] =>
  JSON.parse(JSON.stringify(objects), (_, value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
    return Object.fromEntries(Object.entries(value).filter(([name]) => !name.startsWith('aws.cdk.eks/')));
  });

const describeStacks = async () => {
  const stacks = [];
  for await (const { Stacks = [] } of paginateDescribeStacks({ client: new CloudFormationClient({}) }, {}))
    stacks.push(...Stacks);
  return stacks.filter(({ StackName = '' }) => StackName.startsWith(prefix));
};

const templates = async () => {
  const assembly = path.join(partOf('REAL_ASSEMBLY'), 'assembly-dev');
  const files = (await readdir(assembly)).filter((file) => file.endsWith('.template.json'));
  return await Promise.all(
    files.map(
      async (file) =>
        JSON.parse(await readFile(path.join(assembly, file), 'utf8')) as {
          Resources: Record<string, { Type: string }>;
        },
    ),
  );
};

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'cloudmart-deployment-'));
  emulator = await startAwsEmulator();
  await cdk('bootstrap', `aws://${ACCOUNT}/us-east-1`);
  await deploy();
});
afterAll(async () => {
  await emulator?.stop();
  await rm(folder, { recursive: true, force: true });
});

describe('deployed', () => {
  test('every stack of the environment is complete', async () => {
    const stacks = await describeStacks();
    expect(stacks).toHaveLength((await templates()).length);
    expect(new Set(stacks.map(({ StackStatus }) => StackStatus))).toEqual(new Set(['CREATE_COMPLETE']));
  });

  test('tables can be restored to any second, and stream where they declare it', async () => {
    const client = new DynamoDBClient({});
    const outputs = (await describeStacks()).flatMap(({ Outputs = [] }) => Outputs);
    const declared = services.flatMap(({ owns }) => Object.entries(owns.tables ?? {}));
    const published = outputs.filter(({ OutputKey = '' }) => OutputKey.startsWith('Table'));
    expect(published).toHaveLength(declared.length);
    for (const { OutputValue: TableName } of published) {
      const { Table } = await client.send(new DescribeTableCommand({ TableName }));
      const declaration = declared.find(
        ([, { partitionKey }]) => partitionKey === Table?.KeySchema?.[0]?.AttributeName,
      );
      expect(Table?.BillingModeSummary?.BillingMode).toBe('PAY_PER_REQUEST');
      expect(Table?.StreamSpecification?.StreamEnabled ?? false).toBe(declaration?.[1].stream ?? false);
      const { ContinuousBackupsDescription } = await client.send(new DescribeContinuousBackupsCommand({ TableName }));
      expect(ContinuousBackupsDescription?.PointInTimeRecoveryDescription?.PointInTimeRecoveryStatus).toBe('ENABLED');
    }
  });

  test('every service has a repository whose tags never move and whose old images expire', async () => {
    const ecr = new ECRClient({});
    const { repositories = [] } = await ecr.send(new DescribeRepositoriesCommand({}));
    const own = repositories.filter(({ repositoryName = '' }) => repositoryName.startsWith(`${prefix}/`));
    expect(own.map(({ repositoryName }) => repositoryName).toSorted()).toEqual(
      inCluster.map((name) => `${prefix}/${name}`).toSorted(),
    );
    for (const { repositoryName, imageTagMutability, imageScanningConfiguration, encryptionConfiguration } of own) {
      expect(imageTagMutability).toBe('IMMUTABLE');
      expect(imageScanningConfiguration?.scanOnPush).toBe(true);
      expect(encryptionConfiguration?.encryptionType).toBe('KMS');
      const { lifecyclePolicyText = '' } = await ecr.send(new GetLifecyclePolicyCommand({ repositoryName }));
      expect(JSON.parse(lifecyclePolicyText).rules.length).toBeGreaterThan(0);
    }
  });

  test('every service signs in by a role of its own, given to its pods alone, with no action on everything', async () => {
    const eks = new EKSClient({});
    const iam = new IAMClient({});
    const { associations = [] } = await eks.send(new ListPodIdentityAssociationsCommand({ clusterName: prefix }));
    const own = associations.filter(({ namespace }) => namespace === 'cloudmart');
    expect(own.map(({ serviceAccount }) => serviceAccount).toSorted()).toEqual(inCluster.toSorted());
    for (const { associationId, serviceAccount } of own) {
      const RoleName = `${prefix}-${serviceAccount}`;
      const { association } = await eks.send(
        new DescribePodIdentityAssociationCommand({ clusterName: prefix, associationId }),
      );
      expect(association?.roleArn).toBe(`arn:aws:iam::${ACCOUNT}:role/${RoleName}`);
      const { Role } = await iam.send(new GetRoleCommand({ RoleName }));
      expect(decodeURIComponent(Role?.AssumeRolePolicyDocument ?? '')).toContain('pods.eks.amazonaws.com');
      const { PolicyNames = [] } = await iam.send(new ListRolePoliciesCommand({ RoleName }));
      for (const PolicyName of PolicyNames) {
        const { PolicyDocument = '' } = await iam.send(new GetRolePolicyCommand({ RoleName, PolicyName }));
        const { Statement } = JSON.parse(decodeURIComponent(PolicyDocument));
        for (const { Action, Resource } of Statement) {
          expect([Action].flat()).not.toContain('*');
          expect([Resource].flat().every((one: unknown) => typeof one === 'string' && one !== '*')).toBe(true);
        }
      }
    }
  });

  test('Kafka asks for IAM and TLS, and has every topic and its dead letters', async () => {
    const { ClusterInfoList = [] } = await new KafkaClient({}).send(new ListClustersCommand({}));
    expect(ClusterInfoList).toMatchObject([
      {
        ClusterName: prefix,
        ClientAuthentication: { Sasl: { Iam: { Enabled: true } }, Unauthenticated: { Enabled: false } },
        EncryptionInfo: { EncryptionInTransit: { ClientBroker: 'TLS' } },
      },
    ]);
    const made = (await templates()).flatMap(({ Resources }) =>
      Object.values(Resources).flatMap((resource) =>
        resource.Type === 'AWS::MSK::Topic'
          ? [(resource as never as { Properties: { TopicName: string } }).Properties.TopicName]
          : [],
      ),
    );
    const declared = services.flatMap(({ publishes }) => Object.keys(publishes));
    expect(made.toSorted()).toEqual(declared.flatMap((topic) => [topic, deadLetterTopicOf(topic)]).toSorted());
  });

  test('every alarm rings at a topic that exists', async () => {
    const { Topics = [] } = await new SNSClient({}).send(new ListTopicsCommand({}));
    const { MetricAlarms = [] } = await new CloudWatchClient({}).send(new DescribeAlarmsCommand({ MaxRecords: 100 }));
    const declared = (await templates()).flatMap(({ Resources }) =>
      Object.values(Resources).filter(({ Type }) => Type === 'AWS::CloudWatch::Alarm'),
    );
    expect(MetricAlarms).toHaveLength(declared.length);
    const known = Topics.map(({ TopicArn }) => TopicArn);
    for (const { AlarmActions = [] } of MetricAlarms) {
      expect(AlarmActions).toHaveLength(1);
      expect(known).toContain(AlarmActions[0]);
    }
  });

  test('secrets lie encrypted under names that say whose they are', async () => {
    const client = new SecretsManagerClient({});
    const { SecretList = [] } = await client.send(new ListSecretsCommand({}));
    const own = SecretList.filter(({ Name = '' }) => !Name.startsWith('rds!'));
    expect(own.length).toBeGreaterThan(0);
    for (const { Name: SecretId } of own) {
      const { Name, KmsKeyId } = await client.send(new DescribeSecretCommand({ SecretId }));
      expect(Name).toMatch(/^cloudmart-dev\//);
      expect(KmsKeyId).toMatch(/:key\//);
    }
  });

  for (const listener of listeners)
    test(`${listener.name} reads its topics, and what fails goes to its queue, as pollers on demand can`, async () => {
      const lambda = new LambdaClient({});
      const FunctionName = `${prefix}-${listener.name}`;
      const { DeadLetterConfig, Environment } = await lambda.send(
        new GetFunctionConfigurationCommand({ FunctionName }),
      );
      expect(DeadLetterConfig?.TargetArn).toBe(`arn:aws:sqs:us-east-1:${ACCOUNT}:${FunctionName}-failed`);
      expect(JSON.stringify(Environment?.Variables)).not.toMatch(/\$\{|Fn::/);
      const { EventSourceMappings } = await lambda.send(new ListEventSourceMappingsCommand({ FunctionName }));
      expect(EventSourceMappings).toMatchObject(
        consumedTopics(listener).map((topic) => ({
          Topics: [topic],
          FunctionResponseTypes: [],
          DestinationConfig: { OnFailure: { Destination: `arn:aws:sqs:us-east-1:${ACCOUNT}:${FunctionName}-failed` } },
        })),
      );
    });

  test('what the shop cannot tell of a function that follows a table, Lambda, SQS and CloudWatch tell, by its name', async () => {
    const followers = byRuntime(services).function.filter(({ follows = [] }) => follows.length > 0);
    const untold = followers.flatMap(({ name: to, follows = [] }) =>
      follows.map((table) => anUntoldPipeline({ to, source: { kind: 'table', name: table } })),
    );
    const look = () => completedOnAws(untold, environmentNamed('dev'), new Date(), awsQuestions('us-east-1'));
    expect(await look()).toMatchObject(
      untold.map(() => ({ status: 'well', isEnabled: true, deadLetters: 0, note: null })),
    );
    const lambda = new LambdaClient({});
    const FunctionName = `${prefix}-${untold[0]?.to}`;
    const { EventSourceMappings: [mapping] = [] } = await lambda.send(
      new ListEventSourceMappingsCommand({ FunctionName }),
    );
    const set = (Enabled: boolean) =>
      lambda.send(new UpdateEventSourceMappingCommand({ UUID: mapping?.UUID, Enabled }));
    await set(false);
    try {
      expect((await look())[0]).toMatchObject({ status: 'stopped', note: expect.stringContaining(`${mapping?.UUID}`) });
    } finally {
      await set(true);
    }
  });

  test('render --from-stack writes exactly the objects that the deployment handed over', async () => {
    const out = path.join(folder, 'rendered');
    const { code, output } = await emulator.cloudmart('render', '--environment', 'dev', '--from-stack', '--out', out);
    expect(output).toContain('image tag');
    expect(code).toBe(0);
    const key = ({ kind, metadata }: { kind: string; metadata: { name: string } }) => `${kind} ${metadata.name}`;
    const deployed = [...(await emulator.kubernetesObjects())]
      .filter(([id]) => id.startsWith(`${prefix}-workloads-`))
      .flatMap(([, objects]) => withoutLabelsOfCdk(objects) as never[]);
    const rendered = await Promise.all(
      [...inCluster, 'namespace'].flatMap(async (service) =>
        Promise.all(
          (await readdir(path.join(out, service))).map(async (file) =>
            parse(await readFile(path.join(out, service, file), 'utf8')),
          ),
        ),
      ),
    );
    const byKey = (objects: never[]) => Object.fromEntries(objects.map((object) => [key(object), object]));
    expect(byKey(rendered.flat() as never[])).toEqual(byKey(deployed));
    expect(JSON.stringify(deployed)).not.toMatch(/\$\{(stack|Token)/);
  });

  if (mailer) mailerCases(() => emulator, `${prefix}-${mailer.service}`);

  test('preflight finds every secret and identity, misses an image, and no longer once one is pushed', async () => {
    const before = await preflight();
    expect(before).toMatchObject({ code: 1, images: [{ code: 'image-missing', service: 'cart' }] });
    expect(before.states).toMatchObject({ account: 'passed', secrets: 'passed', identities: 'passed' });
    const imageTag = /of this bundle, ([0-9a-f]{64})/.exec(JSON.stringify(before.images))?.[1];
    const mediaType = 'application/vnd.oci.image.index.v1+json';
    const imageManifest = JSON.stringify({ schemaVersion: 2, mediaType, manifests: [] });
    await new ECRClient({}).send(new PutImageCommand({ repositoryName: `${prefix}/cart`, imageTag, imageManifest }));
    // It is there, and has nothing in it: the emulator keeps manifests, but no layers.
    expect(await preflight()).toMatchObject({ code: 1, images: [{ code: 'image-empty', service: 'cart' }] });
  });

  test('a second deployment changes nothing, and neither diff nor drift finds anything', async () => {
    const stacks = (await templates()).length;
    const count = (output: string, sentence: RegExp) => output.match(new RegExp(sentence, 'g'))?.length;
    expect(count(await deploy(), /\(no changes\)/)).toBe(stacks);
    expect(count(await cdk('diff', 'dev/**', '--fail'), /There were no differences/)).toBe(stacks);
    expect(await cdk('drift', 'dev/**', '--fail')).toMatch(/resources with drift: 0/);
  });

  test('the same release is applied again when a deployment says so, and only then', async () => {
    const before = (await emulator.applied()).length;
    const again = (release: string) =>
      cdk(
        'deploy',
        'dev/@(Workloads|PublicName)',
        '--exclusively',
        '--force',
        '--require-approval',
        'never',
        ...['--parameters', `${prefix}-workloads:Release=${release}`],
      );
    const applied = async () =>
      (await emulator.applied()).slice(before).map((id) => id.replace(`${prefix}-workloads-`, ''));
    await again('run-1');
    expect((await applied()).map((id) => id.replace(/[0-9A-F]{8}$/, '')).toSorted()).toEqual(
      ['Namespace', ...inCluster, ...configured.map((name) => `${name}configuration`)]
        .map((id) => id.replaceAll('-', ''))
        .toSorted(),
    );
    const count = (await applied()).length;
    await again('run-1');
    expect(await applied()).toHaveLength(count);
    await again('run-2');
    expect(await applied()).toHaveLength(2 * count);
  });
});

describe('torn down', () => {
  test('it goes with what AWS keeps of it, and the next deployment finds every name free', async () => {
    const logs = new CloudWatchLogsClient({});
    const [cameBack, ofSomebodyElse] = [`/aws/lambda/${prefix}-ended`, '/aws/lambda/somebody-else'];
    for (const logGroupName of [cameBack, ofSomebodyElse]) await logs.send(new CreateLogGroupCommand({ logGroupName }));
    const { code, stdout, output } = await emulator.cloudmart(
      ...['teardown', 'dev', '--confirm', 'dev', '--app', partOf('REAL_ASSEMBLY'), '--account', ACCOUNT, '--json'],
    );
    if (code !== 0) throw new Error(`cloudmart teardown ended with ${code}: ${output.slice(-4_000)}`);
    const report: TeardownReport = JSON.parse(stdout);
    expect(report).toMatchObject({ environment: 'dev', isGone: true });
    expect(report.removed).toContain(`log group ${cameBack}`);
    expect((await describeStacks()).map(({ StackName }) => StackName)).toEqual([`${prefix}-delivery`]);
    const { logGroups = [] } = await logs.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: '/aws/' }));
    expect(logGroups.map(({ logGroupName }) => logGroupName)).toEqual([ofSomebodyElse]);
    await logs.send(new DeleteLogGroupCommand({ logGroupName: ofSomebodyElse }));

    await cdk('deploy', 'dev/@(Cluster|Domain)', '--require-approval', 'never', '--progress', 'events');
    const states = new Set((await describeStacks()).map(({ StackStatus }) => StackStatus));
    expect(states).toEqual(new Set(['CREATE_COMPLETE']));
  });
});

describe('taken down', () => {
  test('nothing is left that costs anything or holds data', async () => {
    expect(Object.keys(await whatIsLeft())).toEqual(expect.arrayContaining(['stacks', 'natGateways']));
    await cdk('destroy', 'dev/**', '--force');
    expect(await whatIsLeft()).toEqual({});
    expect([...(await emulator.kubernetesObjects()).keys()]).toEqual([]);
    expect(await preflight()).toMatchObject({ code: 1, images: [{ code: 'repository-missing', service: 'cart' }] });
  });
});
