import { execFile } from 'node:child_process';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { environmentNamed } from '../environments.ts';
import { services as all } from '../services.ts';
import { imageLabels } from './image-labels.ts';
import { preflight } from './preflight.ts';
import { type EcrPeer, EXPIRED_KEY, peerImage, startEcrPeer } from './testing/ecr-peer.ts';

const ACCOUNT = '111122223333';
const TAG = 'a'.repeat(64);
const REPOSITORY = 'cloudmart-staging/cart';
const environment = { ...environmentNamed('staging'), account: ACCOUNT };
const services = all.filter(({ name }) => name === 'cart');
const labels = (tag: string, service = 'cart') => ({ [imageLabels.service]: service, [imageLabels.bundle]: tag });

let peer: EcrPeer;
const saved = { ...process.env };

beforeAll(async () => {
  peer = await startEcrPeer(ACCOUNT);
  process.env['AWS_ENDPOINT_URL'] = peer.url;
  process.env['AWS_ACCESS_KEY_ID'] = 'AKIATEST';
  process.env['AWS_SECRET_ACCESS_KEY'] = 'test';
});

afterAll(async () => {
  for (const name of ['AWS_ENDPOINT_URL', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'])
    if (saved[name] === undefined) delete process.env[name];
    else process.env[name] = saved[name];
  await peer.close();
});

beforeEach(() => {
  peer.account = ACCOUNT;
  peer.fault = undefined;
  peer.asked.length = 0;
  peer.repositories.clear();
  peer.repositories.set(REPOSITORY, new Map([[TAG, peerImage(labels(TAG))]]));
});

const check = (callerRegion?: string) =>
  preflight({ environment, services, callerRegion, tagsOf: async () => ({ cart: TAG }), progress: () => {} });

const plant = (image: ReturnType<typeof peerImage>) => peer.repositories.set(REPOSITORY, new Map([[TAG, image]]));

describe('preflight', () => {
  it('finds nothing when the image of the bundle is there, and only reads', async () => {
    expect(await check('us-east-1')).toEqual({
      environment: 'staging',
      region: 'us-east-1',
      account: ACCOUNT,
      images: [{ service: 'cart', repository: REPOSITORY, tag: TAG, bytes: 48_000_000 }],
      findings: [],
    });
    expect(new Set(peer.asked)).toEqual(
      new Set(['DescribeRegistry', 'DescribeImages', 'BatchGetImage', 'GetDownloadUrlForLayer']),
    );
  });

  it('names the account of the credentials and that of the environment, and asks nothing more of the wrong one', async () => {
    peer.account = '999900001111';
    const { findings } = await check();
    expect(findings).toEqual([
      expect.objectContaining({
        code: 'account-differs',
        problem: expect.stringMatching(/999900001111.*staging lives in 111122223333/),
        command: expect.stringContaining('AWS_PROFILE'),
      }),
    ]);
    expect(peer.asked).toEqual(['DescribeRegistry']);
  });

  it('refuses a region of the caller that is not the environment’s', async () => {
    const { findings } = await check('eu-west-1');
    expect(findings).toEqual([
      expect.objectContaining({ code: 'region-differs', command: expect.stringContaining('AWS_REGION=us-east-1') }),
    ]);
  });

  it.each<[string, () => unknown, string, RegExp, RegExp]>([
    ['no repository', () => peer.repositories.clear(), 'repository-missing', /cloudmart-staging\/cart/, /cdk deploy/],
    [
      'no image of the tag, but one of another',
      () => peer.repositories.set(REPOSITORY, new Map([['b'.repeat(64), peerImage(labels('b'.repeat(64)))]])),
      'image-missing',
      /aaaa/,
      /docker push 111122223333\.dkr\.ecr\.us-east-1\.amazonaws\.com\/cloudmart-staging\/cart:aaaa/,
    ],
    ['an image without layers', () => plant(peerImage(labels(TAG), { layers: [] })), 'image-empty', /0 bytes/, /push/],
    [
      'an image too small to hold Node',
      () => plant(peerImage(labels(TAG), { layers: [32, 900] })),
      'image-empty',
      /932 bytes/,
      /batch-delete-image.*docker push/,
    ],
    [
      'layers that are empty although ECR counts bytes',
      () => plant({ ...peerImage(labels(TAG), { layers: [0] }), bytes: 50_000_000 }),
      'image-empty',
      /0 bytes/,
      /push/,
    ],
    [
      'the labels of another bundle',
      () => plant(peerImage(labels('b'.repeat(64)))),
      'image-labels-differ',
      /version for linux\/amd64 is "bbbb.*" and not "aaaa/,
      /push/,
    ],
    [
      'the labels of another service',
      () => plant(peerImage(labels(TAG, 'order'))),
      'image-labels-differ',
      /title for linux\/amd64 is "order" and not "cart"/,
      /push/,
    ],
    ['no labels', () => plant(peerImage({})), 'image-labels-differ', /undefined and not "cart"/, /push/],
    [
      'an image for one platform only',
      () => plant(peerImage(labels(TAG), { architectures: ['amd64'] })),
      'image-platform-missing',
      /lacks linux\/arm64/,
      /push/,
    ],
    [
      'an index whose images were never pushed',
      () => plant({ ...peerImage(labels(TAG)), manifests: new Map() }),
      'image-unreadable',
      /push did not finish/,
      /push/,
    ],
    [
      'a manifest that is none',
      () => plant({ ...peerImage(labels(TAG)), manifest: '<html>' }),
      'image-unreadable',
      /no JSON/,
      /push/,
    ],
    [
      'a configuration that is gone',
      () => plant({ ...peerImage(labels(TAG)), blobs: new Map() }),
      'aws-failed',
      /HTTP 404/,
      /preflight/,
    ],
  ])('finds %s', async (_, spoil, code, problem, command) => {
    spoil();
    const { findings, images } = await check();
    expect(findings).toEqual([
      {
        code,
        service: 'cart',
        problem: expect.stringMatching(problem),
        command: expect.stringMatching(command),
      },
    ]);
    expect(images).toEqual([]);
  });

  const json = 'application/x-amz-json-1.1';
  it.each([
    ['a refused key', 400, json, '{"__type":"UnrecognizedClientException","message":"x"}', 'credentials-refused', /x/],
    [
      'a missing permission',
      400,
      json,
      '{"__type":"AccessDeniedException","message":"not authorized to perform: ecr:DescribeRegistry"}',
      'permission-missing',
      /ecr:DescribeRegistry/,
    ],
    ['a fault of ECR', 400, json, '{"__type":"LimitExceededException","message":"x"}', 'aws-failed', /Limit/],
    ['a registry without an id', 200, json, '{}', 'aws-failed', /registry id/],
    ['the page of a proxy', 200, 'text/html', '<html>', 'aws-unreachable', /something else than ECR/],
  ])('ends at %s with one finding', async (_, status, type, text, code, problem) => {
    peer.fault = { status, type, text };
    expect((await check()).findings).toEqual([
      { code, problem: expect.stringMatching(problem), command: expect.any(String) },
    ]);
    expect(new Set(peer.asked)).toEqual(new Set(['DescribeRegistry']));
  });

  it('asks for the repositories that the registry stack makes', async () => {
    const [{ App, Stack }, { Key }, { Template }, { RegistryStack }] = await Promise.all([
      import('aws-cdk-lib'),
      import('aws-cdk-lib/aws-kms'),
      import('aws-cdk-lib/assertions'),
      import('../stacks/registry-stack.ts'),
    ]);
    const app = new App();
    const key = Key.fromKeyArn(new Stack(), 'Key', `arn:aws:kms:us-east-1:${ACCOUNT}:key/data`);
    const stack = new RegistryStack(app, 'Registry', { environment: environmentNamed('staging'), services, key });
    const [repository] = Object.values(Template.fromStack(stack).findResources('AWS::ECR::Repository'));
    expect(repository?.['Properties'].RepositoryName).toBe(REPOSITORY);
  });
});

describe('cloudmart preflight', () => {
  const cloudmart = (parameters: readonly string[], environmentOfCall: Record<string, string>) =>
    new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
      const env = { PATH: process.env['PATH'] ?? '', AWS_EC2_METADATA_DISABLED: 'true', HOME: '/nonexistent' };
      execFile(
        process.execPath,
        ['bin/cloudmart.ts', 'preflight', ...parameters],
        { env: { ...env, ...environmentOfCall } },
        (problem, stdout, stderr) => resolve({ code: problem ? Number(problem.code) : 0, stdout, stderr }),
      );
    });
  const signedIn = (key = 'AKIATEST') => ({
    AWS_ENDPOINT_URL: peer.url,
    AWS_ACCESS_KEY_ID: key,
    AWS_SECRET_ACCESS_KEY: 'test',
  });
  const cart = ['--environment', 'staging', '--service', 'cart'];

  it('exits 1 with the tag of the real bundle, and 0 once exactly that image is there', async () => {
    const before = await cloudmart([...cart, '--json'], signedIn());
    expect(before.code).toBe(1);
    const [finding] = JSON.parse(before.stdout).findings;
    expect(finding.code).toBe('image-missing');
    const tag = finding.command.split(':').at(-1);
    expect(tag).toMatch(/^[0-9a-f]{64}$/);
    peer.repositories.get(REPOSITORY)?.set(tag, peerImage(labels(tag)));
    expect(await cloudmart(cart, signedIn())).toMatchObject({
      code: 0,
      stdout: 'staging may be deployed: 1 images are there and whole\n',
    });
  });

  it.each<[string, () => Record<string, string>, RegExp]>([
    ['no credentials', () => ({}), /^credentials-missing: there are no AWS credentials/],
    ['an expired token', () => signedIn(EXPIRED_KEY), /^credentials-expired: .*\n {2}aws sso login\n$/],
    [
      'no network',
      () => ({ ...signedIn(), AWS_ENDPOINT_URL: 'http://127.0.0.1:9' }),
      /^aws-unreachable: ECR in us-east-1 does not answer/,
    ],
  ])('says one thing about %s and exits 1', async (_, settings, expected) => {
    const { code, stdout } = await cloudmart(cart, settings());
    expect(stdout).toMatch(expected);
    expect(stdout.trim().split('\n')).toHaveLength(2);
    expect(code).toBe(1);
  });

  it.each([
    [['--environment', 'moon'], /^cloudmart: there is no environment "moon"; known: dev, staging, production\n$/],
    [[...cart, 'carts'], /^cloudmart: there is no service "carts" with an image; known are .*cart.*\n$/],
    [['--environment', 'dev', '--service', 'notification'], /there is no service "notification" with an image/],
  ])('refuses %j before it asks anybody', async (parameters, expected) => {
    const { code, stderr } = await cloudmart(parameters, signedIn());
    expect(stderr).toMatch(expected);
    expect(code).toBe(1);
    expect(peer.asked).toEqual([]);
  });
});
