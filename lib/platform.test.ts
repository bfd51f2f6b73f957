import { readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { Stack } from 'aws-cdk-lib';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { deadLetterMessage, driftMessage } from '../services/kit/manifest.ts';
import { root } from './checkout.ts';
import { estimateCost } from './cost/estimate.ts';
import type { Environment } from './environment/environment.ts';
import { environmentNamed, environments } from './environments.ts';
import { stalePages, writtenPages } from './pages/pages.ts';
import { statefulIds } from './pages/template-pages.ts';
import { sentMailsOf, services } from './services.ts';
import { preparePlatform, type SynthesizedStack } from './templates/platform-templates.ts';
import {
  at,
  identityStatements,
  listOf,
  type ResourceEntry,
  resourcesOf,
  type StackTemplate,
  stackNamed,
  textOf,
} from './templates/template.ts';
import { fixtureManifests } from './testing/fixture-manifests.ts';
import { templateBlocks } from './testing/template-text.ts';

// What the environments say about services of the shop means nothing to the fixtures.
const bare = environments.map((environment) => ({ ...environment, configuration: {} }));

let stacks: readonly StackTemplate[] = [];
beforeAll(() => {
  stacks = preparePlatform(bare, fixtureManifests).synth();
});

let synthesizedShop: readonly SynthesizedStack[] | undefined;
const shop = () => {
  synthesizedShop ??= preparePlatform(environments, services).synth();
  return synthesizedShop;
};

const stackOf = (environment: string, stack: string): StackTemplate => stackNamed(stacks, environment, stack);
const only = (environment: string, stack: string, type: string): ResourceEntry => {
  const [entry, ...more] = resourcesOf(stackOf(environment, stack).template, type);
  if (!entry || more.length > 0) throw new Error(`${environment} ${stack} has ${more.length + 1} ${type}`);
  return entry;
};

describe('every stack of every environment', () => {
  test('has the stacks that its data and the manifests ask for', () => {
    expect(
      Object.fromEntries(
        environments.map(({ name }) => [
          name,
          stacks.filter(({ environment }) => environment === name).map(({ stack }) => stack),
        ]),
      ),
    ).toMatchSnapshot();
  });

  const reviewed = [
    'Foundation',
    'Network',
    'Domain',
    'Cluster',
    'Registry',
    'Secret',
    'Database',
    'EventStream',
    'Cache',
    'Table',
    'Bucket',
    'Function',
    'StreamJob',
    'Site',
    'Workloads',
    'PublicName',
    'Monitoring',
    'Backup',
    'Delivery',
  ];

  test.each(reviewed)('production %s is as reviewed', (stack) => {
    expect(
      `\n${[...templateBlocks(stackOf('production', stack).template, 'production').values()].join('\n')}\n`,
    ).toMatchSnapshot();
  });

  test.each(['staging', 'dev'].flatMap((environment) => reviewed.map((stack) => [environment, stack] as const)))(
    '%s %s differs from production as reviewed',
    (environment, stack) => {
      const own = stacks.find((candidate) => candidate.environment === environment && candidate.stack === stack);
      const blocks = own ? templateBlocks(own.template, environment) : new Map<string, string>();
      const production = templateBlocks(stackOf('production', stack).template, 'production');
      const differing = [...blocks].flatMap(([logicalId, block]) => {
        const other = new Set(production.get(logicalId)?.split('\n') ?? []);
        const lines = block.split('\n').filter((line) => !other.has(line));
        return lines.length > 0 ? [`${logicalId}\n${lines.map((line) => `  ${line.trimStart()}`).join('\n')}`] : [];
      });
      const missing = own
        ? [...production.keys()]
            .filter((logicalId) => !blocks.has(logicalId))
            .map((logicalId) => `without ${logicalId}`)
        : ['without the stack'];
      expect(`\n${[...differing, ...missing].join('\n')}\n`).toMatchSnapshot();
    },
  );

  test('cuts nothing out of the output of another stack', () => {
    for (const { template } of stacks)
      for (const [, { Properties }] of Object.entries(template.Resources ?? {}))
        expect(JSON.stringify(Properties ?? {})).not.toMatch(/"Fn::Split":\[[^\]]*"Fn::GetStackOutput"/);
  });

  test('stays inside the limits of CloudFormation', () => {
    for (const { template } of stacks) {
      expect(Object.keys(template.Resources ?? {}).length).toBeLessThan(400);
      expect(JSON.stringify(template).length).toBeLessThan(900_000);
    }
  });
});

describe('the rules that matter most', () => {
  test('production survives the loss of a zone', () => {
    expect(resourcesOf(stackOf('production', 'Network').template, 'AWS::EC2::NatGateway')).toHaveLength(3);
    expect(resourcesOf(stackOf('production', 'Database').template, 'AWS::RDS::DBInstance').length).toBeGreaterThan(1);
    expect(only('production', 'EventStream', 'AWS::MSK::Cluster').properties['NumberOfBrokerNodes']).toBe(3);
    expect(only('production', 'Cache', 'AWS::ElastiCache::ReplicationGroup').properties['MultiAZEnabled']).toBe(true);
  });

  test('every topic has three copies, two of them required, and a dead-letter topic', () => {
    const topics = resourcesOf(stackOf('production', 'EventStream').template, 'AWS::MSK::Topic').map(
      ({ properties }) => ({
        name: properties['TopicName'],
        copies: properties['ReplicationFactor'],
        settings: Buffer.from(String(properties['Configs']), 'base64').toString().split('\n'),
      }),
    );
    expect(topics.map(({ name }) => name)).toEqual([
      'stock-events',
      'stock-events.dead',
      'trend-events',
      'trend-events.dead',
    ]);
    for (const { copies, settings } of topics) {
      expect(copies).toBe(3);
      expect(settings).toContain('min.insync.replicas=2');
    }
  });

  test('a function on Kafka bisects, retries through an outage, and gets again what it left in the dead-letter topic', () => {
    const { template } = stackOf('production', 'Function');
    const [mapping, again] = resourcesOf(template, 'AWS::Lambda::EventSourceMapping').filter(
      ({ properties }) => properties['Topics'],
    );
    const common = {
      BisectBatchOnFunctionError: true,
      MaximumRecordAgeInSeconds: 604_800,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
    };
    expect(mapping?.properties).toMatchObject({
      ...common,
      Topics: ['stock-events'],
      AmazonManagedKafkaEventSourceConfig: { ConsumerGroupId: 'ledger' },
      MaximumRetryAttempts: 30,
      DestinationConfig: { OnFailure: { Destination: 'kafka://stock-events.dead' } },
    });
    expect(again?.properties).toMatchObject({
      ...common,
      Topics: ['stock-events.dead'],
      AmazonManagedKafkaEventSourceConfig: { ConsumerGroupId: 'ledger-dead' },
      MaximumRetryAttempts: 200,
    });
    expect(textOf(at(again?.properties, 'DestinationConfig', 'OnFailure', 'Destination'))).toMatch(/FailedInvocations/);
    const statements = resourcesOf(template, 'AWS::IAM::Policy').flatMap(({ properties }) =>
      listOf(at(properties, 'PolicyDocument', 'Statement')),
    );
    const readable = (sid: string) => textOf(statements.filter((statement) => at(statement, 'Sid') === sid));
    expect(readable('ReadTopics')).toMatch(/stockeventsdead\w*Arn/);
    expect(readable('JoinConsumerGroup')).toContain('ledger-dead');
  });

  test('a function without provisioned pollers gets one record at a time and leaves failures in its queue', () => {
    const [mapping] = resourcesOf(stackOf('dev', 'Function').template, 'AWS::Lambda::EventSourceMapping').filter(
      ({ properties }) => properties['Topics'],
    );
    const properties = mapping?.properties ?? {};
    expect(properties).toMatchObject({ Topics: ['stock-events'], BatchSize: 1 });
    expect(textOf(at(properties, 'DestinationConfig', 'OnFailure', 'Destination'))).toMatch(/FailedInvocations.*Arn/);
    expect(Object.keys(properties).join(' ')).not.toMatch(
      /FunctionResponseTypes|Bisect|MetricsConfig|ProvisionedPoller/,
    );
  });

  test('the firewall refuses bodies that it cannot read, but where a service takes them', () => {
    const [acl] = resourcesOf(stackOf('production', 'Domain').template, 'AWS::WAFv2::WebACL');
    const rules = at(acl?.properties, 'Rules') as readonly Record<string, unknown>[];
    const managed = rules.find(({ Name }) => Name === 'AWSManagedRulesCommonRuleSet');
    const own = rules.find(({ Name }) => Name === 'body-too-large');
    expect(at(managed, 'Statement', 'ManagedRuleGroupStatement', 'RuleActionOverrides')).toEqual([
      { Name: 'SizeRestrictions_BODY', ActionToUse: { Count: {} } },
    ]);
    expect(Number(own?.['Priority'])).toBeGreaterThan(Number(managed?.['Priority']));
    expect(own?.['Action']).toEqual({ Block: {} });
    expect(at(own, 'Statement', 'AndStatement', 'Statements')).toMatchObject([
      { LabelMatchStatement: { Key: 'awswaf:managed:aws:core-rule-set:SizeRestrictions_Body' } },
      { NotStatement: { Statement: { ByteMatchStatement: { SearchString: '/api/loads' } } } },
    ]);
  });

  test('the database of each owner is made by the job, and by nobody else', () => {
    const { properties } = resourcesOf(stackOf('dev', 'Database').template, 'AWS::Lambda::Function').filter(
      (entry) => at(entry.properties, 'FunctionName') === 'cloudmart-dev-database-owners',
    )[0] as ResourceEntry;
    expect(JSON.parse(textOf(at(properties, 'Environment', 'Variables', 'OWNERS')))).toEqual([
      { database: 'stocks', role: 'stock' },
    ]);
  });

  test('a deployment can apply every Kubernetes object again, and read the load balancer, although nothing has changed', () => {
    for (const [stack, count] of [
      ['Workloads', 5],
      ['Cluster', 1],
      ['PublicName', 1],
    ] as const) {
      const { template } = stackOf('production', stack);
      const manifests = resourcesOf(template, /^Custom::AWSCDK-EKS-/);
      expect(manifests.map(({ properties }) => properties['Release'])).toEqual(Array(count).fill({ Ref: 'Release' }));
      expect(at(template, 'Parameters', 'Release')).toMatchObject({ Type: 'String', Default: '' });
    }
  });

  test('the alarms on lines of the logs count what services log, and their runbooks find it', () => {
    const pages = { [deadLetterMessage]: 'dead-letters', [driftMessage]: 'books-differ' };
    const filters = resourcesOf(stackOf('production', 'Monitoring').template, /^AWS::Logs::MetricFilter$/);
    const counted = filters.map(({ properties }) => properties['FilterPattern']);
    expect(counted).toEqual(Object.keys(pages).map((line) => `"${line}"`));
    for (const [line, page] of Object.entries(pages))
      expect(readFileSync(path.join(root, `docs/runbooks/${page}.md`), 'utf8')).toContain(`'"${line}"'`);
  });

  test('a manifest waits for the identity of its pods', () => {
    const template = stackOf('production', 'Workloads').template;
    const [stock] = Object.entries(template.Resources ?? {}).filter(([logicalId]) =>
      /^stock[0-9A-F]{8}$/.test(logicalId),
    );
    expect(at(stock?.[1], 'DependsOn')).toEqual(
      expect.arrayContaining([expect.stringMatching(/^stockidentityAssociation/)]),
    );
  });

  test('only the addresses of a deployment are tokens, and they stand in environment values', () => {
    const text = resourcesOf(stackOf('production', 'Workloads').template, 'Custom::AWSCDK-EKS-KubernetesResource')
      .map(({ properties }) => textOf(properties['Manifest']))
      .join('');
    expect(text).toMatch(
      /"DATABASE_URL","value":"postgresql:\/\/stock@<cloudmart-production-database\.[^>]+>:5432\/stocks\?sslmode=verify-full"/,
    );
    expect(text).not.toMatch(/Token\[/);
  });
});

describe('what the manifests declare is all that the stacks know', () => {
  test('the real services pass every rule in every environment', () => {
    expect(shop().length).toBeGreaterThan(45);
  });

  test('the pages that people review say what the templates say', async () => {
    const pages = await writtenPages(
      shop().filter(({ environment }) => environment === 'production'),
      root,
    );
    expect({
      stale: await stalePages(pages, root),
      remedy: 'npx cloudmart pages',
    }).toEqual({ stale: [], remedy: 'npx cloudmart pages' });
  });

  test.each(environments.map(({ name }) => name))('%s can be priced, and stays below its budget', (name) => {
    const environment = environmentNamed(name);
    const { usdPerMonth, items } = estimateCost(
      environment,
      services,
      shop().filter((stack) => stack.environment === name),
    );
    expect(items.length).toBeGreaterThan(30);
    expect(usdPerMonth).toBeLessThan(environment.alerts.monthlyBudgetUsd);
  });

  test('nothing that keeps state has lost its id', () => {
    const listed = readFileSync(path.join(root, 'docs/stateful-resources.md'), 'utf8')
      .split('\n')
      .flatMap(
        (line) => /^\| ([A-Z]\w+) \| (\w+) \| ((?:AWS|Custom)::[\w:-]+) \|$/.exec(line)?.slice(1).join(' ') ?? [],
      );
    expect(listed.length).toBeGreaterThan(40);
    const idsOf = (name: string) => statefulIds(shop().filter(({ environment }) => environment === name));
    expect(idsOf('production')).toEqual(expect.arrayContaining(listed));
    // The others have the same ids, and less of them.
    for (const { name } of environments) expect(listed).toEqual(expect.arrayContaining(idsOf(name)));
  });

  test.each([
    ['the shop', shop, sentMailsOf(services)?.table],
    ['a shop of fixtures', () => stacks, 'mails'],
  ])('whoever deploys %s may read the notes of sent mails, and no other table', (_, synthesized, noted) => {
    const all = synthesized();
    for (const { name } of environments) {
      const templateOf = (id: string) => all.find(({ environment, stack }) => environment === name && stack === id);
      const statements = identityStatements(templateOf('Delivery')?.template ?? {}).map(({ statement }) => statement);
      const [grant, ...more] = statements.filter(({ Action }) =>
        listOf(Action).some((one) => /^dynamodb:/.test(textOf(one))),
      );
      expect([grant?.Action, more]).toEqual([noted && 'dynamodb:GetItem', []]);
      if (noted === undefined) continue;
      const pattern = textOf(grant?.Resource).split(':table/')[1]?.replace(/\*$/, '') ?? 'nothing';
      const tables = resourcesOf(templateOf('Table')?.template ?? {}, /^AWS::DynamoDB::/).map(
        ({ logicalId }) => `cloudmart-${name}-table-${logicalId}-`,
      );
      expect(tables.filter((table) => table.startsWith(pattern))).toEqual([
        expect.stringMatching(new RegExp(`-table-${noted.replaceAll('-', '')}Table[0-9A-F]{8}-$`)),
      ]);
      const [key] = statements.filter(({ Sid }) => Sid === 'DecryptNotes');
      expect(at(key, 'Condition', 'StringLike', 'kms:EncryptionContext:aws:dynamodb:tableName')).toEqual([
        `${pattern}*`,
      ]);
    }
  });

  test('node groups are a choice, with the same rules and the same enforcement of network policies', () => {
    const groups = bare.map((environment) => ({
      ...environment,
      cluster: { ...environment.cluster, compute: 'node-groups' as const },
    }));
    const production = groups.filter((environment) => environment.protected);
    const cluster = preparePlatform(production, fixtureManifests)
      .synth()
      .find(({ stack }) => stack === 'Cluster');
    if (!cluster) throw new Error('no cluster');
    expect(resourcesOf(cluster.template, 'AWS::EKS::Nodegroup')).toHaveLength(1);
    const addons = resourcesOf(cluster.template, 'AWS::EKS::Addon').map(({ properties }) => [
      properties['AddonName'],
      textOf(properties['ConfigurationValues'] ?? ''),
    ]);
    expect(addons).toEqual(expect.arrayContaining([['vpc-cni', '{"enableNetworkPolicy":"true"}']]));
  });

  test('nothing that CloudFormation does in production deletes what serves', () => {
    const stay = stacks
      .filter(({ environment }) => environment === 'production')
      .flatMap(({ template }) => resourcesOf(template, 'Custom::AWSCDK-EKS-KubernetesResource'))
      .map(({ resource }) => [resource.DeletionPolicy, resource.UpdateReplacePolicy]);
    expect(stay).toEqual(Array(6).fill(['Retain', 'Retain']));
  });

  test('objects have one owner: a handover leaves them in the cluster, and then the stack keeps its hands off', () => {
    const objects = (environment: string, workloads: Environment['workloads']) => {
      const chosen = bare.filter(({ name }) => name === environment).map((one) => ({ ...one, workloads }));
      const found = preparePlatform(chosen, fixtureManifests)
        .synth()
        .find(({ stack }) => stack === 'Workloads');
      if (!found) throw new Error('no workloads');
      const manifests = resourcesOf(found.template, 'Custom::AWSCDK-EKS-KubernetesResource');
      return {
        identities: resourcesOf(found.template, 'AWS::EKS::PodIdentityAssociation').length,
        manifests: manifests.map(({ logicalId, resource }) => `${logicalId} ${at(resource, 'DeletionPolicy')}`),
      };
    };
    expect(objects('staging', 'handover')).toEqual({
      identities: 2,
      manifests: [
        'Namespace9B63B8C8 Retain',
        'IngressClassFF1CF2BD Delete',
        'stock7C31E86D Retain',
        'stockconfigurationBFEB3B1C Retain',
        'door0F0920D8 Retain',
      ],
    });
    expect(objects('staging', 'gitops')).toEqual({ identities: 2, manifests: ['IngressClassFF1CF2BD Delete'] });
  });

  test('a bucket that somebody opens to the public is refused with its rule', () => {
    const [dev] = bare;
    const platform = preparePlatform(dev ? [dev] : [], fixtureManifests);
    new Bucket(new Stack(platform.app.node.findChild('dev'), 'Planted'), 'Open', {
      publicReadAccess: true,
      blockPublicAccess: {
        blockPublicAcls: false,
        blockPublicPolicy: false,
        ignorePublicAcls: false,
        restrictPublicBuckets: false,
      } as never,
    });
    expect(() => platform.synth()).toThrow(/no-public-store|Validation failed/);
  });
});
