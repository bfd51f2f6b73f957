/** `cloudmart publish`: brings into the registry of an environment the images that it lacks, and nothing else. */
import { ECRClient } from '@aws-sdk/client-ecr';
import type { ServiceManifest } from '../../../services/kit/manifest.ts';
import { accountOfCredentials, awsQuestions, withClient } from '../../aws/ask-aws.ts';
import { type Bundle, bundleService } from '../../bundle/bundle.ts';
import type { Environment } from '../../environment/environment.ts';
import { services as allServices } from '../../services.ts';
import { accountFindings, accountOf, regionFindings } from '../preflight/preflight-account.ts';
import { type ExpectedImage, expectedImage, judgeImage } from '../preflight/preflight-images.ts';
import { openProof } from '../proof/bundle-proof.ts';
import type { PushedImage, Registry } from '../registry/pushed-image.ts';
import { ensureImage, type ImageRequest } from './image.ts';
import { type PublishFinding, PublishRefused, publishFindingsOf } from './publish-finding.ts';
import { withLogin } from './publish-login.ts';
import { pushImage } from './publish-push.ts';

export type PublishRequest = Omit<ImageRequest, 'platforms'> & {
  readonly environment: Environment;
  /** Account that the environment lives in where `lib/environments.ts` names none. */
  readonly account?: string | undefined;
  /** Region that the caller's own AWS settings name, if any. */
  readonly callerRegion: string | undefined;
  /** Milliseconds that one question to AWS may take, its retries included; default 15,000. */
  readonly deadlineMs?: number | undefined;
  /** Ends everything when it is aborted; what was pushed stays and is found again. */
  readonly stop?: AbortSignal | undefined;
};

export type PublishedImage = {
  readonly service: string;
  readonly repository: string;
  readonly tag: string;
  /** Digest of the index that the tag names. */
  readonly digest: string;
  /** Compressed bytes of the largest variant. */
  readonly bytes: number;
  /** `there`: it was before, and was not touched. */
  readonly state: 'pushed' | 'there';
};

export type PublishReport = {
  readonly environment: string;
  readonly region: string;
  readonly images: readonly PublishedImage[];
  /** None: every image is in the registry, whole, for every platform. */
  readonly findings: readonly PublishFinding[];
};

type Missing = { readonly service: ServiceManifest; readonly bundle: Bundle; readonly image: ExpectedImage };

const bundled = async (request: PublishRequest): Promise<Missing[]> => {
  const { environment, services, root, into, progress, stop } = request;
  const all: Missing[] = [];
  for (const service of services) {
    stop?.throwIfAborted();
    progress(`${service.name}: bundling`);
    const bundle = await bundleService(service, { root, into });
    all.push({ service, bundle, image: expectedImage(environment, service.name, bundle.hash) });
  }
  return all;
};

const requireAccount = async ({ environment, account, callerRegion, deadlineMs, stop }: PublishRequest) => {
  const expected = accountOf(environment, account);
  const own = await accountOfCredentials(awsQuestions(environment.region, deadlineMs, stop)).catch(
    (problem: unknown) => {
      throw new PublishRefused(...publishFindingsOf(problem, environment, 'STS'));
    },
  );
  const findings = [...accountFindings(environment, own, expected), ...regionFindings(environment, callerRegion)];
  if (findings.length > 0) throw new PublishRefused(...findings);
};

/** Tells those that the registry holds whole from those that it lacks; refuses when it holds one that is wrong. */
const missingOf = async (
  registry: Registry,
  { environment, progress }: PublishRequest,
  all: readonly Missing[],
  there: (image: ExpectedImage, pushed: PushedImage) => void,
): Promise<Missing[]> => {
  const missing: Missing[] = [];
  const refused: PublishFinding[] = [];
  for (const one of all) {
    const { pushed, findings } = await judgeImage(registry, environment, one.image);
    const isMissing = findings.some(({ code }) => code === 'image-missing');
    progress(`${one.image.service}: ${findings.map(({ code }) => code).join(', ') || 'its image is there and whole'}`);
    if (isMissing) missing.push(one);
    else if (findings.length > 0) refused.push(...findings);
    else if (pushed) there(one.image, pushed);
  }
  if (refused.length > 0) throw new PublishRefused(...refused);
  return missing;
};

/** Starts each bundle once, so that nothing is pushed when one of them does not. */
const proveAll = async ({ root, into, progress, stop }: PublishRequest, missing: readonly Missing[]) => {
  const proof = openProof(allServices);
  try {
    for (const { service, bundle } of missing) {
      stop?.throwIfAborted();
      progress(`${service.name}: starting it once`);
      await proof.prove(service, bundle, { root, into });
    }
  } finally {
    await proof.close();
  }
};

const pushMissing = async (
  registry: Registry,
  request: PublishRequest,
  missing: readonly Missing[],
  done: (image: ExpectedImage, pushed: PushedImage) => void,
) => {
  const { environment, engine, progress, stop } = request;
  await engine.run(['version'], { what: 'say its version' });
  await proveAll(request, missing);
  await withLogin(environment, registry, engine, async (signedIn) => {
    for (const { bundle, image } of missing) {
      const local = (platform: string) => ensureImage({ ...request, platforms: image.platforms }, bundle, platform);
      stop?.throwIfAborted();
      const pushed = await pushImage({ environment, registry, engine, signedIn, local, progress }, image);
      done(image, pushed);
      progress(`${image.service}: ${image.repository}:${image.tag} is ${pushed.digest}`);
    }
  });
};

/**
 * Looks whose credentials these are, bundles, asks ECR for each image, and pushes those that are missing once none is wrong and each of
 * them started once on this machine. Ends at the
 * first failure; what was pushed by then stays, is in the report, and is left alone by the next call. Throws what the signal was aborted
 * with, and one sentence when a source or the content of an image is not right.
 */
export const publish = async (request: PublishRequest): Promise<PublishReport> => {
  const { environment, deadlineMs, stop, progress } = request;
  const { name, region } = environment;
  const images: PublishedImage[] = [];
  const note =
    (state: PublishedImage['state']) =>
    ({ service, repository, tag }: ExpectedImage, { digest, bytes }: PushedImage) =>
      images.push({ service, repository, tag, digest, bytes, state });
  try {
    progress(`asking STS in ${region} whose credentials these are`);
    await requireAccount(request);
    const all = await bundled(request);
    const aws = awsQuestions(region, deadlineMs, stop);
    await withClient(new ECRClient(aws.settings), async (client) => {
      const registry = { client, deadline: aws.deadline };
      const missing = await missingOf(registry, request, all, note('there'));
      if (missing.length > 0) await pushMissing(registry, request, missing, note('pushed'));
    });
    return { environment: name, region, images, findings: [] };
  } catch (problem) {
    stop?.throwIfAborted();
    return { environment: name, region, images, findings: publishFindingsOf(problem, environment) };
  }
};
