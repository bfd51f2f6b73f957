/** Reads what ECR knows about an image, down to its labels, without downloading a layer. */
import { createHash } from 'node:crypto';
import {
  BatchGetImageCommand,
  DescribeImagesCommand,
  type ECRClient,
  GetDownloadUrlForLayerCommand,
} from '@aws-sdk/client-ecr';
import { z } from 'zod';
import { FailedAnswer, UnreadableImage } from '../../aws/finding.ts';

/** The image for one platform. */
export type ImageVariant = {
  /** For example `linux/arm64`. */
  readonly platform: string;
  /** Compressed bytes of all layers; 0 when there are none. */
  readonly bytes: number;
  readonly labels: Readonly<Record<string, string>>;
  /** Digest of its configuration, which is the same before and after a push. */
  readonly configuration: string;
  /** Its manifest, as an index names it. */
  readonly manifest: ManifestName;
};

/** How an index names one of its manifests: https://github.com/opencontainers/image-spec/blob/main/descriptor.md */
export type ManifestName = { readonly mediaType: string; readonly digest: string; readonly size: number };

export type PushedImage = {
  /** Digest of what the tag names. */
  readonly digest: string;
  /** Compressed bytes as ECR counts them; of the largest variant when there are several. */
  readonly bytes: number;
  readonly variants: readonly ImageVariant[];
};

/** Bytes that an image's configuration may have; real ones have a few kilobytes. */
const CONFIG_LIMIT = 1024 ** 2;

const MEDIA_TYPES = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.docker.distribution.manifest.v2+json',
];

const indexShape = z.object({
  manifests: z.array(
    z.object({ digest: z.string(), platform: z.object({ os: z.string(), architecture: z.string() }).optional() }),
  ),
});
const manifestShape = z.object({
  config: z.object({ digest: z.string(), size: z.number() }),
  layers: z.array(z.object({ size: z.number() })),
});
const configShape = z.object({
  os: z.string(),
  architecture: z.string(),
  config: z.object({ Labels: z.record(z.string(), z.string()).nullish() }).optional(),
});

const parsed = <T>(shape: z.ZodType<T>, text: string, what: string): T => {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new UnreadableImage(`${what} is no JSON; push the image again under a new tag`);
  }
  const result = shape.safeParse(value);
  if (result.success) return result.data;
  const { path, message } = result.error.issues[0] ?? { path: [], message: 'unknown shape' };
  throw new UnreadableImage(`${what} is no image of ours (${[...path, message].join(': ')}); push the image again`);
};

/** A client of ECR, and the deadline of each question to it. */
export type Registry = { readonly client: ECRClient; readonly deadline: () => { readonly abortSignal: AbortSignal } };

/** Digest of a manifest or a blob as registries name it. */
export const contentDigest = (content: string | Buffer): string =>
  `sha256:${createHash('sha256').update(content).digest('hex')}`;

type ImageId = { readonly imageTag: string } | { readonly imageDigest: string };

type Manifest = { readonly text: string; readonly name: ManifestName };

const manifestOf = async ({ client, deadline }: Registry, repositoryName: string, id: ImageId): Promise<Manifest> => {
  const answer = await client.send(
    new BatchGetImageCommand({ repositoryName, imageIds: [id], acceptedMediaTypes: MEDIA_TYPES }),
    deadline(),
  );
  const { imageManifest: text, imageManifestMediaType: mediaType = '' } = answer.images?.[0] ?? {};
  if (text !== undefined)
    return { text, name: { mediaType, digest: contentDigest(text), size: Buffer.byteLength(text) } };
  const reason = answer.failures?.[0]?.failureReason ?? 'no manifest in the answer';
  throw new UnreadableImage(
    `${repositoryName} names ${Object.values(id).join()} but has no manifest of it (${reason}); the push did not finish, push again`,
  );
};

const configOf = async ({ client, deadline }: Registry, repositoryName: string, layerDigest: string, size: number) => {
  const what = `the configuration ${layerDigest} in ${repositoryName}`;
  if (size > CONFIG_LIMIT) throw new UnreadableImage(`${what} has ${size} bytes, which no configuration has`);
  const { downloadUrl } = await client.send(
    new GetDownloadUrlForLayerCommand({ repositoryName, layerDigest }),
    deadline(),
  );
  const response = await fetch(downloadUrl ?? '', { signal: deadline().abortSignal });
  if (!response.ok) throw new FailedAnswer(`${what} cannot be downloaded, HTTP ${response.status}`);
  const content = Buffer.from(await response.arrayBuffer());
  if (contentDigest(content) !== layerDigest)
    throw new UnreadableImage(`${what} does not have the content of that digest; push the image again`);
  return parsed(configShape, content.toString(), what);
};

const variantOf = async (registry: Registry, repositoryName: string, manifest: Manifest): Promise<ImageVariant> => {
  const { config, layers } = parsed(manifestShape, manifest.text, `a manifest in ${repositoryName}`);
  const { os, architecture, config: settings } = await configOf(registry, repositoryName, config.digest, config.size);
  return {
    platform: `${os}/${architecture}`,
    bytes: layers.reduce((sum, { size }) => sum + size, 0),
    labels: settings?.Labels ?? {},
    configuration: config.digest,
    manifest: manifest.name,
  };
};

/**
 * Reads the image of a tag with the manifests and configurations of all its platforms.
 * Throws what the SDK throws (`RepositoryNotFoundException`, `ImageNotFoundException`), and {@link UnreadableImage} when
 * a part of it is missing or is no image.
 */
export const readPushedImage = async (
  registry: Registry,
  repositoryName: string,
  tag: string,
): Promise<PushedImage> => {
  const { client, deadline } = registry;
  const { imageDetails } = await client.send(
    new DescribeImagesCommand({ repositoryName, imageIds: [{ imageTag: tag }] }),
    deadline(),
  );
  const manifest = await manifestOf(registry, repositoryName, { imageTag: tag });
  const index = indexShape.safeParse(parsed(z.unknown(), manifest.text, `the manifest of ${repositoryName}:${tag}`));
  const variants: ImageVariant[] = [];
  if (index.success) {
    // BuildKit lists its attestations beside the images, as platform unknown/unknown.
    for (const { digest, platform } of index.data.manifests)
      if (platform?.architecture !== 'unknown')
        variants.push(
          await variantOf(
            registry,
            repositoryName,
            await manifestOf(registry, repositoryName, { imageDigest: digest }),
          ),
        );
  } else variants.push(await variantOf(registry, repositoryName, manifest));
  return { digest: manifest.name.digest, bytes: imageDetails?.[0]?.imageSizeInBytes ?? 0, variants };
};
