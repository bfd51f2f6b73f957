import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { environmentNamed } from '../../environments.ts';
import { workloadNamespace } from '../../names.ts';
import { placeholderOf } from '../../outputs/stack-outputs.ts';
import { services as all } from '../../services.ts';
import { environmentValues } from '../../workloads/environment-values.ts';
import { imageLabels } from '../registry/image-labels.ts';
import { type AwsPeer, startAwsPeer } from '../testing/aws-peer.ts';
import { type DnsPeer, startDnsPeer } from '../testing/dns-peer.ts';
import { type EcrPeer, peerImage, startEcrPeer } from '../testing/ecr-peer.ts';
import { healthyAccount, healthyNames } from '../testing/healthy-account.ts';
import { preflight } from './preflight.ts';
import { expectedSecrets } from './preflight-secrets.ts';

const ACCOUNT = '111122223333';
const TAG = 'a'.repeat(64);
const REPOSITORY = 'cloudmart-staging/cart';
const environment = { ...environmentNamed('staging'), account: ACCOUNT };
const services = all.filter(({ name }) => name === 'cart');
const labels = (tag: string, service = 'cart') => ({ [imageLabels.service]: service, [imageLabels.bundle]: tag });

let peer: EcrPeer;
let rest: AwsPeer;
let dns: DnsPeer;
const saved = { ...process.env };

beforeAll(async () => {
  peer = await startEcrPeer(ACCOUNT);
  rest = await startAwsPeer(healthyAccount(ACCOUNT, environment, services));
  dns = await startDnsPeer();
  healthyNames(dns, environment);
  process.env['AWS_ENDPOINT_URL'] = rest.url;
  process.env['AWS_ENDPOINT_URL_ECR'] = peer.url;
  process.env['AWS_ACCESS_KEY_ID'] = 'AKIATEST';
  process.env['AWS_SECRET_ACCESS_KEY'] = 'test';
});

