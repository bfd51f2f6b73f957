/** Publications by a real engine to a real registry, asked for in ECR's protocol. */
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ECRClient } from '@aws-sdk/client-ecr';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { awsQuestions } from '../../aws/ask-aws.ts';
import { bundleService } from '../../bundle/bundle.ts';
import { root } from '../../checkout.ts';
import { environmentNamed } from '../../environments.ts';
import { services as all } from '../../services.ts';
import { partOf } from '../../testing/real-part.ts';
import { expectedImage, judgeImage } from '../preflight/preflight-images.ts';
import { PLATFORMS } from '../registry/image-platforms.ts';
import { type AwsPeer, startAwsPeer } from '../testing/aws-peer.ts';
import { type ContainerEngine, startContainerEngine, TEST_BASE } from '../testing/container-engine.ts';
import { type EcrRegistry, startEcrRegistry } from '../testing/ecr-registry.ts';
import { healthyAccount } from '../testing/healthy-account.ts';
import { ensureImage } from './image.ts';
import { imageEngine } from './image-engine.ts';
import { type PublishRequest, publish } from './publish.ts';
import { withLogin } from './publish-login.ts';
import { pushImage } from './publish-push.ts';

const ACCOUNT = '111122223333';
const environment = { ...environmentNamed('staging'), account: ACCOUNT };
const services = all.filter(({ name }) => name === 'api-gateway');
const REPOSITORY = 'cloudmart-staging/api-gateway';
/** Milliseconds for several publications, each of which bundles and starts the bundle. */
const SEVERAL = 600_000;

let engine: ContainerEngine;
let registry: EcrRegistry;
let aws: AwsPeer;
let place: string;
let temporary: string;

beforeAll(async () => {
  place = await mkdtemp(path.join(tmpdir(), 'cloudmart-publish-'));
  temporary = await mkdtemp(path.join(place, 'tmp-'));
  [engine, registry, aws] = await Promise.all([
    startContainerEngine(),
    startEcrRegistry(),
    startAwsPeer(healthyAccount(ACCOUNT, environment, services)),
  ]);
  registry.repositories.add(REPOSITORY);
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: aws.url,
    AWS_ENDPOINT_URL_ECR: registry.url,
    AWS_ACCESS_KEY_ID: 'AKIATEST',
    AWS_SECRET_ACCESS_KEY: 'test',
    TMPDIR: temporary,
  });
});

afterAll(async () => {
  await engine?.stop();
  await Promise.all([registry.close(), aws.close()]);
  await rm(place, { recursive: true, force: true });
});

const request = (more: Partial<PublishRequest> = {}): PublishRequest => ({
  environment,
  services,
  root,
  into: path.join(place, 'bundles'),
  base: TEST_BASE,
  revision: 'abc123',
  callerRegion: undefined,
  engine,
  progress: () => {},
  ...more,
});

/** A publication that is interrupted when it says something. */
const publishUntil = (said: RegExp, more: Partial<PublishRequest> = {}) => {
  const stop = new AbortController();
  return publish(
    request({
      engine: imageEngine(engine.command, stop.signal),
      stop: stop.signal,
      progress: (sentence) => {
        if (said.test(sentence)) stop.abort(new Error('interrupted'));
      },
      ...more,
    }),
  );
};
const logins = async () => (await readdir(temporary)).filter((name) => name.startsWith('cloudmart-login-'));

test('a service without a repository stops everything before an engine is asked, and names the stack that makes it', async () => {
  registry.repositories.clear();
  const { findings } = await publish(request({ engine: imageEngine('no-such-engine') }));
  expect(findings).toEqual([
    expect.objectContaining({ code: 'repository-missing', command: "npx cdk deploy 'staging/Registry'" }),
  ]);
  registry.repositories.add(REPOSITORY);
});

