/** Whoever uses the shared cache is a user of it with few rights, on AWS, in Kubernetes and under compose, as soon as its manifest says so. */
import { beforeAll, describe, expect, test } from '@jest/globals';
import { cacheRights, usesCache } from '../services/kit/cache-rights.ts';
import { runsInCluster } from '../services/kit/manifest.ts';
import { testManifest } from '../services/kit/testing/manifest.ts';
import { composeProject } from './compose/compose-file.ts';
import { composeAddresses } from './compose/compose-places.ts';
import { composeSecrets } from './compose/compose-secrets.ts';
import { environments } from './environments.ts';
import { checkServices } from './manifest-checks/check-services.ts';
import { preparePlatform } from './templates/platform-templates.ts';
import { at, identityStatements, listOf, resourcesOf, type StackTemplate, textOf } from './templates/template.ts';
import { fixtureManifests, operatingFixture } from './testing/fixture-manifests.ts';
import { serviceVariables } from './variables/service-variables.ts';
import { environmentValues } from './workloads/environment-values.ts';
import { podVariables } from './workloads/pod-variables.ts';
import { someWorkloadValues } from './workloads/testing/workload-fixtures.ts';
import { serviceObjects } from './workloads/workload-objects.ts';

const wishlist = testManifest({ name: 'wishlist', kind: 'web', ports: { http: 9199 }, cache: true });
const manifests = checkServices([...fixtureManifests, operatingFixture, wishlist]);
const [production] = environments
  .filter(({ name }) => name === 'production')
  .map((environment) => ({ ...environment, configuration: {} }));
if (!production) throw new Error('there is no production environment');

const users = ['door', 'wishlist', 'wrench'];
const others = manifests.filter(({ name }) => !users.includes(name));

describe('on AWS', () => {
  let stacks: readonly StackTemplate[] = [];
  beforeAll(() => {
    stacks = preparePlatform([production], manifests).synth();
  });
  const template = (stack: string) => stacks.find((candidate) => candidate.stack === stack)?.template ?? {};

  test('each has a user that signs in by IAM and may send what its code sends, on its own keys', () => {
    const own = '-@all +get +set +del +multi +incr +pexpire +exec +ping';
    const found = resourcesOf(template('Cache'), 'AWS::ElastiCache::User').map(({ properties }) => properties);
    expect(found.toSorted((one, other) => (textOf(one['UserId']) < textOf(other['UserId']) ? -1 : 1))).toEqual(
      [
        ['door', `on ~door:* ${own}`],
        ['wishlist', `on ~wishlist:* ${own}`],
        ['wrench', 'on ~* -@all +info +dbsize +scan +pttl +memory|usage +unlink'],
      ].map(([service, rights]) =>
        expect.objectContaining({
          UserId: `cloudmart-production-${service}`,
          UserName: `cloudmart-production-${service}`,
          AccessString: rights,
          AuthenticationMode: { Type: 'iam' },
          Engine: 'valkey',
        }),
      ),
    );
  });

  test('these are all users of the cache, whose engine then switches the default user off', () => {
    const [group, ...more] = resourcesOf(template('Cache'), 'AWS::ElastiCache::UserGroup');
    expect(more).toEqual([]);
    expect(group?.properties).toMatchObject({ Engine: 'valkey' });
    const ids = resourcesOf(template('Cache'), 'AWS::ElastiCache::User').map(({ logicalId }) => `<${logicalId}>`);
    expect(listOf(group?.properties['UserIds']).map(textOf)).toEqual(ids);
    const [cache] = resourcesOf(template('Cache'), 'AWS::ElastiCache::ReplicationGroup');
    expect(listOf(cache?.properties['UserGroupIds']).map(textOf)).toEqual([`<${group?.logicalId}>`]);
  });

  test('its role may sign in to the cache as this user and as no other, and the other roles not at all', () => {
    const statements = stacks
      .flatMap((stack) => identityStatements(stack.template))
      .filter(({ statement }) => listOf(statement.Action).some((action) => textOf(action).startsWith('elasticache:')))
      .map(({ entry, statement }) => [
        /^<(\w+?)identityRole/.exec(textOf(listOf(entry.properties['Roles'])[0]))?.[1],
        listOf(statement.Action),
        ...listOf(statement.Resource).map(textOf),
      ]);
    const arn = (resource: string) => `arn:aws:elasticache:us-east-1:<AccountId>:${resource}`;
    expect(statements.toSorted()).toEqual(
      users.map((service) => [
        service,
        ['elasticache:Connect'],
        arn('replicationgroup:cloudmart-production'),
        arn(`user:cloudmart-production-${service}`),
      ]),
    );
  });
});

test('in Kubernetes each is told its own user, and the others of no cache', () => {
  const values = environmentValues(production, manifests, {}, (name) => `output-${name.toLowerCase()}`);
  const told = (name: string) => {
    const service = manifests.find((each) => each.name === name);
    return service && podVariables(service, manifests, values)['CACHE_URL'];
  };
  for (const name of users)
    expect(told(name)).toBe(`rediss://cloudmart-production-${name}@output-cacheaddress?cacheName=cloudmart-production`);
  expect(told('stock')).toBeUndefined();
});

test('under compose each has the same rights, by a password of its own that the command makes, and the nameless none', () => {
  const { command = [] } = composeProject(manifests).services['valkey'] ?? {};
  const reference = (name: string) => `\${${name}:?is missing from .env, run npx cloudmart compose}`;
  const rules = command.slice(command.indexOf('--user'));
  const expected = manifests.filter(usesCache).flatMap((service) => {
    const password = `${service.name.toUpperCase()}_CACHE_PASSWORD`;
    expect(composeSecrets(manifests)).toContain(password);
    expect(serviceVariables(service, manifests, composeAddresses)['CACHE_URL']).toBe(
      `redis://${service.name}:${reference(password)}@valkey:6379`,
    );
    return ['--user', service.name, 'on', `>${reference(password)}`, ...cacheRights(service)];
  });
  expect(rules).toEqual([...expected, '--user', 'default', 'off']);
  for (const service of others)
    expect(serviceVariables(service, manifests, composeAddresses)).not.toHaveProperty('CACHE_URL');
});

test('the way to the cache is open to their pods alone, and under compose they wait for it', () => {
  const { services: containers } = composeProject(manifests);
  const waiting = Object.entries(containers).filter(([, { depends_on = {} }]) => at(depends_on, 'valkey'));
  expect(waiting.map(([name]) => name).toSorted()).toEqual(users);
  const values = someWorkloadValues(manifests);
  const admitted = manifests.filter(runsInCluster).filter((service) => {
    const policy = serviceObjects(service, manifests, values).find(({ kind }) => kind === 'NetworkPolicy');
    return listOf(at(policy, 'spec', 'egress')).some((rule) =>
      listOf(at(rule, 'ports')).some((port) => at(port, 'port') === 6379),
    );
  });
  expect(admitted.map(({ name }) => name).toSorted()).toEqual(users);
});
