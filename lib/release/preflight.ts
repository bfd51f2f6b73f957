/** `cloudmart preflight`: whether AWS holds what a deployment is about to start. It only reads. */
import { setTimeout as after } from 'node:timers/promises';
import { DescribeRegistryCommand, ECRClient } from '@aws-sdk/client-ecr';
import type { ServiceManifest } from '../../services/kit/manifest.ts';
import type { Environment } from '../environment.ts';
import { imageLabels } from './image-labels.ts';
import { FailedAnswer, type Finding, findingOfFailure } from './preflight-finding.ts';
import { CALL_DEADLINE, type PushedImage, readPushedImage } from './pushed-image.ts';

/** Every image is built for these: Auto Mode buys nodes of both. */
const PLATFORMS = ['linux/amd64', 'linux/arm64'];
/** Least compressed bytes of an image; Node's binary alone has about 40 MB. */
const LEAST_BYTES = 16 * 1024 ** 2;

export type PreflightRequest = {
  readonly environment: Environment;
  /** Services that run in the cluster; the others have no image. */
  readonly services: readonly ServiceManifest[];
  /** Region that the caller's own AWS settings name, if any: what `docker login` and the AWS CLI use. */
  readonly callerRegion: string | undefined;
  /** Image tag of every service: the hash of its bundle. Asked only once the registry is known to be the right one. */
  readonly tagsOf: (services: readonly ServiceManifest[]) => Promise<Readonly<Record<string, string>>>;
  /** Told one sentence before or after each step. */
  readonly progress: (sentence: string) => void;
};

export type PreflightReport = {
  readonly environment: string;
  readonly region: string;
  /** Account that the credentials belong to; absent: it could not be asked. */
  readonly account?: string;
  /** Images that were found whole. */
  readonly images: readonly {
    readonly service: string;
    readonly repository: string;
    readonly tag: string;
    readonly bytes: number;
  }[];
  /** None: the deployment may start. */
  readonly findings: readonly Finding[];
};

type Image = {
  readonly service: string;
  readonly repository: string;
  readonly tag: string;
  readonly reference: string;
  readonly region: string;
};

// Tags never move, so a bad image has to go before a good one can take its tag.
const pushAgain = ({ repository, tag, reference, region }: Image) =>
  `aws ecr batch-delete-image --region ${region} --repository-name ${repository} --image-ids imageTag=${tag} && docker push ${reference}`;

const problemsOf = (image: Image, { bytes, variants }: PushedImage): Finding[] => {
  const { service, repository, tag } = image;
  const found = (code: Finding['code'], problem: string): Finding => ({
    code,
    service,
    problem,
    command: pushAgain(image),
  });
  const least = Math.min(bytes, ...variants.map((variant) => variant.bytes));
  if (least < LEAST_BYTES)
    return [
      found(
        'image-empty',
        `${repository}:${tag} has ${least} bytes in its layers, fewer than Node alone needs; build and push it again`,
      ),
    ];
  const missing = PLATFORMS.filter((platform) => !variants.some((variant) => variant.platform === platform));
  const expected = { [imageLabels.service]: service, [imageLabels.bundle]: tag };
  const differing = variants.flatMap(({ platform, labels }) =>
    Object.entries(expected)
      .filter(([label, value]) => labels[label] !== value)
      .map(([label, value]) => `${label} for ${platform} is ${JSON.stringify(labels[label])} and not "${value}"`),
  );
  return [
    ...(missing.length > 0
      ? [found('image-platform-missing', `${repository}:${tag} lacks ${missing.join(' and ')}; build it for both`)]
      : []),
    ...(differing.length > 0
      ? [
          found(
            'image-labels-differ',
            `${repository}:${tag} holds something else than this bundle: label ${differing.join('; ')}`,
          ),
        ]
      : []),
  ];
};