test(
  'an engine that does not run, a refused login and a registry that takes nothing are told apart',
  async () => {
    const socket = process.env['DOCKER_HOST'];
    process.env['DOCKER_HOST'] = `unix://${place}/nothing`;
    expect((await publish(request({ engine: imageEngine(partOf('REAL_ENGINE')) }))).findings).toEqual([
      expect.objectContaining({ code: 'engine-unreachable' }),
    ]);
    process.env['DOCKER_HOST'] = socket;

    const password = registry.password;
    registry.password = 'another';
    const refused = await publish(request());
    expect(refused.findings).toEqual([
      expect.objectContaining({ code: 'push-refused', problem: expect.stringMatching(/refused the login .*401/) }),
    ]);
    expect(JSON.stringify(refused)).not.toContain('another');
    registry.password = password;

    const full = await startEcrRegistry({ readOnly: true });
    full.repositories.add(REPOSITORY);
    process.env['AWS_ENDPOINT_URL_ECR'] = full.url;
    expect((await publish(request())).findings).toEqual([
      expect.objectContaining({
        code: 'push-refused',
        service: 'api-gateway',
        problem: expect.stringMatching(/refused cloudmart-staging\/api-gateway:[0-9a-f]{64}-amd64/),
      }),
    ]);
    await full.close();
    process.env['AWS_ENDPOINT_URL_ECR'] = registry.url;
    expect(registry.asked).not.toContain('PutImage');
  },
  SEVERAL,
);

test(
  'interrupted in a push or between two, it leaves no tag and no login; repeated, it pushes the rest and nothing else',
  async () => {
    await expect(publishUntil(/pushing linux\/amd64/)).rejects.toThrow('interrupted');
    expect(await logins()).toEqual([]);
    await expect(publishUntil(/linux\/amd64 is pushed/)).rejects.toThrow('interrupted');
    expect(await logins()).toEqual([]);
    expect(registry.asked).not.toContain('PutImage');

    const said: string[] = [];
    const first = await publish(request({ progress: (sentence) => said.push(sentence) }));
    expect(first).toMatchObject({ findings: [], images: [{ repository: REPOSITORY, state: 'pushed' }] });
    expect(said).toContainEqual('api-gateway: linux/amd64 is in the registry already');
    expect(said).toContainEqual(expect.stringMatching(/linux\/arm64 is pushed/));

    registry.asked.length = 0;
    const second = await publish(request({ engine: imageEngine('no-such-engine') }));
    expect(second).toEqual({ ...first, images: first.images.map((image) => ({ ...image, state: 'there' })) });
    expect(new Set(registry.asked)).toEqual(new Set(['DescribeImages', 'BatchGetImage', 'GetDownloadUrlForLayer']));
  },
  SEVERAL,
);

test('what it leaves is an index of both platforms that the pre-flight passes, and names of it nowhere else', async () => {
  const bundle = await bundleService(services[0] as (typeof all)[0], request());
  const questions = awsQuestions(environment.region);
  const client = new ECRClient(questions.settings);
  const image = expectedImage(environment, 'api-gateway', bundle.hash);
  const { pushed, findings } = await judgeImage({ client, deadline: questions.deadline }, environment, image);
  client.destroy();
  expect(findings).toEqual([]);
  expect(pushed?.variants.map(({ platform }) => platform)).toEqual(PLATFORMS);
  const names = await engine.run(['image', 'ls', '--format', '{{.Repository}}'], { what: 'list images' });
  expect(names).not.toContain(registry.host);
});

test('a registry that then holds something else than this machine is not believed', async () => {
  const dev = { ...environmentNamed('dev'), account: ACCOUNT };
  registry.repositories.add('cloudmart-dev/api-gateway');
  const bundle = await bundleService(services[0] as (typeof all)[0], request());
  const questions = awsQuestions(dev.region);
  const client = new ECRClient(questions.settings);
  const peer = { client, deadline: questions.deadline };
  const local = async (platform: string) => ({
    ...(await ensureImage({ ...request(), platforms: [platform] }, bundle, platform)),
    digest: `sha256:${'0'.repeat(64)}`,
  });
  registry.asked.length = 0;
  await expect(
    withLogin(dev, peer, engine, (signedIn) =>
      pushImage(
        { environment: dev, registry: peer, engine, signedIn, local, progress: () => {} },
        expectedImage(dev, 'api-gateway', bundle.hash),
      ),
    ),
  ).rejects.toThrow(/is not what was pushed: .* and not sha256:0000/);
  client.destroy();
  expect(registry.asked).not.toContain('PutImage');
});
