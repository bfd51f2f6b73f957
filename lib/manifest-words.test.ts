/** Words of the manifest that bring rights or ways out with them: what each becomes on AWS, in Kubernetes, here, under compose and in a release. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import { ConfigurationError, readConfig } from '../services/kit/config/config.ts';
import { destinations } from '../services/kit/destinations.ts';
import type { ServiceManifest } from '../services/kit/manifest.ts';
import { composeProject } from './compose/compose-file.ts';
import { composeAddresses } from './compose/compose-places.ts';
import { composeSecrets } from './compose/compose-secrets.ts';
import { checkAgainstServices } from './environment/environment-checks.ts';
import { configurationOf } from './environment/environment-configuration.ts';
import { environments } from './environments.ts';
import { openDataFolder } from './local/data-folder.ts';
import { keepSecrets } from './local/secrets.ts';
import { planProcess } from './local/service-plan.ts';
import { localSizes } from './local/size.ts';
import { checkServices } from './manifest-checks/check-services.ts';
import { preparePlatform } from './templates/platform-templates.ts';
import { at, identityStatements, listOf, resourcesOf, type StackTemplate, textOf } from './templates/template.ts';
import { fixtureManifests, observingFixture, operatingFixture } from './testing/fixture-manifests.ts';
import { serviceVariables } from './variables/service-variables.ts';
import { podVariables, staticConfiguration } from './workloads/pod-variables.ts';
import { someWorkloadValues } from './workloads/testing/workload-fixtures.ts';
import { serviceObjects } from './workloads/workload-objects.ts';

// The owner calls who observes it: looking on is no call, so that this is no circle.
const manifests = checkServices(
  [...fixtureManifests, observingFixture, operatingFixture].map((service) =>
    service.name === 'stock' ? { ...service, calls: [observingFixture.name] } : service,
  ),
);
const fixture = (name: string): ServiceManifest => {
  const found = manifests.find((service) => service.name === name);
  if (!found) throw new Error(`no fixture is called ${name}`);
  return found;
};

let stacks: readonly StackTemplate[] = [];
beforeAll(() => {
  const production = environments.filter(({ name }) => name === 'production');
  stacks = preparePlatform(
    production.map((environment) => ({ ...environment, configuration: {} })),
    manifests,
  ).synth();
});
const template = (stack: string) => stacks.find((candidate) => candidate.stack === stack)?.template ?? {};

/** Statements of these names in a stack, by name. */
const statementsOf = (stack: string, sids: readonly string[]) =>
  identityStatements(template(stack)).flatMap(({ statement }) =>
    statement.Sid !== undefined && sids.includes(statement.Sid)
      ? [[statement.Sid, ...listOf(statement.Resource).map(textOf)]]
      : [],
  );

type Egress = {
  readonly to: readonly { readonly ipBlock?: { readonly cidr: string } }[];
  readonly ports: readonly { readonly port: number }[];
};
const values = someWorkloadValues(manifests);
/** Ports at which the pods of a service get to the world outside. */
const worldPorts = (service: ServiceManifest): number[] => {
  const policy = serviceObjects(service, manifests, values).find(({ kind }) => kind === 'NetworkPolicy');
  const egress = (at(policy, 'spec', 'egress') ?? []) as readonly Egress[];
  return egress
    .filter(({ to }) => to.some(({ ipBlock }) => ipBlock?.cidr === '0.0.0.0/0'))
    .flatMap(({ ports }) => ports.map(({ port }) => port));
};

/** What a process says of these variables at its start; Secrets Manager holds the given values. */
const problemsAtStart = async (
  service: ServiceManifest,
  variables: Readonly<Record<string, string | undefined>>,
  held: Readonly<Record<string, string>> = {},
): Promise<readonly string[]> => {
  const schema = z.object(
    Object.fromEntries(
      Object.entries(service.configuration).map(([key, { issuedBy }]) => [
        key,
        issuedBy ? z.string().optional() : z.string(),
      ]),
    ),
  );
  const loadSecret = async (id: string) => {
    const value = held[id.split('/').at(-1) ?? ''];
    if (value === undefined) throw Object.assign(new Error(id), { name: 'ResourceNotFoundException' });
    return value;
  };
  return readConfig(service, schema, variables, { loadSecret }).then(
    () => [],
    (problem: unknown) => {
      if (problem instanceof ConfigurationError) return problem.problems;
      throw problem;
    },
  );
};

