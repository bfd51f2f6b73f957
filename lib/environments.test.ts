import { describe, expect, test } from '@jest/globals';
import { testManifest } from '../services/kit/testing/manifest.ts';
import {
  checkAgainstServices,
  connectionLimit,
  defineEnvironments,
  replicasOf,
} from './environment/environment-checks.ts';
import { configurationOf } from './environment/environment-configuration.ts';
import { environmentNamed, environments } from './environments.ts';
import { sentMailsOf, services } from './services.ts';
import { fixtureManifests } from './testing/fixture-manifests.ts';

type Change = (environment: Record<string, never>) => void;

/** The environments as data, with one of them changed. */
const withChange = (name: string, change: Change): unknown[] => {
  const copies = structuredClone(environments) as unknown as Record<string, never>[];
  const found = copies.find((environment) => environment['name'] === name);
  if (found) change(found);
  return copies;
};
const set =
  (path: string, value: unknown): Change =>
  (environment) => {
    const keys = path.split('.');
    const last = keys.pop() as string;
    const holder = keys.reduce<Record<string, unknown>>(
      (inner, key) => inner[key] as Record<string, unknown>,
      environment,
    );
    holder[last] = value;
  };

/** A sender of mails of these tests, for a shop may do without its own. */
const aMailer = testManifest({
  name: 'mailer',
  kind: 'lambda',
  ports: {},
  reaches: ['ses'],
  configuration: {
    MAIL_FROM: {
      description: 'Sender of every mail.',
      kind: 'plain',
      sender: true,
      default: 'CloudMart <orders@cloudmart.example>',
    },
  },
});

