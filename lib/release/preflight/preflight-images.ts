/** Whether the registry holds the image of each service's bundle, whole and for every platform. */
import { ECRClient } from '@aws-sdk/client-ecr';
import { withClient } from '../../aws/ask-aws.ts';
import { type CheckOutcome, type Finding, findingOfFailure } from '../../aws/finding.ts';
import type { Environment } from '../../environment/environment.ts';
import { repositoryName } from '../../names.ts';
import { imageLabels } from '../registry/image-labels.ts';
import { PLATFORMS } from '../registry/image-platforms.ts';
import { type PushedImage, type Registry, readPushedImage } from '../registry/pushed-image.ts';
import type { PreflightCheck, PreflightContext } from './preflight-check.ts';

/** Least compressed bytes of an image; Node's binary alone has about 40 MB. */
const LEAST_BYTES = 16 * 1024 ** 2;

/** An image that was found whole. */
export type WholeImage = {
  readonly service: string;
  readonly repository: string;
  readonly tag: string;
  readonly bytes: number;
};

/** An image that should be in the registry. */
export type ExpectedImage = {
  readonly service: string;
  readonly repository: string;
  readonly tag: string;
  /** Hash of the bundle inside; the tag of what is deployed is the same. */
  readonly bundle: string;
  readonly platforms: readonly string[];
};

/** The image of a service's bundle as the pods of the environment name it. */
export const expectedImage = (environment: Environment, service: string, bundle: string): ExpectedImage => ({
  service,
  repository: repositoryName(environment.name, service),
  tag: bundle,
  bundle,
  platforms: PLATFORMS,
});

const push = ({ name }: Environment, { service }: ExpectedImage) =>
  `npx cloudmart publish --environment ${name} ${service}`;

// Tags never move, so a bad image has to go before a good one can take its tag.
const pushAgain = (environment: Environment, image: ExpectedImage) =>
  `aws ecr batch-delete-image --region ${environment.region} --repository-name ${image.repository} --image-ids imageTag=${image.tag} && ${push(environment, image)}`;

const problemsOf = (environment: Environment, image: ExpectedImage, { bytes, variants }: PushedImage): Finding[] => {
  const { service, repository, tag, bundle, platforms } = image;
  const found = (code: Finding['code'], problem: string): Finding => ({
    code,
    service,
    problem,
    command: pushAgain(environment, image),
  });
  const least = Math.min(bytes, ...variants.map((variant) => variant.bytes));
  if (least < LEAST_BYTES)
    return [
      found(
        'image-empty',
        `${repository}:${tag} has ${least} bytes in its layers, fewer than Node alone needs; build and push it again`,
      ),
    ];
  const missing = platforms.filter((platform) => !variants.some((variant) => variant.platform === platform));
  const expected = { [imageLabels.service]: service, [imageLabels.bundle]: bundle };
  const differing = variants.flatMap(({ platform, labels }) =>
    Object.entries(expected)
      .filter(([label, value]) => labels[label] !== value)
      .map(([label, value]) => `${label} for ${platform} is ${JSON.stringify(labels[label])} and not "${value}"`),
  );
  return [
    ...(missing.length > 0
      ? [
          found(
            'image-platform-missing',
            `${repository}:${tag} lacks ${missing.join(' and ')}; build it for ${platforms.join(' and ')}`,
          ),
        ]
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

// What says something about one image only; anything else would be said again of every image.
const OF_ONE_IMAGE: readonly Finding['code'][] = ['image-unreadable', 'aws-failed'];

/**
 * Reads an image and judges it. Findings say what is wrong with this image, an `image-missing` that there is none; failures that
 * would be the same for every image are thrown as the SDK throws them.
 */
export const judgeImage = async (
  registry: Registry,
  environment: Environment,
  image: ExpectedImage,
): Promise<{ pushed?: PushedImage; findings: readonly Finding[] }> => {
  const { service, repository, tag } = image;
  try {
    const pushed = await readPushedImage(registry, repository, tag);
    return { pushed, findings: problemsOf(environment, image, pushed) };
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
          },
        ],
      };
    if (name === 'ImageNotFoundException')
      return {
        findings: [
          {
            code: 'image-missing',
            service,
            problem: `${repository} has no image of this bundle, ${tag}; push it`,
            command: push(environment, image),
          },
        ],
      };
    const finding = { service, ...findingOfFailure(problem, environment, 'ECR') };
    if (!OF_ONE_IMAGE.includes(finding.code)) throw problem;
    return {
      findings: [
        finding.code === 'image-unreadable' ? { ...finding, command: pushAgain(environment, image) } : finding,
      ],
    };
  }
};

const tagsOrFinding = async ({ pods, tagsOf, progress }: PreflightContext) => {
  progress(`bundling ${pods.map((service) => service.name).join(', ')} for their tags`);
  try {
    return { tags: await tagsOf(pods) };
  } catch (problem) {
    const finding: Finding = {
      code: 'bundle-refused',
      problem: `these sources cannot be bundled, so no image has a tag: ${(problem as Error).message}`,
      command: 'npx cloudmart bundle',
    };
    return { finding };
  }
};

/** @param whole is told of each image that is found whole */
export const imageCheck = (whole: (image: WholeImage) => void): PreflightCheck => ({
  name: 'images',
  asks: 'ECR',
  run: async (context): Promise<CheckOutcome> => {
    const { environment, aws, pods, progress } = context;
    const { tags, finding } = await tagsOrFinding(context);
    if (!tags) return { summary: 'nothing to look for', findings: [finding] };
    const findings: Finding[] = [];
    await withClient(new ECRClient(aws.settings), async (client) => {
      for (const { name: service } of pods) {
        const tag = tags[service];
        if (tag === undefined) throw new Error(`${service} was not bundled, so its image has no tag`);
        const image = expectedImage(environment, service, tag);
        const { pushed, findings: found } = await judgeImage({ client, deadline: aws.deadline }, environment, image);
        findings.push(...found);
        if (found.length === 0 && pushed) whole({ service, repository: image.repository, tag, bytes: pushed.bytes });
        progress(`${service}: ${found.map(({ code }) => code).join(', ') || 'its image is there and whole'}`);
      }
    });
    return { summary: `${pods.length} images of this bundle`, findings };
  },
});