describe('what a service reaches', () => {
  const sids = Object.values(destinations).flatMap(({ grants }) => grants.map(({ sid }) => sid));

  test('on AWS is allowed to its role, on what the table of destinations names and on nothing else', () => {
    expect(statementsOf('Workloads', sids)).toEqual([
      ['InvokeAgents', 'arn:aws:bedrock:us-east-1:<AccountId>:agent-alias/*'],
      ['TellChat', expect.stringMatching(/AlertsChat/)],
    ]);
    expect(statementsOf('Function', sids)).toEqual([
      ['SendMail', expect.stringMatching(/:configuration-set\//), expect.stringMatching(/:identity\//)],
      ['SendTextMessages'],
    ]);
    const [texts] = identityStatements(template('Function')).filter(
      ({ statement }) => statement.Sid === 'SendTextMessages',
    );
    expect(at(texts?.statement, 'NotResource')).toBe('arn:aws:sns:*:*:*');
  });

  test.each(['door', 'stock'])('in Kubernetes is let out of the pods of %s, at the ports of the table', (name) => {
    const reaching = { ...fixture(name), owns: {} };
    expect(worldPorts(reaching)).toEqual([443]);
    expect(worldPorts({ ...reaching, reaches: [] })).toEqual([]);
  });

  test('here and under compose is a folder of mails for those who send some, and nothing for the others', () => {
    const given = (name: string) => serviceVariables(fixture(name), manifests, composeAddresses)['MAIL_URL'];
    expect(['mailer', 'door', 'stock'].map(given)).toEqual(['folder:/data/mails', undefined, undefined]);
    const { services } = composeProject(manifests);
    const mounts = (name: string) => JSON.stringify(services[name]?.volumes ?? []).includes('mails:/data/mails');
    expect(['trends', 'door', 'stock'].map(mounts)).toEqual([false, false, false]);
    const mailing = composeProject([
      { ...fixture('ledger'), reaches: ['ses'] },
      { ...fixture('stock'), calls: [] },
    ]);
    expect(JSON.stringify(mailing.services['ledger']?.volumes)).toContain('mails:/data/mails');
  });
});

const made = {
  SHELF_KEY: 'v4zL9Rk2Xw7Tq8Mp3Bn6',
  CALL_SECRET_DOOR_TO_STOCK: '4b7e0c6f2d9a81537b7e0c6f2d9a8153',
};

describe('a secret that others issue', () => {
  const stock = fixture('stock');

  test('on AWS has a place that is born empty, beside those that are born at random', () => {
    const secrets = new Map(
      resourcesOf(template('Secret'), 'AWS::SecretsManager::Secret').map(({ properties }) => [
        textOf(properties['Name']).split('/').at(-1),
        properties,
      ]),
    );
    expect(secrets.get('SHELF_KEY')).toHaveProperty('GenerateSecretString');
    expect(secrets.get('SUPPLIER_KEY')).toMatchObject({ Description: 'Key of the supplier.' });
    for (const value of ['GenerateSecretString', 'SecretString'])
      expect(secrets.get('SUPPLIER_KEY')).not.toHaveProperty(value);
  });

  test.each<[what: string, supplier: string, held: Readonly<Record<string, string>>, problems: readonly RegExp[]]>([
    ['is not read while it is not needed', 'nobody', made, []],
    [
      'stops a start that needs it while its place is empty',
      'wholesale',
      made,
      [/^SUPPLIER_KEY_SECRET_ID: there is no such secret, or it holds no value yet; put one in$/],
    ],
    [
      'stops a start that needs it while it is a placeholder',
      'wholesale',
      { ...made, SUPPLIER_KEY: '<your-supplier-key>' },
      [/^SUPPLIER_KEY_SECRET_ID: is a placeholder; set the real value$/],
    ],
    ['is read once it is there', 'wholesale', { ...made, SUPPLIER_KEY: 'wholesale_live_93kd02lq' }, []],
  ])('in Kubernetes %s', async (_, supplier, held, problems) => {
    const chosen = { ...values, configuration: { stock: { SUPPLIER: supplier } } };
    const variables = { ...podVariables(stock, manifests, chosen), ...staticConfiguration(stock, chosen) };
    expect(variables['SUPPLIER_KEY_SECRET_ID']).toBe('cloudmart/test/stock/SUPPLIER_KEY');
    expect(await problemsAtStart(stock, variables, held)).toEqual(
      problems.map((problem) => expect.stringMatching(problem)),
    );
  });

  test('here is not made up, and the service starts without it', async () => {
    const place = await mkdtemp(path.join(tmpdir(), 'cloudmart-words-'));
    const folder = await openDataFolder(path.join(place, 'data'));
    try {
      const secrets = await keepSecrets(folder, manifests, false);
      expect(secrets.configuration['stock']).toEqual({ SHELF_KEY: expect.stringMatching(/^[\w-]{32}$/) });
      const bundle = { service: 'stock', folder: place, entry: 'main.mjs', hash: '0', bytes: 0, parts: [] };
      const plan = planProcess(
        stock,
        { own: bundle, started: bundle },
        {
          folder,
          portBase: undefined,
          size: localSizes.fast,
          secrets,
          services: manifests,
        },
      );
      expect(plan.environment).not.toHaveProperty('SUPPLIER_KEY');
      expect(await problemsAtStart(stock, plan.environment)).toEqual([]);
    } finally {
      folder.release();
      await rm(place, { recursive: true });
    }
  });

  test('under compose is neither made up nor asked for', () => {
    expect(composeSecrets(manifests)).toContain('STOCK_SHELF_KEY');
    expect(composeSecrets(manifests)).not.toContain('STOCK_SUPPLIER_KEY');
    const { environment = {} } = composeProject(manifests).services['stock'] ?? {};
    expect(Object.keys(environment).filter((name) => name.endsWith('_KEY'))).toEqual(['SHELF_KEY']);
  });
});

describe('a value that only stands in for the real thing', () => {
  const stock = fixture('stock');
  const [clone] = environments.filter(({ name }) => name === 'production');
  if (!clone) throw new Error('there is no production');
  const served = { ...clone, account: '111122223333', configuration: {} };
  const supplied = { ...served, configuration: { stock: { SUPPLIER: 'wholesale' } } };
  const refusal = 'only stands in for the real thing (nobody) and serves no customer; set the real one';

  test('is refused by name at synthesis where customers are served, and only there', () => {
    expect(() => checkAgainstServices(served, manifests)).toThrow(
      `lib/environments.ts: production.configuration.stock.SUPPLIER: "nobody" ${refusal} here`,
    );
    expect(() => preparePlatform([served], manifests)).toThrow(`SUPPLIER: "nobody" ${refusal}`);
    for (const harmless of [supplied, { ...served, protected: false }, { ...served, account: undefined }])
      expect(() => checkAgainstServices(harmless, manifests)).not.toThrow();
  });

  test.each<[what: string, supplier: string, key: string, problems: readonly string[]]>([
    ['is refused', 'nobody', '', [`SUPPLIER: ${refusal}`]],
    ['as a key is refused', 'wholesale', 'trial_93kd02lq', [`SUPPLIER_KEY: ${refusal.replace('nobody', 'trial_')}`]],
    ['is not what a real value is', 'wholesale', 'wholesale_live_93kd02lq', []],
  ])('at start of a pod %s', async (_, supplier, key, problems) => {
    const chosen = {
      ...values,
      configuration: { stock: { ...configurationOf(stock, served), SUPPLIER: supplier } },
    };
    const variables = { ...podVariables(stock, manifests, chosen), ...staticConfiguration(stock, chosen) };
    expect(variables).toHaveProperty('SERVES_CUSTOMERS', 'true');
    const held = { ...made, SUPPLIER_KEY: key };
    expect(await problemsAtStart(stock, variables, held)).toEqual(problems);
    expect(await problemsAtStart(stock, { ...variables, SERVES_CUSTOMERS: undefined }, held)).toEqual([]);
  });

  test('is nothing that a service without one hears of', () => {
    expect(configurationOf(fixture('door'), served)).toEqual({});
    expect(configurationOf(stock, { ...served, account: undefined })).toEqual({});
  });
});

describe('what a service observes', () => {
  const desk = fixture('desk');
  const observed = {
    databases: { stocks: { url: expect.stringMatching(/^postgresql:\/\/desk[:@].*\/stocks/), connections: 2 } },
    tables: { entries: expect.stringMatching(/entries$/) },
  };

  test('on AWS is open to its role for reading, and for nothing else', () => {
    const statements = identityStatements(template('Workloads'))
      .filter(({ entry }) => entry.logicalId.startsWith('desk'))
      .map(({ statement }) => statement);
    const allowed = Object.fromEntries(statements.map(({ Sid = '', Action }) => [Sid, listOf(Action)]));
    expect(allowed).toEqual({
      SignInToDatabase: ['rds-db:connect'],
      LookAtEventStream: ['kafka-cluster:Connect', 'kafka-cluster:DescribeCluster'],
      ObserveTopics: ['kafka-cluster:DescribeTopic', 'kafka-cluster:ReadData'],
      ObserveConsumers: ['kafka-cluster:DescribeGroup'],
      ObserveTables: ['dynamodb:BatchGetItem', 'dynamodb:DescribeTable', 'dynamodb:GetItem', 'dynamodb:Query'],
      UseDataKey: ['kms:Decrypt', 'kms:GenerateDataKey'],
    });
    const on = (sid: string) =>
      statements.filter(({ Sid }) => Sid === sid).flatMap(({ Resource }) => listOf(Resource).map(textOf));
    expect(on('SignInToDatabase')).toEqual([expect.stringMatching(/:dbuser:.*\/desk$/)]);
    expect(on('ObserveTopics')).toHaveLength(2);
    expect(on('ObserveTables')).toEqual([expect.stringMatching(/entries/i)]);
    expect(on('ObserveConsumers').map((group) => group.split('/').at(-1))).toEqual([
      'ledger',
      'ledger-dead',
      'stock',
      'trends',
    ]);
  });

  test('on AWS is open to its database role by the job that makes the owners', () => {
    const [job] = resourcesOf(template('Database'), 'AWS::Lambda::Function').filter(({ properties }) =>
      textOf(at(properties, 'FunctionName')).endsWith('-database-owners'),
    );
    expect(textOf(at(job?.properties, 'Environment', 'Variables', 'READERS'))).toBe(
      '[{"database":"stocks","role":"desk"}]',
    );
  });

  test('in Kubernetes is named to its pods and let out of them, though neither calls the other by it', async () => {
    const variables = podVariables(desk, manifests, values);
    const config = await readConfig(desk, z.object({}), variables, {
      loadSecret: async () => '4b7e0c6f2d9a81537b7e0c6f2d9a8153',
    });
    expect(config.observed).toMatchObject(observed);
    expect(config.observed?.databases['stocks']?.auth).toBe('iam');
    expect(config.events).toBe(values.eventsUrl);
    expect(config.database).toBeUndefined();
    const policyOf = (service: ServiceManifest) =>
      serviceObjects(service, manifests, values).find(({ kind }) => kind === 'NetworkPolicy');
    const ports = (at(policyOf(desk), 'spec', 'egress') as readonly Egress[]).flatMap(({ ports: to }) =>
      to.map(({ port }) => port),
    );
    expect(ports).toEqual(expect.arrayContaining([values.network.databasePort, ...values.network.eventsPorts]));
    expect(worldPorts(desk)).toEqual([443]);
    expect(JSON.stringify(at(policyOf(fixture('stock')), 'spec', 'ingress'))).not.toContain('desk');
  });

  test('under compose is named to its container, with a password of its own', async () => {
    const { services } = composeProject(manifests);
    expect(services['desk']?.environment).toMatchObject({
      OBSERVED_DATABASE_STOCKS: expect.stringMatching(/^postgresql:\/\/desk:\$\{DESK_DATABASE_PASSWORD:\?.*\/stocks$/),
      OBSERVED_TABLE_ENTRIES: 'entries',
      EVENTS_URL: 'kafka://kafka:9092',
      AWS_ENDPOINT_URL_DYNAMODB: expect.stringMatching(/^http/),
    });
    expect(services['prepare']?.environment).toHaveProperty('DESK_DATABASE_PASSWORD');
    expect(composeSecrets(manifests)).toContain('DESK_DATABASE_PASSWORD');
  });

  test('counts among the connections that the database takes', () => {
    const [dev] = environments.filter(({ name }) => name === 'dev');
    if (!dev) throw new Error('there is no dev');
    const small = { ...dev, configuration: {}, database: { ...dev.database, maxCapacity: 0.5 } };
    expect(() => checkAgainstServices(small, manifests)).toThrow(/desk \d+.* add up to/);
  });
});

describe('what a service operates', () => {
  const wrench = fixture('wrench');

  test('on AWS is open to its role beside what it observes: what was published again, and groups that stand still', () => {
    const statements = identityStatements(template('Workloads'))
      .filter(({ entry }) => entry.logicalId.startsWith('wrench'))
      .map(({ statement }) => statement);
    expect(Object.fromEntries(statements.map(({ Sid = '', Action }) => [Sid, listOf(Action)]))).toMatchObject({
      ObserveTopics: ['kafka-cluster:DescribeTopic', 'kafka-cluster:ReadData'],
      ReplayWithoutDoubles: ['kafka-cluster:WriteDataIdempotently'],
      ReplayToTopics: ['kafka-cluster:WriteData'],
      MoveConsumers: ['kafka-cluster:AlterGroup'],
    });
    const on = (sid: string) =>
      statementsOf('Workloads', [sid]).flatMap(([, ...resources]) => resources.map((arn) => arn.split('/').at(-1)));
    expect(on('ReplayToTopics')).toEqual([expect.stringMatching(/Topicstockevents/)]);
    expect(on('MoveConsumers')).toEqual(['ledger', 'ledger-dead', 'stock', 'trends']);
  });

  test("is a map of the shop in its environment, in Kubernetes and under compose, and in nobody else's", () => {
    const known = (text: string | undefined) =>
      (JSON.parse(text ?? '[]') as { name: string }[]).map(({ name }) => name);
    const all = manifests.map(({ name }) => name);
    expect(known(podVariables(wrench, manifests, values)['PLATFORM_MAP'])).toEqual(all);
    const { services } = composeProject(manifests);
    expect(known(services['wrench']?.environment?.['PLATFORM_MAP'])).toEqual(all);
    expect(podVariables(fixture('desk'), manifests, values)).not.toHaveProperty('PLATFORM_MAP');
  });

  test('must be observed too, since nobody replays what he cannot read', () => {
    expect(() => checkServices([...fixtureManifests, { ...operatingFixture, observes: {} }])).toThrow(
      'services/wrench/manifest.ts: operates topic "stock-events" and does not observe it',
    );
  });

  test.each<[string, string | undefined]>([
    ['is missing', undefined],
    ['is no JSON', '[{'],
    ['is no list', '{}'],
  ])('stops a start whose map %s', async (_, map) => {
    const variables = { ...podVariables(wrench, manifests, values), PLATFORM_MAP: map };
    expect(await problemsAtStart(wrench, variables, made)).toEqual([expect.stringMatching(/^PLATFORM_MAP: /)]);
  });
});