describe('a bad value is refused with the field, the value and what is allowed', () => {
  test.each<[why: string, environment: string, path: string, value: unknown, message: RegExp]>([
    ['an unknown key', 'dev', 'colour', 'red', /^dev: Unrecognized key: "colour"; .* remove it, or declare it there$/m],
    [
      'an unknown key inside a part',
      'dev',
      'database.size',
      3,
      /dev\.database: Unrecognized key: "size"; .* knows no such/,
    ],
    [
      'a name that is no environment',
      'dev',
      'name',
      'test',
      /test\.name: "test" is not allowed: .*"dev"\|"staging"\|"production"/,
    ],
    ['an account that is no account', 'dev', 'account', '12', /dev\.account: "12" is not allowed/],
    ['no region', 'dev', 'region', undefined, /dev\.region: nothing is not allowed/],
    [
      'a fraction of an ACU that does not exist',
      'dev',
      'database.minCapacity',
      0.3,
      /dev\.database\.minCapacity: 0\.3 is not allowed/,
    ],
    [
      'a broker size that MSK does not have',
      'dev',
      'eventStream.brokerType',
      'huge',
      /dev\.eventStream\.brokerType: "huge" is not allowed/,
    ],
    [
      'a mail address that is none',
      'dev',
      'alerts.emails',
      ['nobody'],
      /dev\.alerts\.emails\.0: "nobody" is not allowed/,
    ],
    ['a pager without TLS', 'dev', 'alerts.endpoints', ['http://pager.example'], /dev\.alerts\.endpoints\.0/],
    [
      'somebody who need not prove a second factor and is no role',
      'dev',
      'cluster.administrators',
      ['arn:aws:iam::111122223333:user/anybody'],
      /dev\.cluster\.administrators\.0: .*the ARN of a role/,
    ],
    [
      'ranges that overlap',
      'staging',
      'network.cidr',
      '10.10.0.0/16',
      /staging\.network\.cidr: 10\.10\.0\.0\/16 overlaps 10\.10\.0\.0\/16 of dev/,
    ],
    [
      'the range of Kubernetes services',
      'dev',
      'network.cidr',
      '172.20.0.0/16',
      /dev\.network\.cidr: .*Kubernetes services use; choose another/,
    ],
    [
      'a range that is too small',
      'dev',
      'network.cidr',
      '10.10.0.0/20',
      /dev\.network\.cidr: 10\.10\.0\.0\/20 is not a \/16/,
    ],
    [
      'two zones in production',
      'production',
      'network.zones',
      ['us-east-1a', 'us-east-1b'],
      /production\.network\.zones: 2 zones .*name three/,
    ],
    [
      'an address that does not exist',
      'dev',
      'network.cidr',
      '10.999.0.0/16',
      /dev\.network\.cidr: "10\.999\.0\.0\/16" is not allowed: write an IPv4 range/,
    ],
    [
      "a range of somebody's on the internet",
      'dev',
      'network.cidr',
      '8.8.0.0/16',
      /dev\.network\.cidr: 8\.8\.0\.0\/16 belongs to somebody on the internet; take a range inside 10\.0\.0\.0\/8/,
    ],
    [
      'an address inside its range',
      'dev',
      'network.cidr',
      '10.40.7.0/16',
      /dev\.network\.cidr: 10\.40\.7\.0\/16 does not begin where its range does; write 10\.40\.0\.0\/16/,
    ],
    [
      'days that CloudWatch does not keep logs for',
      'dev',
      'cluster.logDays',
      91,
      /dev\.cluster\.logDays: 91 is not allowed: .*90\|120/,
    ],
    [
      'confirmed records on one broker',
      'production',
      'eventStream.minInSyncReplicas',
      1,
      /production\.eventStream\.minInSyncReplicas: 1 lets a confirmed record be lost/,
    ],
    [
      'burstable brokers in production',
      'production',
      'eventStream.brokerType',
      'kafka.t3.small',
      /production\.eventStream\.brokerType: kafka\.t3\.small slows down/,
    ],
    [
      'a single cache in production',
      'production',
      'cache.replicas',
      0,
      /production\.cache\.replicas: 0 leaves nothing/,
    ],
    ['single pods in production', 'production', 'replicas.min', 1, /production\.replicas\.min: 1 pod of a service/],
    ['production without backups', 'production', 'backups', undefined, /production\.backups: nothing means/],
    ['a zone twice', 'production', 'network.zones', ['us-east-1a', 'us-east-1a', 'us-east-1b'], /names a zone twice/],
    [
      'a zone of another region',
      'dev',
      'network.zones',
      ['eu-west-1a', 'us-east-1b', 'us-east-1c'],
      /are not all in us-east-1/,
    ],
    [
      'one NAT gateway in production',
      'production',
      'network.natGateways',
      1,
      /production\.network\.natGateways: 1 leave a zone/,
    ],
    [
      'more copies than brokers',
      'dev',
      'eventStream.replicationFactor',
      3,
      /dev\.eventStream\.replicationFactor: 3 is more than the 2 brokers/,
    ],
    [
      'unprotected production',
      'production',
      'protected',
      false,
      /production\.protected: false would let a tear-down delete customer data/,
    ],
    ['production without a reader', 'production', 'database.readers', 0, /production\.database\.readers: 0 means/],
    ['production without a door', 'production', 'publicDoor', undefined, /production\.publicDoor: nothing means/],
    ['production on spot nodes', 'production', 'cluster.capacity', 'spot', /production\.cluster\.capacity: spot/],
    [
      'nodes outside dev that send plain text',
      'staging',
      'cluster.nodes.categories',
      ['m', 't'],
      /staging\.cluster\.nodes\.categories: m, t lets nodes send each other plain text.*remove t/,
    ],
    [
      'a capacity upside down',
      'dev',
      'database.minCapacity',
      8,
      /dev\.database\.minCapacity: 8 is above maxCapacity 4/,
    ],
    [
      'a pause that cannot happen',
      'staging',
      'database.autoPauseMinutes',
      30,
      /staging\.database\.autoPauseMinutes: 30 has no effect/,
    ],
    [
      'writes that stop with one broker',
      'staging',
      'eventStream.minInSyncReplicas',
      3,
      /minInSyncReplicas: 3 of 3 copies would stop all writes/,
    ],
    [
      'pollers on demand where nothing leaves the network',
      'dev',
      'eventStream.subnets',
      'data',
      /dev\.functions\.pollers: nothing means that Lambda polls .*; set pollers, or eventStream\.subnets private/,
    ],
    ['fewer pods at most than at least', 'dev', 'replicas.min', 9, /dev\.replicas\.min: 9 is above max 2/],
    ['fewer nodes at most than at least', 'dev', 'cluster.nodes.min', 9, /dev\.cluster\.nodes\.min: 9 is above max 4/],
    [
      'a host outside the domain',
      'staging',
      'publicDoor.host',
      'shop.elsewhere.example',
      /staging\.publicDoor\.host: .* is not under staging\.cloudmart\.example/,
    ],
  ])('%s', (_why, environment, path, value, message) => {
    expect(() => defineEnvironments(withChange(environment, set(path, value)))).toThrow(message);
  });

  const serving = (...changes: Change[]) =>
    withChange('production', (environment) => {
      for (const change of [set('account', '111122223333'), ...changes]) change(environment);
    });
  const ownCard = set('proofCard', 'pm_1QK0proofCardOfTheShop');
  const pinned = set('cluster.addOnVersions', {
    'metrics-server': 'v0.8.0-eksbuild.2',
    'amazon-cloudwatch-observability': 'v4.4.0-eksbuild.1',
  });

  test('a protected environment with an account, of which nobody hears', () => {
    expect(() => defineEnvironments(serving(pinned))).toThrow(
      /^production\.alerts\.emails: nothing means that alarms ring where nobody hears them/m,
    );
    expect(() =>
      defineEnvironments(serving(ownCard, pinned, set('alerts.emails', ['shop@shop.example']))),
    ).not.toThrow();
    expect(() =>
      defineEnvironments(serving(ownCard, pinned, set('alerts.endpoints', ['https://pager.example/hook']))),
    ).not.toThrow();
  });

  test('a protected environment with an account, whose add-ons are of no version', () => {
    expect(() => defineEnvironments(serving(set('alerts.emails', ['shop@shop.example'])))).toThrow(
      /production\.cluster\.addOnVersions\.metrics-server: [\s\S]*describe-addon-versions --kubernetes-version 1\.35 --addon-name metrics-server[\s\S]*addOnVersions\.amazon-cloudwatch-observability/,
    );
  });

  test('a protected environment with an account, that would prove its releases with a card of tests', () => {
    expect(() => defineEnvironments(serving())).toThrow(/^production\.proofCard: tok_visa is a card of tests/m);
    expect(() => defineEnvironments(serving(ownCard))).not.toThrow(/proofCard/);
  });

  test('nothing of this where no account is named, so that a clone can be synthesized', () => {
    expect(environments.map(({ account }) => account)).toEqual([undefined, undefined, undefined]);
    expect(() => defineEnvironments(environments)).not.toThrow();
  });

  test('two environments in one account that both make the provider of GitHub', () => {
    const shared = withChange('staging', set('account', '111122223333')) as Record<string, never>[];
    for (const environment of shared) if (environment['name'] === 'dev') set('account', '111122223333')(environment);
    expect(() => defineEnvironments(shared)).toThrow(
      /staging\.delivery\.createsProvider: true makes a second OIDC provider of GitHub in 111122223333, where dev makes/,
    );
  });

  test('two environments of one name', () => {
    expect(() => defineEnvironments([...environments, ...environments])).toThrow(
      /dev\.name: two environments have this name/,
    );
  });

  test('all problems at once', () => {
    const twice = withChange('dev', (environment) => {
      set('region', 'nowhere')(environment);
      set('domain', 'x')(environment);
    });
    expect(() => defineEnvironments(twice)).toThrow(/dev\.region[\s\S]*dev\.domain/);
  });

  test('an environment that does not exist', () => {
    expect(() => environmentNamed('test')).toThrow('there is no environment "test"; known: dev, staging, production');
  });
});

