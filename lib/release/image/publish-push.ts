/** Brings one image into the registry: a variant for each platform by the engine, then the index that names them by ECR itself. */

import path from 'node:path';
import { PutImageCommand } from '@aws-sdk/client-ecr';
import type { Environment } from '../../environment/environment.ts';
import { partName } from '../../names.ts';
import { type ExpectedImage, judgeImage } from '../preflight/preflight-images.ts';
import { architectureOf } from '../registry/image-platforms.ts';
import { contentDigest, type ImageVariant, type PushedImage, type Registry } from '../registry/pushed-image.ts';
import type { LocalImage } from './image.ts';
import type { ImageEngine } from './image-engine.ts';
import { PublishRefused, publishAgain, registryRefusal } from './publish-finding.ts';
import type { SignedIn } from './publish-login.ts';

export type PushContext = {
  readonly environment: Environment;
  readonly registry: Registry;
  readonly engine: ImageEngine;
  readonly signedIn: SignedIn;
  /** Gives the image of the bundle for a platform, building it unless the engine has it. */
  readonly local: (platform: string) => Promise<LocalImage>;
  readonly progress: (sentence: string) => void;
};

/** Milliseconds that one push may take: 50 MB over a line of 1 Mbit/s take seven minutes. */
const PUSH_DEADLINE = 20 * 60_000;

const differs = (environment: Environment, { service, repository, tag }: ExpectedImage, sentence: string) =>
  new PublishRefused({
    code: 'digest-differs',
    service,
    problem: `${repository}:${tag} in the registry is not what was pushed: ${sentence}; do not deploy it, find out who else pushes there`,
    command: publishAgain(environment),
  });

/** The image if it is whole; nothing if there is none. Throws when it is there and wrong. */
const wholeImage = async ({ registry, environment }: PushContext, image: ExpectedImage) => {
  const { pushed, findings } = await judgeImage(registry, environment, image);
  if (findings.some(({ code }) => code !== 'image-missing')) throw new PublishRefused(...findings);
  return pushed;
};

const afterPush = async (context: PushContext, image: ExpectedImage): Promise<PushedImage> => {
  const pushed = await wholeImage(context, image);
  if (!pushed) throw differs(context.environment, image, 'it has no such image');
  return pushed;
};

const pushLocal = async (context: PushContext, image: ExpectedImage, { reference, platform }: LocalImage) => {
  const { engine, signedIn } = context;
  const target = `${signedIn.host}/${image.repository}:${image.tag}`;
  // nerdctl pushes its own platform only, unless it is told.
  const which = path.basename(engine.command) === 'nerdctl' ? ['--platform', platform] : [];
  await engine.run(['tag', reference, target], { what: `name ${reference} ${target}` });
  try {
    await engine.run(['push', ...which, target], {
      what: `push ${target}`,
      deadlineMs: PUSH_DEADLINE,
      environment: signedIn.environment,
    });
  } catch (problem) {
    const sentence = `${signedIn.host} refused ${image.repository}:${image.tag}; nothing else was changed`;
    throw registryRefusal(problem, { ...context, host: signedIn.host, service: image.service, sentence });
  } finally {
    await engine.run(['image', 'rm', target], { what: `forget the name ${target}` });
  }
};

const pushVariant = async (context: PushContext, whole: ExpectedImage, platform: string): Promise<ImageVariant> => {
  const { progress } = context;
  const { service } = whole;
  const image = { ...whole, tag: `${whole.tag}-${architectureOf(platform)}`, platforms: [platform] };
  const variantIn = ({ variants }: PushedImage) =>
    variants.find((variant) => variant.platform === platform) as ImageVariant;
  const earlier = await wholeImage(context, image);
  if (earlier) {
    progress(`${service}: ${platform} is in the registry already`);
    return variantIn(earlier);
  }
  const local = await context.local(platform);
  progress(`${service}: pushing ${platform}, ${Math.round(local.bytes / 1024 ** 2)} MB before compression`);
  const startedAt = performance.now();
  await pushLocal(context, image, local);
  const pushed = await afterPush(context, image);
  const variant = variantIn(pushed);
  // Engines name an image by its configuration, by its manifest, or by an index that they wrap it in.
  const names = [variant.configuration, variant.manifest.digest, pushed.digest];
  const own = local.digest.replace(/^(?!sha256:)/, 'sha256:');
  if (!names.includes(own)) throw differs(context.environment, image, `${names.join(', ')} and not ${own}`);
  progress(`${service}: ${platform} is pushed after ${Math.round((performance.now() - startedAt) / 1000)} s`);
  return variant;
};

/** An index in the format of its manifests; the same variants give the same bytes. */
const indexOf = (variants: readonly ImageVariant[]): { mediaType: string; text: string } => {
  const isOci = variants.every(({ manifest }) => manifest.mediaType.startsWith('application/vnd.oci.'));
  const mediaType = isOci
    ? 'application/vnd.oci.image.index.v1+json'
    : 'application/vnd.docker.distribution.manifest.list.v2+json';
  const manifests = variants.map(({ platform, manifest }) => {
    const [os, architecture] = platform.split('/');
    return { ...manifest, platform: { os, architecture } };
  });
  return { mediaType, text: JSON.stringify({ schemaVersion: 2, mediaType, manifests }) };
};

// Somebody else was faster; what is there now is read back and judged.
const ALREADY_THERE = ['ImageAlreadyExistsException', 'ImageTagAlreadyExistsException'];

/**
 * Pushes what is missing of an image. The tag comes last and in one step, so that it never names half an image; a push that was
 * interrupted leaves variants, which the next one finds.
 * @returns what the registry then holds, judged as the pre-flight judges it
 */
export const pushImage = async (context: PushContext, image: ExpectedImage): Promise<PushedImage> => {
  const { registry, environment } = context;
  const { service, repository, tag } = image;
  const variants: ImageVariant[] = [];
  for (const platform of image.platforms) variants.push(await pushVariant(context, image, platform));
  const { mediaType, text } = indexOf(variants);
  const digest = contentDigest(text);
  try {
    await registry.client.send(
      new PutImageCommand({
        repositoryName: repository,
        imageTag: tag,
        imageManifest: text,
        imageManifestMediaType: mediaType,
        imageDigest: digest,
      }),
      registry.deadline(),
    );
  } catch (problem) {
    const { name, message } = problem as Error;
    if (name === 'AccessDeniedException')
      throw new PublishRefused({
        code: 'push-refused',
        service,
        problem: `these credentials may not put images into ${repository}: ${message}`,
        command: `export AWS_PROFILE=<profile that may push, such as that of the role ${partName(environment.name, 'deploy')}>`,
      });
    if (!ALREADY_THERE.includes(name)) throw problem;
    return afterPush(context, image);
  }
  const pushed = await afterPush(context, image);
  if (pushed.digest !== digest) throw differs(environment, image, `${pushed.digest} and not ${digest}`);
  return pushed;
};