const imageProblems = async (client: ECRClient, image: Image, environment: Environment) => {
  const { service, repository, tag, reference } = image;
  try {
    const pushed = await readPushedImage(client, repository, tag);
    return { bytes: pushed.bytes, findings: problemsOf(image, pushed) };
  } catch (problem) {
    const { name } = problem as Error;
    if (name === 'RepositoryNotFoundException')
      return {
        findings: [
          {
            code: 'repository-missing',
            service,
            problem: `there is no repository ${repository} in ${environment.region}; the registry stack makes it`,
            command: `npx cdk deploy '${environment.name}/Registry'`,
          } satisfies Finding,
        ],
      };
    if (name === 'ImageNotFoundException')
      return {
        findings: [
          {
            code: 'image-missing',
            service,
            problem: `${repository} has no image of this bundle, ${tag}; push it`,
            command: `docker push ${reference}`,
          } satisfies Finding,
        ],
      };
    const finding = { service, ...findingOfFailure(problem, environment) };
    return {
      findings: [finding.code === 'image-unreadable' ? { ...finding, command: pushAgain(image) } : finding],
    };
  }
};

/** Account of the credentials; each of the two questions has a deadline of its own. */
const accountOf = async (client: ECRClient): Promise<string> => {
  await Promise.race([
    client.config.credentials(),
    after(CALL_DEADLINE, undefined, { ref: false }).then(() => {
      throw Object.assign(new Error(`no source of credentials answered within ${CALL_DEADLINE / 1000} s`), {
        name: 'CredentialsProviderError',
      });
    }),
  ]);
  const { registryId } = await client.send(new DescribeRegistryCommand({}), {
    abortSignal: AbortSignal.timeout(CALL_DEADLINE),
  });
  if (!registryId) throw new FailedAnswer('it names no registry id');
  return registryId;
};

/**
 * Checks credentials, account, region, repositories and images, in this order. A finding that makes the next questions
 * meaningless ends them. What AWS refuses is a finding; a source that cannot be bundled is thrown as one sentence.
 */
export const preflight = async ({
  environment,
  services,
  callerRegion,
  tagsOf,
  progress,
}: PreflightRequest): Promise<PreflightReport> => {
  const { name, region, account: declared } = environment;
  const client = new ECRClient({
    region,
    maxAttempts: 3,
    requestHandler: { connectionTimeout: 3_000, requestTimeout: 5_000, throwOnRequestTimeout: true },
  });
  try {
    progress(`asking ECR in ${region} whose credentials these are`);
    let account: string;
    try {
      account = await accountOf(client);
    } catch (problem) {
      return { environment: name, region, images: [], findings: [findingOfFailure(problem, environment)] };
    }
    const findings: Finding[] = [];
    if (declared !== undefined && account !== declared)
      findings.push({
        code: 'account-differs',
        problem: `the credentials belong to account ${account}, but ${name} lives in ${declared}; use a profile of that account`,
        command: `export AWS_PROFILE=<profile of ${declared}>`,
      });
    if (callerRegion !== undefined && callerRegion !== region)
      findings.push({
        code: 'region-differs',
        problem: `AWS_REGION is ${callerRegion}, but ${name} lives in ${region}; a push would go elsewhere`,
        command: `export AWS_REGION=${region} AWS_DEFAULT_REGION=${region}`,
      });
    if (findings.length > 0) return { environment: name, region, account, images: [], findings };
    progress(
      declared === undefined
        ? `account ${account}; ${name} declares none in lib/environments.ts, so any is taken`
        : `account ${account} and region ${region} are those of ${name}`,
    );
    progress(`bundling ${services.map((service) => service.name).join(', ')} for their tags`);
    const tags = await tagsOf(services);
    const images: PreflightReport['images'][number][] = [];
    for (const { name: service } of services) {
      const tag = tags[service];
      if (tag === undefined) throw new Error(`${service} was not bundled, so its image has no tag`);
      const repository = `cloudmart-${name}/${service}`;
      const reference = `${account}.dkr.ecr.${region}.amazonaws.com/${repository}:${tag}`;
      const { bytes, findings: found } = await imageProblems(
        client,
        { service, repository, tag, reference, region },
        environment,
      );
      findings.push(...found);
      if (found.length === 0 && bytes !== undefined) images.push({ service, repository, tag, bytes });
      progress(`${service}: ${found.map(({ code }) => code).join(', ') || 'its image is there and whole'}`);
    }
    return { environment: name, region, account, images, findings };
  } finally {
    client.destroy();
  }
};