describe('what the services ask for must fit the environment', () => {
  const dev = environmentNamed('dev');

  test('pools of all pods above the limit of the database', () => {
    const small = { ...dev, replicas: { min: 1, max: 50 }, database: { ...dev.database, maxCapacity: 1 } };
    expect(() => checkAgainstServices(small, services)).toThrow(
      /dev\.database\.maxCapacity: 1 ACU take 189 connections, but .*cart \d+.* add up to \d+ at full scale; raise maxCapacity/,
    );
  });

  test('configuration of a service or a key that does not exist', () => {
    expect(() => checkAgainstServices({ ...dev, configuration: { 'no-such-service': {} } }, services)).toThrow(
      /configuration\.no-such-service: no such service; known: /,
    );
    expect(() => checkAgainstServices({ ...dev, configuration: { cart: { COLOUR: 'red' } } }, services)).toThrow(
      /configuration\.cart\.COLOUR: .*declares no plain value/,
    );
  });

  test.each([aMailer, ...services.filter(({ name }) => name === sentMailsOf(services)?.service)])(
    'mails of $name are sent from the own domain, by default and as it is set',
    (mailer) => {
      const all = [...services.filter(({ name }) => name !== mailer.name), mailer];
      const renamed = { ...environmentNamed('production'), domain: 'shop.example' };
      expect(configurationOf(mailer, renamed)).toMatchObject({ MAIL_FROM: 'CloudMart <orders@shop.example>' });
      const from = (MAIL_FROM: string) => ({ ...renamed, configuration: { [mailer.name]: { MAIL_FROM } } });
      expect(configurationOf(mailer, from('hello@shop.example'))).toMatchObject({ MAIL_FROM: 'hello@shop.example' });
      expect(() => checkAgainstServices(from('hello@shop.example'), all)).not.toThrow();
      expect(() => checkAgainstServices(from('Shop <hello@elsewhere.example>'), all)).toThrow(
        `lib/environments.ts: production.configuration.${mailer.name}.MAIL_FROM: "Shop <hello@elsewhere.example>" is no address at shop.example, `,
      );
    },
  );

  test('a secret is no configuration', () => {
    expect(() =>
      checkAgainstServices({ ...dev, configuration: { stock: { SUPPLIER_KEY: 'x' } } }, fixtureManifests),
    ).toThrow(/configuration\.stock\.SUPPLIER_KEY/);
  });

  test('the environments as they are hold the shop as it is', () => {
    for (const environment of environments) expect(() => checkAgainstServices(environment, services)).not.toThrow();
  });

  test.each([
    [0, 4, 823],
    [0.5, 32, 2000],
    [1, 16, 3360],
    [2, 32, 5000],
  ])('from %d to %d ACU PostgreSQL takes %d connections', (minCapacity, maxCapacity, connections) => {
    expect(connectionLimit({ ...dev.database, minCapacity, maxCapacity })).toBe(connections);
  });

  test('pods stay within the bounds of the environment', () => {
    const [, stock] = [...fixtureManifests].reverse();
    const service = stock ?? fixtureManifests[0];
    if (!service) throw new Error('no fixture');
    expect(
      replicasOf({ ...service, scaling: { min: 2, max: 8, cpuPercent: 60 } }, { ...dev, replicas: { min: 1, max: 3 } }),
    ).toEqual({ min: 2, max: 3 });
    expect(
      replicasOf(
        { ...service, scaling: { min: 2, max: 8, cpuPercent: 60 } },
        { ...dev, replicas: { min: 4, max: 50 } },
      ),
    ).toEqual({ min: 4, max: 8 });
  });
});

test('environments cannot be changed while the program runs', () => {
  const dev = environmentNamed('dev');
  expect(() => Object.assign(dev.database, { maxCapacity: 256 })).toThrow(/read only/);
  expect(() => (dev.network.zones as string[]).push('us-east-1d')).toThrow(/not extensible/);
});
