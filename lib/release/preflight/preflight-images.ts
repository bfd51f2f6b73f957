/** Whether the registry holds the image of each service's bundle, whole and for every platform. */
import { ECRClient } from '@aws-sdk/client-ecr';
import { imageLabels } from '../image/image-labels.ts';
import { PLATFORMS } from '../image/image-platforms.ts';
import { type PushedImage, type Registry, readPushedImage } from '../image/pushed-image.ts';
import { withClient } from './preflight-aws.ts';
import { type PreflightCheck, type PreflightContext, prefixOf } from './preflight-check.ts';
import { type Finding, findingOfFailure, type Outcome } from './preflight-finding.ts';

/** Least compressed bytes of an image; Node's binary alone has about 40 MB. */
const LEAST_BYTES = 16 * 1024 ** 2;

/** An image that was found whole. */
export type WholeImage = {
  readonly service: string;
  readonly repository: string;
  readonly tag: string;
  readonly bytes: number;
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

// What says something about one image only; anything else would be said again of every image.
const OF_ONE_IMAGE: readonly Finding['code'][] = ['image-unreadable', 'aws-failed'];

const imageProblems = async (
  registry: Registry,
  image: Image,
  { environment }: PreflightContext,
): Promise<{ bytes?: number; findings: readonly Finding[] }> => {
  const { service, repository, tag, reference } = image;
  try {
    const pushed = await readPushedImage(registry, repository, tag);
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
            command: `docker push ${reference}`,
          },
        ],
      };
    const finding = { service, ...findingOfFailure(problem, environment, 'ECR') };
    if (!OF_ONE_IMAGE.includes(finding.code)) throw problem;
    return { findings: [finding.code === 'image-unreadable' ? { ...finding, command: pushAgain(image) } : finding] };
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
  run: async (context): Promise<Outcome> => {
    const { environment, account, aws, pods, progress } = context;
    const { tags, finding } = await tagsOrFinding(context);
    if (!tags) return { summary: 'nothing to look for', findings: [finding] };
    const findings: Finding[] = [];
    await withClient(new ECRClient(aws.settings), async (client) => {
      for (const { name: service } of pods) {
        const tag = tags[service];
        if (tag === undefined) throw new Error(`${service} was not bundled, so its image has no tag`);
        const repository = `${prefixOf(environment)}/${service}`;
        const { region } = environment;
        const reference = `${account}.dkr.ecr.${region}.amazonaws.com/${repository}:${tag}`;
        const image = { service, repository, tag, reference, region };
        const { bytes, findings: found } = await imageProblems({ client, deadline: aws.deadline }, image, context);
        findings.push(...found);
        if (found.length === 0 && bytes !== undefined) whole({ service, repository, tag, bytes });
        progress(`${service}: ${found.map(({ code }) => code).join(', ') || 'its image is there and whole'}`);
      }
    });
    return { summary: `${pods.length} images of this bundle`, findings };
  },
});
