import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { environmentNamed } from '../../environments.ts';
import { services as all, sentMailsOf } from '../../services.ts';
import { imageLabels } from '../registry/image-labels.ts';
import { type AwsPeer, startAwsPeer } from '../testing/aws-peer.ts';
import { type DnsPeer, startDnsPeer } from '../testing/dns-peer.ts';
import { type EcrPeer, peerImage, startEcrPeer } from '../testing/ecr-peer.ts';
import { healthyAccount, healthyNames } from '../testing/healthy-account.ts';
import { preflight } from './preflight.ts';

const ACCOUNT = '111122223333';
const TAG = 'a'.repeat(64);
const environment = { ...environmentNamed('staging'), account: ACCOUNT };
const mailer = sentMailsOf(all)?.service;
const services = all.filter(({ name }) => name === 'user' || name === 'order' || name === mailer);
const pods = services.filter(({ name }) => name === 'user');
const SECRET = 'cloudmart-staging/user/KEY_ENCRYPTION_SECRET';
const HOST = 'shop.staging.cloudmart.example';
const PLANTED = 'sk-live-4f9a8b7c6d5e4f9a8b7c6d5e4f9a';

let ecr: EcrPeer;
let aws: AwsPeer;
let dns: DnsPeer;
const NAMES = ['AWS_ENDPOINT_URL', 'AWS_ENDPOINT_URL_ECR', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'];
const saved = { ...process.env };

beforeAll(async () => {
  [ecr, aws, dns] = await Promise.all([
    startEcrPeer(ACCOUNT),
    startAwsPeer(healthyAccount(ACCOUNT, environment, services)),
    startDnsPeer(),
  ]);
  const labels = { [imageLabels.service]: 'user', [imageLabels.bundle]: TAG };
  ecr.repositories.set('cloudmart-staging/user', new Map([[TAG, peerImage(labels)]]));
  const [endpoint = '', endpointOfEcr = '', key = '', secret = ''] = NAMES;
  Object.assign(process.env, { [endpoint]: aws.url, [endpointOfEcr]: ecr.url, [key]: 'AKIATEST', [secret]: 'test' });
});

afterAll(async () => {
  for (const name of NAMES)
    if (saved[name] === undefined) delete process.env[name];
    else process.env[name] = saved[name];
  await Promise.all([ecr.close(), aws.close(), dns.close()]);
});

beforeEach(() => {
  Object.assign(aws.holds, healthyAccount(ACCOUNT, environment, services));
  aws.faults.clear();
  aws.asked.length = 0;
  dns.silent = false;
  dns.nameServers.clear();
  dns.hosts.clear();
  healthyNames(dns, environment);
});

const check = (request: Partial<Parameters<typeof preflight>[0]> = {}) =>
  preflight({
    environment,
    services,
    pods,
    callerRegion: undefined,
    resolver: dns.address,
    tagsOf: async () => ({ user: TAG }),
    progress: () => {},
    ...request,
  });

const secretOf = (value: string) => () => aws.holds.secrets.set(SECRET, { value });
const certificate =
  (status: string, rest: object = {}) =>
  () => {
    aws.holds.certificates = [{ host: HOST, status, ...rest }];
  };

describe('preflight of an account', () => {
  it('passes every check when nothing is wrong, and asks only what reads', async () => {
    const { checks, findings, notChecked } = await check();
    expect({ findings, notChecked }).toEqual({ findings: [], notChecked: [] });
    expect(checks.map(({ check: name, state }) => `${name} ${state}`)).toEqual(
      'credentials account region subscribers configuration images secrets identities certificate domain quotas providers'
        .split(' ')
        .map((name) => `${name} passed`),
    );
    expect(aws.asked.every((asked) => /:(Get|List|Describe)|:\//.test(asked))).toBe(true);
  });

  it.each<[string, () => unknown, string, RegExp, RegExp]>([
    [
      'a missing secret',
      () => aws.holds.secrets.delete(SECRET),
      'secret-missing',
      /no secret cloudmart-staging\/user\/KEY/,
      /cdk deploy 'staging\/Secret'/,
    ],
    [
      'a missing secret of two services',
      () => aws.holds.secrets.delete('cloudmart-staging/CALL_SECRET_ORDER_TO_USER'),
      'secret-missing',
      /CALL_SECRET_ORDER_TO_USER/,
      /Secret/,
    ],
    [
      'a placeholder',
      secretOf('<your-openai-assistant-id>'),
      'secret-placeholder',
      /holds a placeholder/,
      /put-secret-value/,
    ],
    ['an empty secret', secretOf(' '), 'secret-empty', /no current value/, /put-secret-value/],
    [
      'a secret without a value',
      () => aws.holds.secrets.set(SECRET, {}),
      'secret-empty',
      /no current value/,
      /put-secret-value/,
    ],
    ['a value with a line break', secretOf(`${PLANTED}\n`), 'secret-malformed', /white space/, /put-secret-value/],
    [
      'a value that its service refuses',
      secretOf('4f9a8b7c'),
      'secret-malformed',
      /at least 32 characters/,
      /put-secret-value/,
    ],
    [
      'a secret of two services that both refuse',
      () => aws.holds.secrets.set('cloudmart-staging/CALL_SECRET_ORDER_TO_USER', { value: '4f9a8b7c6d5e4f9a8b7c' }),
      'secret-malformed',
      /CALL_SECRET_ORDER_TO_USER .* shorter than 32 bytes/,
      /put-secret-value/,
    ],
    [
      'a secret that is being deleted',
      () => aws.holds.secrets.set(SECRET, { value: PLANTED, deleted: true }),
      'secret-deleted',
      /marked for deletion/,
      /restore-secret/,
    ],
    [
      'a role that is gone',
      () => aws.holds.roles.clear(),
      'role-missing',
      /no role cloudmart-staging-user/,
      /--revert-drift/,
    ],
    [
      'a role that EC2 may take',
      () =>
        aws.holds.roles.set('cloudmart-staging-user', {
          Statement: [{ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }],
        }),
      'role-trust-differs',
      /does not let pods\.eks/,
      /--revert-drift/,
    ],
    [
      'a service account without its association',
      () => aws.holds.associations?.clear(),
      'identity-missing',
      /cloudmart\/user .* has no Pod Identity/,
      /--revert-drift/,
    ],
    [
      'the role of another service',
      () => aws.holds.associations?.set('user', `arn:aws:iam::${ACCOUNT}:role/cloudmart-staging-order`),
      'identity-differs',
      /cloudmart-staging-order and not cloudmart-staging-user/,
      /--revert-drift/,
    ],
    [
      'no certificate',
      () => {
        aws.holds.certificates = [];
      },
      'certificate-missing',
      /no certificate for shop\.staging/,
      /cdk deploy 'staging\/Domain'/,
    ],
    [
      'a certificate that waits',
      certificate('PENDING_VALIDATION'),
      'certificate-pending',
      /waits.*delegate staging/,
      /acm wait/,
    ],
    [
      'a failed certificate',
      certificate('FAILED', { reason: 'CAA_ERROR' }),
      'certificate-unusable',
      /FAILED \(CAA_ERROR\)/,
      /delete-certificate/,
    ],
    [
      'a certificate that ends next week',
      certificate('ISSUED', { daysLeft: 7 }),
      'certificate-unusable',
      /not renewed/,
      /RenewalSummary/,
    ],
    [
      'no zone',
      () => {
        aws.holds.zones = [];
      },
      'zone-missing',
      /no public zone staging/,
      /cdk deploy 'staging\/Domain'/,
    ],
    [
      'a zone that nobody is sent to',
      () => dns.nameServers.clear(),
      'zone-not-delegated',
      /delegated to nobody; delegate it to ns-1/,
      /--id Z1/,
    ],
    [
      'a zone whose domain leads elsewhere',
      () => dns.nameServers.set(environment.domain, ['ns.registrar.example']),
      'zone-not-delegated',
      /delegated to ns\.registrar\.example/,
      /--id Z1/,
    ],
    ['a name that leads nowhere', () => dns.hosts.clear(), 'name-unresolved', /staging.*no address/, /PublicName/],
    [
      'too few processors',
      () => aws.holds.quotas.set('L-1216C47A', 16),
      'quota-too-small',
      /Standard instances \(vCPUs\)" allows 16 .* up to 24/,
      /L-1216C47A --desired-value 24/,
    ],
    [
      'addresses that others hold',
      () => {
        aws.holds.quotas.set('L-0263D0A3', 5);
        aws.holds.addresses = Array.from({ length: 5 }, () => ({ environment: 'dev' }));
      },
      'quota-too-small',
      /Elastic IPs" allows 5 .* up to 1 beside 5 of others/,
      /--desired-value 6/,
    ],
    [
      'VPCs that others hold',
      () => {
        aws.holds.quotas.set('L-F678F1CE', 2);
        aws.holds.vpcs = [{}, {}];
      },
      'quota-too-small',
      /VPCs per Region/,
      /--desired-value 3/,
    ],
    [
      'the Lambda quota of a new account',
      () => aws.holds.quotas.set('L-B99A9384', 10),
      'quota-too-small',
      /Lambda concurrent executions" allows 10/,
      /--service-code lambda/,
    ],
  ])('finds %s and nothing else', async (_, spoil, code, problem, command) => {
    spoil();
    const report = await check();
    expect(report.findings).toEqual([
      expect.objectContaining({
        code,
        problem: expect.stringMatching(problem),
        command: expect.stringMatching(command),
      }),
    ]);
    expect(JSON.stringify(report)).not.toContain(PLANTED);
  });

  it('finds several things at once, also behind a service of AWS that fails', async () => {
    secretOf('changeme')();
    aws.holds.quotas.set('L-B99A9384', 10);
    aws.faults.set('eks', {
      status: 403,
      type: 'application/json',
      text: '{"__type":"AccessDeniedException","message":"eks:ListPodIdentityAssociations"}',
    });
    const { findings } = await check();
    expect(findings.map(({ code }) => code)).toEqual(['secret-placeholder', 'permission-missing', 'quota-too-small']);
    expect(findings[1]?.problem).toMatch(/may not read from EKS or IAM in us-east-1.*eks:ListPodIdentityAssociations/);
  });

  it('takes what the first deployment makes for no fault, and says that it was not looked at', async () => {
    aws.holds.associations = undefined;
    aws.holds.zones = aws.holds.zones.map((zone) => ({ ...zone, records: [] }));
    expect(await check()).toMatchObject({
      findings: [],
      notChecked: [
        expect.stringMatching(/no cluster cloudmart-staging yet/),
        expect.stringMatching(/shop\.staging.* not in the zone yet/),
      ],
    });
  });

  it('takes a service that is new in the cluster for no fault', async () => {
    aws.holds.associations?.clear();
    aws.holds.roles.clear();
    expect(await check()).toMatchObject({
      findings: [],
      notChecked: [expect.stringMatching(/^user: role and association/)],
    });
  });

  it('says where to name the account when the environment names none, and goes on', async () => {
    const { findings, checks } = await check({ environment: environmentNamed('staging') });
    expect(findings).toEqual([
      expect.objectContaining({
        code: 'account-undeclared',
        problem: expect.stringMatching(/`account` beside `region` of staging in lib\/environments\.ts/),
      }),
    ]);
    expect(checks.some(({ state }) => state === 'not-checked')).toBe(false);
  });

  it('refuses a protected environment of whose alarms nobody hears', async () => {
    const production = { ...environment, protected: true };
    expect((await check({ environment: production })).findings).toEqual([
      expect.objectContaining({
        check: 'subscribers',
        code: 'subscriber-missing',
        problem: expect.stringMatching(/^lib\/environments\.ts: staging\.alerts\.emails: nothing means/),
      }),
    ]);
    const alerts = { ...environment.alerts, endpoints: ['https://pager.example/hook'] };
    expect((await check({ environment: { ...production, alerts } })).findings).toEqual([]);
  });

  it('counts the function that makes owners of databases among those that reserve', async () => {
    const reserved = services.reduce((sum, { kind, scaling }) => sum + (kind === 'lambda' ? scaling.max : 0), 0);
    aws.holds.quotas.set('L-B99A9384', 100 + reserved);
    expect((await check()).findings.map(({ code }) => code)).toEqual(['quota-too-small']);
    aws.holds.quotas.set('L-B99A9384', 101 + reserved);
    expect((await check()).findings).toEqual([]);
  });

  it('takes an account from its caller, but none that contradicts the environment', async () => {
    expect((await check({ environment: environmentNamed('staging'), account: ACCOUNT })).findings).toEqual([]);
    await expect(check({ account: '999900001111' })).rejects.toThrow(/contradicts lib\/environments\.ts/);
  });

  it('finds a source that cannot be bundled, and still looks at the rest', async () => {
    aws.holds.secrets.clear();
    const { findings } = await check({ tagsOf: () => Promise.reject(new Error('services/user/main.ts is empty')) });
    expect(new Set(findings.map(({ code }) => code))).toEqual(new Set(['bundle-refused', 'secret-missing']));
    expect(findings[0]?.problem).toContain('services/user/main.ts is empty');
  });

  const spoiledValues: readonly (readonly [service: string, key: string, placeholder: string, malformed: string])[] = [
    ['user', 'STAFF_EMAIL', '<your-address>', 'staff at cloudmart'],
    ...(mailer ? [[mailer, 'MAIL_FROM', '<your-sender>', 'orders at cloudmart'] as const] : []),
  ];
  it.each(spoiledValues)(
    'names a plain value of %s that is a placeholder, or that it would refuse at start: %s',
    async (service, key, placeholder, malformed) => {
      for (const [value, code] of [
        [placeholder, 'configuration-placeholder'],
        [malformed, 'configuration-malformed'],
      ] as const) {
        const spoiled = { ...environment, configuration: { [service]: { [key]: value } } };
        expect((await check({ environment: spoiled })).findings).toEqual([
          expect.objectContaining({
            code,
            service,
            problem: expect.stringMatching(new RegExp(`${key} of ${service}.*lib/environments\\.ts`)),
          }),
        ]);
      }
    },
  );

  it('ends a question that AWS does not answer at its deadline, and goes on with the next', async () => {
    aws.faults.set('secretsmanager', 'silent');
    const { findings, checks } = await check({ deadlineMs: 5_000 });
    expect(findings).toEqual([
      expect.objectContaining({
        code: 'aws-unreachable',
        problem: expect.stringMatching(/Secrets Manager in us-east-1 does not answer \(the deadline passed\)/),
      }),
    ]);
    expect(checks.at(-1)).toMatchObject({ check: 'providers', state: 'passed' });
  });

  it('says that no DNS server answers', async () => {
    dns.silent = true;
    expect((await check()).findings).toEqual([expect.objectContaining({ code: 'dns-unreachable' })]);
  });

  it('tells a clock that is wrong from credentials that are', async () => {
    const text =
      '<ErrorResponse><Error><Code>SignatureDoesNotMatch</Code><Message>Signature expired: 20260101T000000Z is now earlier than 20260102T000000Z</Message></Error></ErrorResponse>';
    aws.faults.set('sts', { status: 403, type: 'text/xml', text });
    const { findings, checks } = await check();
    expect(findings).toEqual([
      expect.objectContaining({ code: 'clock-skewed', command: expect.stringContaining('timedatectl') }),
    ]);
    expect(checks.slice(1).every(({ state }) => state === 'not-checked')).toBe(true);
  });
});
