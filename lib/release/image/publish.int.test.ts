import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { fingerprint } from '../../bundle/bundle.ts';
import { environmentNamed } from '../../environments.ts';
import { services as all } from '../../services.ts';
import { imageLabels } from '../registry/image-labels.ts';
import { type AwsPeer, startAwsPeer } from '../testing/aws-peer.ts';
import { type EcrPeer, EXPIRED_KEY, peerImage, startEcrPeer } from '../testing/ecr-peer.ts';
import { healthyAccount } from '../testing/healthy-account.ts';

const ACCOUNT = '111122223333';
const REPOSITORY = 'cloudmart-staging/api-gateway';
const services = all.filter(({ name }) => name === 'api-gateway');

let ecr: EcrPeer;
let aws: AwsPeer;
let bundles: string;

beforeAll(async () => {
  bundles = await mkdtemp(path.join(tmpdir(), 'cloudmart-publish-'));
  [ecr, aws] = await Promise.all([
    startEcrPeer(ACCOUNT),
    startAwsPeer(healthyAccount(ACCOUNT, environmentNamed('staging'), services)),
  ]);
});
afterAll(async () => {
  await Promise.all([ecr.close(), aws.close(), rm(bundles, { recursive: true, force: true })]);
});
beforeEach(() => {
  aws.faults.clear();
  aws.asked.length = 0;
  ecr.asked.length = 0;
  ecr.repositories.clear();
});

const env = (settings: Record<string, string> = {}) => ({
  // Nothing is to be found here, no engine either.
  PATH: bundles,
  HOME: '/nonexistent',
  AWS_EC2_METADATA_DISABLED: 'true',
  AWS_ENDPOINT_URL: aws.url,
  AWS_ENDPOINT_URL_ECR: ecr.url,
  AWS_ACCESS_KEY_ID: 'AKIATEST',
  AWS_SECRET_ACCESS_KEY: 'test',
  ...settings,
});
const words = (...more: string[]) => ['bin/cloudmart.ts', 'publish', 'api-gateway', '--out', bundles, ...more];
const staging = ['--environment', 'staging', '--account', ACCOUNT];
const cloudmart = (parameters: readonly string[], settings?: Record<string, string>) =>
  new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
    execFile(process.execPath, words(...parameters), { env: env(settings) }, (problem, stdout, stderr) =>
      resolve({ code: problem ? Number(problem.code) : 0, stdout, stderr }),
    );
  });

describe('cloudmart publish', () => {
  it.each<[string, readonly string[], () => Record<string, string>, RegExp]>([
    [
      'no credentials',
      staging,
      () => ({ AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '' }),
      /^credentials-missing: there are no AWS credentials/,
    ],
    ['an expired token', staging, () => ({ AWS_ACCESS_KEY_ID: EXPIRED_KEY }), /^credentials-expired: .*\n {2}aws sso/],
    [
      'no network',
      staging,
      () => ({ AWS_ENDPOINT_URL: 'http://127.0.0.1:9' }),
      /^aws-unreachable: STS in us-east-1 does not answer .*\n {2}npx cloudmart publish --environment staging\n/,
    ],
    [
      'the wrong account',
      ['--environment', 'staging', '--account', '999900001111'],
      () => ({}),
      /^account-differs: the credentials belong to account 111122223333, but staging lives in 999900001111/,
    ],
    ['no account to compare with', ['--environment', 'staging'], () => ({}), /^account-undeclared: /],
    ['another region', staging, () => ({ AWS_REGION: 'eu-west-1' }), /^region-differs: .*eu-west-1/],
  ])('says one thing about %s, asks the registry nothing, and exits 1', async (_, parameters, settings, expected) => {
    const { code, stdout } = await cloudmart(parameters, settings());
    expect(stdout).toMatch(expected);
    expect(stdout).toMatch(/\nstaging: 0 pushed, 0 there before, and it does not have all\n$/);
    expect(code).toBe(1);
    expect(ecr.asked).toEqual([]);
  });

  it('needs an engine for a missing image and none for one that is there, and refuses one that is wrong', async () => {
    const images = new Map<string, ReturnType<typeof peerImage>>();
    ecr.repositories.set(REPOSITORY, images);
    const missing = await cloudmart([...staging, '--json']);
    expect(missing.code).toBe(1);
    expect(JSON.parse(missing.stdout)).toMatchObject({
      images: [],
      findings: [{ code: 'engine-missing', problem: expect.stringMatching(/no container engine "docker"/) }],
    });
    expect(ecr.asked).toEqual(['DescribeImages']);

    const { hash } = await fingerprint(path.join(bundles, 'api-gateway'));
    const labels = { [imageLabels.service]: 'api-gateway', [imageLabels.bundle]: hash };
    images.set(hash, peerImage(labels));
    const there = await cloudmart([...staging, '--json']);
    expect(there.code).toBe(0);
    expect(JSON.parse(there.stdout)).toEqual({
      environment: 'staging',
      region: 'us-east-1',
      images: [
        {
          service: 'api-gateway',
          repository: REPOSITORY,
          tag: hash,
          digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
          bytes: 48_000_000,
          state: 'there',
        },
      ],
      findings: [],
    });

    images.set(hash, peerImage(labels, { architectures: ['amd64'] }));
    const half = await cloudmart(staging);
    expect(half.code).toBe(1);
    expect(half.stdout).toMatch(
      /^image-platform-missing: .*lacks linux\/arm64.*\n {2}aws ecr batch-delete-image .* && npx cloudmart publish --environment staging api-gateway\n/,
    );
    expect(new Set(ecr.asked)).toEqual(new Set(['DescribeImages', 'BatchGetImage', 'GetDownloadUrlForLayer']));
  });

  it.each([
    [['--environment', 'moon'], /^cloudmart: --environment moon: known are dev, staging, production\n$/],
    [[...staging, 'carts'], /^cloudmart: there is no service "carts"/],
    [[...staging, '--deadline', 'soon'], /^cloudmart: --deadline soon: give seconds/],
    [['--environment', 'staging', '--account', '12'], /^cloudmart: --account 12: it is no AWS account id/],
  ])('refuses %j as wrong usage before it asks anybody', async (parameters, expected) => {
    const { code, stderr } = await cloudmart(parameters);
    expect(stderr).toMatch(expected);
    expect(code).toBe(2);
    expect(aws.asked).toEqual([]);
  });

  it('ends with one line when it is interrupted while AWS does not answer', async () => {
    aws.faults.set('sts', 'silent');
    const child = spawn(process.execPath, words(...staging), { env: env(), stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      if (said === '') child.kill('SIGINT');
      said += chunk;
    });
    expect(await once(child, 'close')).toEqual([130, null]);
    expect(said).toMatch(/\ncloudmart: interrupted; what was pushed stays, and publishing again goes on from there\n$/);
  });
});