afterAll(async () => {
  for (const name of ['AWS_ENDPOINT_URL', 'AWS_ENDPOINT_URL_ECR', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'])
    if (saved[name] === undefined) delete process.env[name];
    else process.env[name] = saved[name];
  await Promise.all([peer.close(), rest.close(), dns.close()]);
});

beforeEach(() => {
  rest.holds.account = ACCOUNT;
  peer.fault = undefined;
  peer.asked.length = 0;
  peer.repositories.clear();
  peer.repositories.set(REPOSITORY, new Map([[TAG, peerImage(labels(TAG))]]));
});

const check = (callerRegion?: string) =>
  preflight({
    environment,
    services,
    pods: services,
    callerRegion,
    resolver: dns.address,
    tagsOf: async () => ({ cart: TAG }),
    progress: () => {},
  });

const plant = (image: ReturnType<typeof peerImage>) => peer.repositories.set(REPOSITORY, new Map([[TAG, image]]));

describe('preflight', () => {
  it('finds nothing when the image of the bundle is there, and only reads', async () => {
    expect(await check('us-east-1')).toMatchObject({
      environment: 'staging',
      region: 'us-east-1',
      account: ACCOUNT,
      images: [{ service: 'cart', repository: REPOSITORY, tag: TAG, bytes: 48_000_000 }],
      notChecked: [],
      findings: [],
    });
    expect(new Set(peer.asked)).toEqual(new Set(['DescribeImages', 'BatchGetImage', 'GetDownloadUrlForLayer']));
  });

  it('names the account of the credentials and that of the environment, and asks nothing more of the wrong one', async () => {
    rest.holds.account = '999900001111';
    const { findings, notChecked } = await check();
    expect(findings).toEqual([
      expect.objectContaining({
        code: 'account-differs',
        problem: expect.stringMatching(/999900001111.*staging lives in 111122223333/),
        command: expect.stringContaining('AWS_PROFILE'),
      }),
    ]);
    expect(notChecked).toEqual([
      expect.stringMatching(/images, secrets.*not checked because 999900001111 is the wrong/),
    ]);
    expect(peer.asked).toEqual([]);
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
      /npx cloudmart publish --environment staging cart/,
    ],
    [
      'an image without layers',
      () => plant(peerImage(labels(TAG), { layers: [] })),
      'image-empty',
      /0 bytes/,
      /publish/,
    ],
    [
      'an image too small to hold Node',
      () => plant(peerImage(labels(TAG), { layers: [32, 900] })),
      'image-empty',
      /932 bytes/,
      /batch-delete-image.*cloudmart publish/,
    ],
    [
      'layers that are empty although ECR counts bytes',
      () => plant({ ...peerImage(labels(TAG), { layers: [0] }), bytes: 50_000_000 }),
      'image-empty',
      /0 bytes/,
      /publish/,
    ],
    [
      'the labels of another bundle',
      () => plant(peerImage(labels('b'.repeat(64)))),
      'image-labels-differ',
      /version for linux\/amd64 is "bbbb.*" and not "aaaa/,
      /publish/,
    ],
    [
      'the labels of another service',
      () => plant(peerImage(labels(TAG, 'order'))),
      'image-labels-differ',
      /title for linux\/amd64 is "order" and not "cart"/,
      /publish/,
    ],
    ['no labels', () => plant(peerImage({})), 'image-labels-differ', /undefined and not "cart"/, /publish/],
    [
      'an image for one platform only',
      () => plant(peerImage(labels(TAG), { architectures: ['amd64'] })),
      'image-platform-missing',
      /lacks linux\/arm64/,
      /publish/,
    ],
    [
      'an index whose images were never pushed',
      () => plant({ ...peerImage(labels(TAG)), manifests: new Map() }),
      'image-unreadable',
      /push did not finish/,
      /publish/,
    ],
    [
      'a manifest that is none',
      () => plant({ ...peerImage(labels(TAG)), manifest: '<html>' }),
      'image-unreadable',
      /no JSON/,
      /publish/,
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
        check: 'images',
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
      '{"__type":"AccessDeniedException","message":"not authorized to perform: ecr:DescribeImages"}',
      'permission-missing',
      /ecr:DescribeImages/,
    ],
    ['the page of a proxy', 200, 'text/html', '<html>', 'aws-unreachable', /something else than ECR/],
  ])('says %s once and not of every image', async (_, status, type, text, code, problem) => {
    peer.fault = { status, type, text };
    expect((await check()).findings).toEqual([
      { check: 'images', code, problem: expect.stringMatching(problem), command: expect.any(String) },
    ]);
    expect(new Set(peer.asked)).toEqual(new Set(['DescribeImages']));
  });

  it('asks for the repositories and secrets that the stacks make, and for the namespace and roles of the workloads', async () => {
    const [{ App, Stack }, { Key }, { Template }, { RegistryStack }, { SecretStack }] = await Promise.all([
      import('aws-cdk-lib'),
      import('aws-cdk-lib/aws-kms'),
      import('aws-cdk-lib/assertions'),
      import('../../stacks/registry-stack.ts'),
      import('../../stacks/secret-stack.ts'),
    ]);
    const key = Key.fromKeyArn(new Stack(), 'Key', `arn:aws:kms:us-east-1:${ACCOUNT}:key/data`);
    // Only names are read; `npm test` validates the templates elsewhere.
    const app = () => new App({ builtinCloudFormationValidation: false });
    const props = { environment: environmentNamed('staging'), services: all, key };
    const namesIn = (stack: InstanceType<typeof Stack>, type: string, property: string) =>
      Object.values(Template.fromStack(stack).findResources(type)).map(({ Properties }) => Properties[property]);
    expect(namesIn(new RegistryStack(app(), 'Registry', props), 'AWS::ECR::Repository', 'RepositoryName')).toContain(
      REPOSITORY,
    );
    // Others are made as well, and asked for once somebody needs them: what an issuer gives for a setting that is not in use.
    const needed = expectedSecrets(props.environment, all).map(({ id }) => id);
    const made = namesIn(new SecretStack(app(), 'Secret', props), 'AWS::SecretsManager::Secret', 'Name');
    expect(made).toEqual(expect.arrayContaining(needed));
    const issued = all.flatMap(({ name, configuration }) =>
      Object.entries(configuration).flatMap(([key, { issuedBy }]) => (issuedBy ? [`${name}/${key}`] : [])),
    );
    expect(made.filter((id) => !needed.includes(id) && !issued.some((secret) => id.endsWith(`/${secret}`)))).toEqual(
      [],
    );
    expect(environmentValues(props.environment, all, {}, placeholderOf).namespace).toBe(workloadNamespace);
    // This page is written from the templates and compared with them.
    expect(await readFile('docs/permissions.md', 'utf8')).toContain('### cloudmart-production-cart\n');
  });
});
