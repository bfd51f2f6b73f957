import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { environmentNamed } from '../../environments.ts';
import { services as all } from '../../services.ts';
import { imageLabels } from '../registry/image-labels.ts';
import { type AwsPeer, startAwsPeer } from '../testing/aws-peer.ts';
import { type DnsPeer, startDnsPeer } from '../testing/dns-peer.ts';
import { type EcrPeer, EXPIRED_KEY, peerImage, startEcrPeer } from '../testing/ecr-peer.ts';
import { healthyAccount, healthyNames } from '../testing/healthy-account.ts';

const ACCOUNT = '111122223333';
const environment = environmentNamed('staging');
const services = all.filter(({ name }) => name === 'cart');

let ecr: EcrPeer;
let aws: AwsPeer;
let dns: DnsPeer;

beforeAll(async () => {
  [ecr, aws, dns] = await Promise.all([
    startEcrPeer(ACCOUNT),
    startAwsPeer(healthyAccount(ACCOUNT, environment, services)),
    startDnsPeer(),
  ]);
  healthyNames(dns, environment);
  ecr.repositories.set('cloudmart-staging/cart', new Map());
});
afterAll(() => Promise.all([ecr.close(), aws.close(), dns.close()]));
beforeEach(() => {
  aws.faults.clear();
  aws.asked.length = 0;
});

const signedIn = (key = 'AKIATEST') => ({
  AWS_ENDPOINT_URL: aws.url,
  AWS_ENDPOINT_URL_ECR: ecr.url,
  AWS_ACCESS_KEY_ID: key,
  AWS_SECRET_ACCESS_KEY: 'test',
});
const env = (settings: Record<string, string>) => ({
  PATH: process.env['PATH'] ?? '',
  AWS_EC2_METADATA_DISABLED: 'true',
  HOME: '/nonexistent',
  ...settings,
});
const cloudmart = (parameters: readonly string[], settings: Record<string, string>) =>
  new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
    execFile(
      process.execPath,
      ['bin/cloudmart.ts', 'preflight', ...parameters],
      { env: env(settings) },
      (problem, stdout, stderr) => resolve({ code: problem ? Number(problem.code) : 0, stdout, stderr }),
    );
  });
const cart = ['--environment', 'staging', '--service', 'cart'];
const whole = () => [...cart, '--account', ACCOUNT, '--resolver', dns.address];

describe('cloudmart preflight', () => {
  it('exits 1 with the tag of the real bundle, and 0 once exactly that image is there', async () => {
    const before = await cloudmart([...whole(), '--json'], signedIn());
    expect(before.code).toBe(1);
    const { findings } = JSON.parse(before.stdout);
    expect(findings).toEqual([expect.objectContaining({ code: 'image-missing' })]);
    expect(findings[0].command).toBe('npx cloudmart publish --environment staging cart');
    const [tag = ''] = /[0-9a-f]{64}/.exec(findings[0].problem) ?? [];
    expect(tag).toMatch(/^[0-9a-f]{64}$/);
    const labels = { [imageLabels.service]: 'cart', [imageLabels.bundle]: tag };
    ecr.repositories.get('cloudmart-staging/cart')?.set(tag, peerImage(labels));
    expect(await cloudmart(whole(), signedIn())).toMatchObject({
      code: 0,
      stdout: 'staging may be deployed: 12 checks passed\n',
    });
    // Two runs of the whole command, each of which bundles.
  });

  it.each<[string, () => Record<string, string>, RegExp]>([
    ['no credentials', () => ({}), /^credentials-missing: there are no AWS credentials/],
    ['an expired token', () => signedIn(EXPIRED_KEY), /^credentials-expired: .*\n {2}aws sso login\n/],
    [
      'no network',
      () => ({ ...signedIn(), AWS_ENDPOINT_URL: 'http://127.0.0.1:9' }),
      /^aws-unreachable: STS in us-east-1 does not answer/,
    ],
  ])('says one thing about %s, what it therefore left out, and exits 1', async (_, settings, expected) => {
    const { code, stdout } = await cloudmart(cart, settings());
    expect(stdout).toMatch(expected);
    expect(stdout).toMatch(/\naccount, region, .*not checked because AWS does not say whose credentials these are\n/);
    expect(stdout).toMatch(/\nstaging must not be deployed: 1 finding\n$/);
    expect(code).toBe(1);
  });

  it('ends at once when it is interrupted while AWS does not answer', async () => {
    aws.faults.set('sts', 'silent');
    const child = spawn(process.execPath, ['bin/cloudmart.ts', 'preflight', ...whole()], {
      env: env(signedIn()),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    await once(child.stderr, 'data');
    child.kill('SIGINT');
    const [code, signal] = await once(child, 'exit');
    expect([code, signal]).toEqual([null, 'SIGINT']);
  });

  it.each([
    [['--environment', 'moon'], /^cloudmart: --environment moon: known are dev, staging, production\n$/],
    [[...cart, 'carts'], /^cloudmart: --service cart carts: there is no service "carts"; known are .*cart.*\n$/],
    [[...cart, '--deadline', 'soon'], /^cloudmart: --deadline soon: give seconds from 0\.1 to 120\n$/],
    [[...cart, '--resolver', 'dns.example'], /^cloudmart: --resolver dns\.example: it is no address; .*\n$/],
    [[...cart, '--account', '12'], /^cloudmart: --account 12: it is no AWS account id; give its 12 digits\n$/],
  ])('refuses %j before it asks anybody', async (parameters, expected) => {
    const { code, stderr } = await cloudmart(parameters, signedIn());
    expect(stderr).toMatch(expected);
    expect(code).toBe(2);
    expect(aws.asked).toEqual([]);
  });
});
