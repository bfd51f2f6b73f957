/** What keeps the shop going on AWS over years, as the templates of the shop say it. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { Ajv } from 'ajv';
import { parse } from 'yaml';
import { runsInCluster } from '../../services/kit/manifest.ts';
import { ruleFile } from '../alerts/rule.ts';
import { ruleGroups } from '../alerts/rule-groups.ts';
import { root } from '../checkout.ts';
import { subnetRanges } from '../environment/subnet-ranges.ts';
import { environmentNamed, environments } from '../environments.ts';
import { statefulTypes } from '../guards/data-rules.ts';
import { logGroupPrefixes } from '../names.ts';
import { services } from '../services.ts';
import { preparePlatform } from './platform-templates.ts';
import { at, identityStatements, listOf, resourcesOf, type StackTemplate, stackNamed, textOf } from './template.ts';

const VAULT = 'arn:aws:backup:eu-west-1:111122223333:backup-vault:copies';

let stacks: readonly StackTemplate[] = [];
beforeAll(() => {
  const prepared = environments.map((environment) =>
    environment.name === 'production'
      ? {
          ...environment,
          backups: { keepDays: 35, restoreTests: true, copyToVault: VAULT },
          cluster: { ...environment.cluster, addOnVersions: { 'metrics-server': 'v0.8.0-eksbuild.2' } },
        }
      : environment,
  );
  stacks = preparePlatform(prepared, services).synth();
});

const templateOf = (environment: string, stack: string) => stackNamed(stacks, environment, stack).template;
const propertiesOf = (environment: string, stack: string, type: string) =>
  resourcesOf(templateOf(environment, stack), type).map(({ properties }) => properties);

describe('versions come by a commit', () => {
  test('of databases and of the cache', () => {
    for (const instance of propertiesOf('production', 'Database', 'AWS::RDS::DBInstance'))
      expect(instance['AutoMinorVersionUpgrade']).toBe(false);
    expect(propertiesOf('production', 'Cache', 'AWS::ElastiCache::ReplicationGroup')).toMatchObject([
      { AutoMinorVersionUpgrade: false },
    ]);
  });

  test('of an add-on, which then undoes what was changed by hand', () => {
    const addOns = propertiesOf('production', 'Cluster', 'AWS::EKS::Addon');
    expect(addOns.map((addOn) => [addOn['AddonName'], addOn['AddonVersion'], addOn['ResolveConflicts']])).toEqual([
      ['metrics-server', 'v0.8.0-eksbuild.2', 'OVERWRITE'],
      ['amazon-cloudwatch-observability', undefined, 'OVERWRITE'],
    ]);
  });
});

describe("the agent on the nodes understands its configuration, which is whole before the add-on's chart touches it", () => {
  // Written for draft 4 of JSON Schema, of which it uses nothing that later drafts changed.
  const { $schema: _draft, ...schema } = JSON.parse(
    readFileSync(path.join(root, 'lib/templates/testing/cloudwatch-agent-schema.json'), 'utf8'),
  );
  const validate = new Ajv({ strict: false, allErrors: true }).compile(schema);
  const settingsOf = (environment: string) => {
    const [addOn] = propertiesOf(environment, 'Cluster', 'AWS::EKS::Addon').filter(
      ({ AddonName }) => AddonName === 'amazon-cloudwatch-observability',
    );
    return at(JSON.parse(textOf(addOn?.['ConfigurationValues'])), 'agent', 'config');
  };

  test.each(environments.map(({ name, region }) => [name, region] as const))('in %s', (name, region) => {
    const settings = settingsOf(name);
    expect(validate(settings) ? [] : validate.errors).toEqual([]);
    expect(settings).toEqual({
      agent: { region },
      logs: {
        metrics_collected: {
          // One of the two that make a pipeline by themselves: without any, the agent ends.
          ...(name === 'production'
            ? { kubernetes: { cluster_name: 'cloudmart-production', enhanced_container_insights: true } }
            : { emf: { service_address: 'tcp://127.0.0.1:25888' } }),
        },
      },
      traces: { traces_collected: { otlp: { http_endpoint: '0.0.0.0:4318' } } },
    });
  });

  test('which its schema would refuse in another shape', () => {
    expect(validate({ agent: { region: 1 }, logs: { metrics_collected: { kubernetes: { cluster_name: '' } } } })).toBe(
      false,
    );
    expect(validate.errors?.map(({ instancePath }) => instancePath)).toEqual(
      expect.arrayContaining(['/agent/region', '/logs/metrics_collected/kubernetes/cluster_name']),
    );
  });
});

test('nothing named of production stays when its first creation fails, and everything that keeps state stays afterwards', () => {
  const policies = stacks
    .filter(({ environment }) => environment === 'production')
    .flatMap(({ stack, template }) =>
      resourcesOf(template, /^(?!Custom::AWSCDK-EKS-)/).map(({ logicalId, resource }) => ({
        place: `${stack}.${logicalId}`,
        policy: resource.DeletionPolicy,
        // Every deployment brings the files of a site again.
        isStateful: statefulTypes.test(resource.Type) && !/FilesBucket/.test(logicalId),
      })),
    );
  expect(policies.filter(({ policy }) => policy === 'Retain')).toEqual([]);
  expect(policies.filter(({ policy, isStateful }) => isStateful && policy !== 'RetainExceptOnCreate')).toEqual([]);
  expect(policies.filter(({ isStateful }) => isStateful).length).toBeGreaterThan(30);
});

describe('what a tear-down has to find', () => {
  test('every log group with a name of ours begins as the tear-down looks for it', () => {
    for (const { environment, template } of stacks)
      for (const { properties } of resourcesOf(template, 'AWS::Logs::LogGroup')) {
        const { LogGroupName: name } = properties;
        if (typeof name !== 'string') continue;
        expect(logGroupPrefixes(environment).filter((prefix) => name.startsWith(prefix))).toHaveLength(1);
      }
  });

  test('whoever deploys may delete it, and nobody in a protected environment', () => {
    const may = (environment: string) =>
      identityStatements(templateOf(environment, 'Delivery')).flatMap(({ statement: { Sid } }) =>
        /^End/.test(Sid ?? '') ? [Sid] : [],
      );
    expect(may('dev')).toEqual(['EndLogGroups', 'EndInstanceProfiles', 'EndValidationRecords']);
    expect(may('production')).toEqual([]);
  });

  test('a role of deployments outlives the slowest one', () => {
    const roles = propertiesOf('dev', 'Delivery', 'AWS::IAM::Role');
    expect(roles.find(({ RoleName }) => RoleName === 'cloudmart-dev-deploy')?.['MaxSessionDuration']).toBe(14_400);
  });

  test('nodes end within the life of the function that waits for them', () => {
    const settings = textOf(propertiesOf('dev', 'Cluster', 'Custom::AWSCDK-EKS-KubernetesResource')[0]?.['Manifest']);
    expect(settings).toContain('"terminationGracePeriod":"5m"');
  });
});

describe('the way into production', () => {
  test('is a host that takes no connection and may do nothing but answer Session Manager', () => {
    const [host, ...more] = propertiesOf('production', 'Cluster', 'AWS::EC2::Instance');
    expect(more).toEqual([]);
    const group = textOf(listOf(host?.['SecurityGroupIds'])[0]).replace(/^<(.*)\.GroupId>$/, '$1');
    const template = templateOf('production', 'Cluster');
    expect(template.Resources?.[group]?.Properties?.['SecurityGroupIngress']).toBeUndefined();
    const admitted = resourcesOf(template, 'AWS::EC2::SecurityGroupIngress').map(({ properties }) => properties);
    expect(admitted.filter(({ GroupId }) => textOf(GroupId).includes(group))).toEqual([]);
    expect(admitted.some(({ SourceSecurityGroupId }) => textOf(SourceSecurityGroupId).includes(group))).toBe(true);
    expect(propertiesOf('dev', 'Cluster', 'AWS::EC2::Instance')).toEqual([]);
  });
});

describe('who notices what nobody inside can see', () => {
  test('the shop is asked by its public name from outside, and silence rings', () => {
    const [check] = propertiesOf('production', 'PublicName', 'AWS::Route53::HealthCheck');
    expect(at(check, 'HealthCheckConfig')).toMatchObject({
      Type: 'HTTPS',
      FullyQualifiedDomainName: 'shop.cloudmart.example',
      EnableSNI: true,
    });
    expect(propertiesOf('production', 'PublicName', 'AWS::CloudWatch::Alarm')).toMatchObject([
      { MetricName: 'HealthCheckStatus', TreatMissingData: 'breaching' },
    ]);
  });

  test('a certificate that is not renewed rings a month before its end', () => {
    const alarms = propertiesOf('production', 'Domain', 'AWS::CloudWatch::Alarm');
    expect(alarms.find(({ MetricName }) => MetricName === 'DaysToExpiry')).toMatchObject({
      Threshold: 30,
      ComparisonOperator: 'LessThanThreshold',
    });
  });

  test('mails that come back ring before SES looks at the account, and go to an address only once', () => {
    const names = propertiesOf('production', 'Domain', 'AWS::CloudWatch::Alarm').map(({ MetricName }) => MetricName);
    expect(names).toEqual(expect.arrayContaining(['Reputation.BounceRate', 'Reputation.ComplaintRate']));
    expect(propertiesOf('production', 'Domain', 'AWS::SES::ConfigurationSet')).toMatchObject([
      { SuppressionOptions: { SuppressedReasons: ['BOUNCE', 'COMPLAINT'] } },
    ]);
    expect(propertiesOf('production', 'Domain', 'AWS::SES::EmailIdentity')).toMatchObject([
      { MailFromAttributes: { MailFromDomain: 'mail.cloudmart.example' } },
    ]);
    const records = propertiesOf('production', 'Domain', 'AWS::Route53::RecordSet').map(({ Name }) => textOf(Name));
    expect(records).toContain('_dmarc.cloudmart.example.');
  });
});

describe('what the services measure', () => {
  test.each(['staging', 'production'])('is read in %s, from subnets where no pod has an address', (environment) => {
    const [collector] = propertiesOf(environment, 'Metrics', 'AWS::APS::Scraper');
    expect(at(collector, 'Destination', 'AmpConfiguration', 'WorkspaceArn')).toEqual({
      'Fn::GetAtt': [expect.stringMatching(/Workspace/), 'Arn'],
    });
    const { ClusterArn, SubnetIds, SecurityGroupIds } = at(collector, 'Source', 'EksConfiguration') as Record<
      string,
      unknown
    >;
    expect(textOf(ClusterArn)).toMatch(/KubernetesCluster/);
    expect(listOf(SubnetIds).map(textOf)).toEqual([1, 2, 3].map(() => expect.stringMatching(/dataSubnet\d/)));
    const admitted = propertiesOf(environment, 'Metrics', 'AWS::EC2::SecurityGroupIngress');
    expect(admitted.map(({ FromPort, ToPort }) => [FromPort, ToPort]).toSorted()).toEqual([
      [443, 443],
      [9000, 9000],
    ]);
    for (const { SourceSecurityGroupId } of admitted)
      expect(SourceSecurityGroupId).toEqual({ 'Fn::GetAtt': [expect.anything(), 'GroupId'] });
    expect(listOf(SecurityGroupIds)).toHaveLength(1);
    const policies = propertiesOf(environment, 'Workloads', 'Custom::AWSCDK-EKS-KubernetesResource')
      .flatMap(({ Manifest }) => JSON.parse(textOf(Manifest)))
      .filter(({ kind, metadata }) => kind === 'NetworkPolicy' && metadata.labels?.['app.kubernetes.io/name']);
    const { network } = environmentNamed(environment);
    for (const { spec } of policies)
      expect(spec.ingress).toContainEqual({
        from: subnetRanges(network).data.map((cidr) => ({ ipBlock: { cidr } })),
        ports: [{ protocol: 'TCP', port: 9000 }],
      });
    expect(policies).toHaveLength(services.filter(runsInCluster).length);
  });

  test.each(['staging', 'production'])(
    'rings in %s by the rules of the manifests, and tells the topics of alarms',
    (name) => {
      const [namespace] = propertiesOf(name, 'Metrics', 'AWS::APS::RuleGroupsNamespace');
      const { groups } = parse(textOf(namespace?.['Data']));
      const expected = ruleFile(ruleGroups(services, environmentNamed(name).configuration));
      expect(groups).toEqual(expected.groups);
      const [workspace] = propertiesOf(name, 'Metrics', 'AWS::APS::Workspace');
      const { route, receivers, inhibit_rules } = parse(
        parse(textOf(workspace?.['AlertManagerDefinition'])).alertmanager_config,
      );
      expect(route).toMatchObject({
        receiver: 'ticket',
        routes: [
          { receiver: 'nobody', matchers: ['alertname="MaintenanceOpen"'] },
          { receiver: 'page', matchers: ['severity="page"'] },
        ],
      });
      expect(inhibit_rules).toContainEqual({
        source_matchers: ['alertname="MaintenanceOpen"', 'away="order"'],
        target_matchers: ['owner="order"', 'maintenance!="rings"'],
      });
      const told = receivers.map((receiver: { name: string; sns_configs?: { topic_arn: string }[] }) => [
        receiver.name,
        receiver.sns_configs?.map(({ topic_arn }) => topic_arn),
      ]);
      expect(told).toEqual([
        ['page', [expect.stringMatching(/Page/)]],
        ['ticket', [expect.stringMatching(/Ticket/)]],
        ['nobody', undefined],
      ]);
    },
  );

  test('is published by Managed Prometheus alone in the name of a workspace of the account, and only where there is one', () => {
    const statementsOf = (environment: string) =>
      [
        ...propertiesOf(environment, 'Foundation', 'AWS::SNS::TopicPolicy').map(({ PolicyDocument }) => PolicyDocument),
        ...propertiesOf(environment, 'Foundation', 'AWS::KMS::Key').map(({ KeyPolicy }) => KeyPolicy),
      ]
        .flatMap((document) => listOf(at(document, 'Statement')))
        .filter((statement) => textOf(at(statement, 'Principal', 'Service')) === 'aps.amazonaws.com');
    const found = statementsOf('production');
    expect(found).toHaveLength(3);
    for (const statement of found) {
      expect(textOf(at(statement, 'Condition', 'ArnLike', 'aws:SourceArn'))).toMatch(/:aps:.*:workspace\/\*$/);
      expect(at(statement, 'Condition', 'StringEquals')).toHaveProperty('aws:SourceAccount');
    }
    expect(statementsOf('dev')).toEqual([]);
  });

  test('is not read in dev, whose budget it would pass', () => {
    expect(stacks.filter(({ environment, stack }) => environment === 'dev' && stack === 'Metrics')).toEqual([]);
  });
});

test('recovery points are copied to where the environment says', () => {
  const [plan] = propertiesOf('production', 'Backup', 'AWS::Backup::BackupPlan');
  expect(at(plan, 'BackupPlan', 'BackupPlanRule', 0, 'CopyActions')).toEqual([
    { DestinationBackupVaultArn: VAULT, Lifecycle: { DeleteAfterDays: 35 } },
  ]);
});

test('brokers are looked up again when there are more of them', () => {
  const [lookUp] = propertiesOf('production', 'EventStream', 'Custom::AWS');
  expect(textOf(lookUp?.['Update'])).toContain('cloudmart-production-3-brokers');
});

test('the load balancer writes its log below the number of this account alone', () => {
  const [grant] = propertiesOf('production', 'Domain', 'AWS::S3::BucketPolicy')
    .flatMap(({ PolicyDocument }) => listOf(at(PolicyDocument, 'Statement')))
    .filter((statement) => /logdelivery/.test(textOf(at(statement, 'Principal'))));
  expect(textOf(at(grant, 'Resource'))).toMatch(/\/AWSLogs\/<AccountId>\/\*$/);
});

describe('traces', () => {
  const sends = (environment: string, stack: string) =>
    identityStatements(templateOf(environment, stack)).flatMap(({ statement: { Sid, Action } }) =>
      Sid === 'SendTraces' ? [Action] : [],
    );
  const functionsOf = (environment: string) =>
    propertiesOf(environment, 'Function', 'AWS::Lambda::Function').filter(({ FunctionName }) => FunctionName);

  test.each(environments.map(({ name }) => name))(
    "of %s go to X-Ray from the nodes' agent and from every function, which may do nothing else there",
    (name) => {
      const actions = ['xray:PutTelemetryRecords', 'xray:PutTraceSegments'];
      expect(sends(name, 'Cluster')).toEqual([actions]);
      const functions = functionsOf(name);
      expect(functions.length).toBeGreaterThan(0);
      expect(sends(name, 'Function')).toEqual(functions.map(() => actions));
      for (const { Environment } of functions)
        expect(at(Environment, 'Variables', 'OTEL_EXPORTER_OTLP_ENDPOINT')).toBe('xray-daemon:');
    },
  );

  test('of an environment without them go nowhere', () => {
    const { traces: _traces, ...quiet } = environmentNamed('dev');
    const templates = preparePlatform([quiet], services).synth();
    expect(
      templates.flatMap(({ template }) => identityStatements(template)).map(({ statement }) => statement.Sid),
    ).not.toContain('SendTraces');
    expect(JSON.stringify(templates.map(({ template }) => template))).not.toContain('OTEL_EXPORTER_OTLP_ENDPOINT');
  });

  // It would record one call a second and a twentieth of the others, whatever the share is, in traces that no order is part of.
  test('are not begun by Lambda itself', () => {
    for (const { template } of stacks)
      for (const { properties } of resourcesOf(template, 'AWS::Lambda::Function'))
        expect(properties['TracingConfig']).toBeUndefined();
  });
});

test.each(['dev', 'production'])(
  'the logs of %s have searches that are ready, over groups that are there',
  (environment) => {
    const searches = propertiesOf(environment, 'Monitoring', 'AWS::Logs::QueryDefinition');
    expect(searches.map(({ Name }) => textOf(Name).replace(`cloudmart-${environment}/`, '')).toSorted()).toEqual([
      ...['dead letters', 'differences between the books', 'errors by service', 'errors of a service'],
      ...['one order', 'one trace', 'refused sign-ins', 'slow statements'],
    ]);
    const groups = stacks
      .filter((stack) => stack.environment === environment)
      .flatMap(({ stack }) => propertiesOf(environment, stack, 'AWS::Logs::LogGroup'))
      .map(({ LogGroupName }) => textOf(LogGroupName));
    for (const { LogGroupNames } of searches)
      expect(groups).toEqual(expect.arrayContaining(listOf(LogGroupNames).map(textOf)));
  },
);
