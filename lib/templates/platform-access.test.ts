/** Who may come in and who may reach what, as the templates of the shop say it. */
import { beforeAll, describe, expect, test } from '@jest/globals';
import { environments } from '../environments.ts';
import { services } from '../services.ts';
import { preparePlatform } from './platform-templates.ts';
import { at, identityStatements, listOf, resourcesOf, type StackTemplate, stackNamed, textOf } from './template.ts';

const PERSON = 'arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/*/AWSReservedSSO_Platform_*';

let stacks: readonly StackTemplate[] = [];
beforeAll(() => {
  const named = environments.map((environment) =>
    environment.name === 'production'
      ? { ...environment, cluster: { ...environment.cluster, administrators: [PERSON] } }
      : environment,
  );
  stacks = preparePlatform(named, services).synth();
});

const templateOf = (environment: string, stack: string) => stackNamed(stacks, environment, stack).template;

describe('people', () => {
  const trustOf = (environment: string) =>
    resourcesOf(templateOf(environment, 'Cluster'), 'AWS::IAM::Role')
      .filter(({ properties }) => /cluster-(administrator|viewer)$/.test(textOf(properties['RoleName'])))
      .map(({ properties }) =>
        listOf(at(properties, 'AssumeRolePolicyDocument', 'Statement')).map((statement) => at(statement, 'Condition')),
      );
  const secondFactor = { Bool: { 'aws:MultiFactorAuthPresent': 'true' } };

  test('come into the cluster with a second factor where nobody is named', () => {
    expect(trustOf('dev')).toEqual([[secondFactor], [secondFactor]]);
  });

  test('come in without one where their role is named, because sessions of Identity Center never say that they have one', () => {
    const named = { ArnLike: { 'aws:PrincipalArn': [PERSON] } };
    expect(trustOf('production')).toEqual([
      [secondFactor, named],
      [secondFactor, named],
    ]);
  });
});

describe('stores', () => {
  test('admit the pods of the cluster, and not its API server', () => {
    for (const stack of ['Database', 'EventStream', 'Cache']) {
      const peers = resourcesOf(templateOf('production', stack), 'AWS::EC2::SecurityGroupIngress').map(
        ({ properties }) => textOf(properties['SourceSecurityGroupId']),
      );
      expect(peers.filter((peer) => peer.includes('ClusterSecurityGroupId'))).toHaveLength(1);
      expect(peers.filter((peer) => peer.includes('ControlPlane'))).toEqual([]);
    }
  });
});

describe('a table to which is only added', () => {
  const appended = services.flatMap(({ owns }) =>
    Object.entries(owns.tables ?? {}).flatMap(([table, { appendOnly }]) => (appendOnly ? [table] : [])),
  );
  const statements = () =>
    stacks
      .filter(({ environment, stack }) => environment === 'production' && /^(Function|Workloads)$/.test(stack))
      .flatMap(({ template }) => identityStatements(template))
      .map(({ statement }) => ({ text: textOf(statement), actions: listOf(at(statement, 'Action')) }))
      .filter(({ actions }) => actions.some((action) => /^dynamodb:/.test(textOf(action))));

  test.each(appended)('gives no service a right to remove an item: %s', (table) => {
    const about = statements().filter(({ text }) => text.includes(`Att${table.replaceAll('-', '')}Table`));
    expect(about.length).toBeGreaterThan(0);
    expect(about.flatMap(({ actions }) => actions)).toContain('dynamodb:PutItem');
    for (const { actions } of about)
      expect(actions).not.toEqual(expect.arrayContaining([expect.stringMatching(/Delete|BatchWrite|\*/)]));
  });
});

describe('the secret of a caller and a callee (M7)', () => {
  const letters = (name: string) => name.replaceAll('-', '');
  const pairs = services.flatMap(({ name, callsByGrpc = [] }) => callsByGrpc.map((callee) => [name, callee] as const));

  test.each(pairs)('of %s and %s is read by these two alone', (caller, callee) => {
    const secret = `CALLSECRET${letters(caller)}TO${letters(callee)}`.toUpperCase();
    const readers = stacks
      .filter(({ environment, stack }) => environment === 'production' && stack !== 'Secret')
      .flatMap(({ template }) => identityStatements(template))
      .filter(({ statement }) => textOf(statement.Resource).includes(secret))
      .map(({ entry }) => /^<(\w+?)identityRole/.exec(textOf(listOf(entry.properties['Roles'])[0]))?.[1]);
    expect(readers.sort()).toEqual([letters(callee), letters(caller)].sort());
  });
});

describe('keys', () => {
  test('open the secret of the administrator only through Secrets Manager', () => {
    const [decrypt] = identityStatements(templateOf('production', 'Database')).filter(
      ({ statement }) => statement.Sid === 'DecryptAdministrator',
    );
    expect(decrypt?.statement.Condition).toEqual({
      StringEquals: { 'kms:ViaService': 'secretsmanager.us-east-1.amazonaws.com' },
    });
  });

  test('let AWS publish alerts for this account only', () => {
    const [publishers] = resourcesOf(templateOf('production', 'Foundation'), 'AWS::KMS::Key')
      .flatMap(({ properties }) => listOf(at(properties, 'KeyPolicy', 'Statement')))
      .filter((statement) => at(statement, 'Sid') === 'PublishersOfAlerts');
    expect(textOf(at(publishers, 'Condition', 'StringEquals', 'aws:SourceAccount'))).toBe('<AccountId>');
  });
});

describe('uploads of browsers', () => {
  test('come from the pages of the console alone, as what was signed, and are kept for a day', () => {
    const [bucket] = resourcesOf(templateOf('production', 'Bucket'), 'AWS::S3::Bucket').filter(
      ({ properties }) => properties['CorsConfiguration'] !== undefined,
    );
    const domain = environments.find(({ name }) => name === 'production')?.domain;
    expect(listOf(at(bucket?.properties ?? {}, 'CorsConfiguration', 'CorsRules'))).toEqual([
      {
        AllowedMethods: ['PUT'],
        AllowedOrigins: [`https://console.${domain}`],
        AllowedHeaders: ['content-type', 'x-amz-checksum-sha256'],
        MaxAge: 600,
      },
    ]);
    expect(listOf(at(bucket?.properties ?? {}, 'LifecycleConfiguration', 'Rules'))).toContainEqual({
      Prefix: 'uploads/',
      ExpirationInDays: 1,
      NoncurrentVersionExpiration: { NoncurrentDays: 1 },
      Status: 'Enabled',
    });
  });

  test('are the only thing that a page may send elsewhere', () => {
    const policies = resourcesOf(templateOf('production', 'Site'), 'AWS::CloudFront::ResponseHeadersPolicy').map(
      ({ properties }) => textOf(properties['ResponseHeadersPolicyConfig']),
    );
    expect(policies.map((policy) => /connect-src 'self' https:/.test(policy)).toSorted()).toEqual([false, true]);
  });
});
