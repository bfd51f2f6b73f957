import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { isStandIn } from '../../../services/kit/configuration-declaration.ts';
import type { ServiceManifest } from '../../../services/kit/manifest.ts';
import { awsQuestions } from '../../aws/ask-aws.ts';
import type { Environment } from '../../environment/environment.ts';
import { environmentNamed } from '../../environments.ts';
import { services as shop } from '../../services.ts';
import { fixtureManifests } from '../../testing/fixture-manifests.ts';
import { currentSecrets } from '../rollout/rollout-aws.ts';
import { type AwsPeer, pointSdkAt, startAwsPeer } from '../testing/aws-peer.ts';
import { healthyAccount } from '../testing/healthy-account.ts';
import { configurationCheck, secretCheck } from './preflight-secrets.ts';

const ACCOUNT = '111122223333';
const SECRET = 'cloudmart-staging/stock/SUPPLIER_KEY';
const services = fixtureManifests.filter(({ name }) => name === 'stock');
const supplied = (supplier: string) => ({
  ...environmentNamed('staging'),
  account: ACCOUNT,
  configuration: { stock: { SUPPLIER: supplier } },
});

let aws: AwsPeer;
let restoreSdk: () => void;

beforeAll(async () => {
  aws = await startAwsPeer(healthyAccount(ACCOUNT, supplied('wholesale'), services));
  restoreSdk = pointSdkAt(aws);
});
afterAll(async () => {
  restoreSdk();
  await aws.close();
});
beforeEach(() => {
  Object.assign(aws.holds, healthyAccount(ACCOUNT, supplied('wholesale'), services));
});

const contextOf = (environment: Environment, checked: readonly ServiceManifest[]) => ({
  environment,
  account: ACCOUNT,
  aws: awsQuestions(environment.region),
  services: checked,
  pods: checked,
  tagsOf: async () => ({}),
  resolver: undefined,
  progress: () => undefined,
});

/** Codes and sentences of what the check finds about the secret. */
const findings = async (supplier: string, changes: Partial<Environment> = {}) => {
  const { findings: found } = await secretCheck.run(contextOf({ ...supplied(supplier), ...changes }, services));
  return found.filter(({ problem }) => problem.includes(SECRET)).map(({ code, problem }) => `${code}: ${problem}`);
};

test.each([
  ['empty', {}, /^secret-empty: .*holds no current value; the supplier issues it: put in theirs$/],
  ['a placeholder', { value: '<your-supplier-key>' }, /^secret-placeholder: .* put the real one in$/],
])('a secret of others that is %s stops a release where it is needed, and only there', async (_, held, problem) => {
  // A value of theirs would be held against config.ts, which a fixture has not.
  aws.holds.secrets.delete('cloudmart-staging/stock/SHELF_KEY');
  aws.holds.secrets.set(SECRET, held);
  expect(await findings('wholesale')).toEqual([expect.stringMatching(problem)]);
  expect(await findings('nobody')).toEqual([]);
});

test('the versions of secrets are asked where they are needed, so that an empty place stops no restart of others', async () => {
  const keysOf = async (supplier: string) =>
    (await currentSecrets(supplied(supplier), services)).get('stock')?.map(({ key }) => key);
  aws.holds.secrets.set(SECRET, {});
  expect(await keysOf('nobody')).toEqual(['SHELF_KEY']);
  await expect(keysOf('wholesale')).rejects.toThrow(`secret ${SECRET} has no current version; store a value in it`);
});

test('a secret of others that only stands in for the real one stops a release where customers are served', async () => {
  aws.holds.secrets.delete('cloudmart-staging/stock/SHELF_KEY');
  aws.holds.secrets.set(SECRET, { value: 'trial_93kd02lq' });
  expect(await findings('wholesale', { protected: true })).toEqual([
    expect.stringMatching(/^secret-stand-in: .*SUPPLIER_KEY only stands in for the real thing \(trial_\)/),
  ]);
});

/** Services of the shop that begin with a stand-in unless an environment names the real thing. */
const beginningWithStandIns = shop.filter(({ configuration }) =>
  Object.values(configuration).some((declared) => isStandIn(declared, declared.default)),
);
test.each(beginningWithStandIns)(
  '$name of the shop is refused its stand-ins where customers are served',
  async (service) => {
    const serving = { ...environmentNamed('production'), account: ACCOUNT };
    const codes = async (environment: Environment) =>
      (await configurationCheck.run(contextOf(environment, [service]))).findings.map(({ code }) => code);
    expect(await codes(serving)).toEqual(['configuration-stand-in']);
    expect(await codes({ ...serving, account: undefined })).toEqual([]);
  },
);
