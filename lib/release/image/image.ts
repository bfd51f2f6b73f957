/** Builds the images of services: one Dockerfile for all, the tag is the bundle's hash, and what is inside is read back. */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import type { ServiceManifest } from '../../../services/kit/manifest.ts';
import { type Bundle, bundleService, fingerprint } from '../../bundle/bundle.ts';
import { localImageName } from '../../names.ts';
import { services as allServices } from '../../services.ts';
import { openProof } from '../proof/bundle-proof.ts';
import { imageLabels } from '../registry/image-labels.ts';
import { architectureOf, ownPlatform } from '../registry/image-platforms.ts';
import { EngineError, type ImageEngine } from './image-engine.ts';

export type LocalImage = {
  readonly service: string;
  readonly platform: string;
  /** Hash of the bundle inside. */
  readonly tag: string;
  /** Name in the engine's store: `cloudmart/<service>:<tag>-<architecture>`. */
  readonly reference: string;
  /** Digest of its configuration, `sha256:...`. */
  readonly digest: string;
  /** Bytes of all layers, uncompressed. */
  readonly bytes: number;
  readonly labels: Readonly<Record<string, string>>;
};

export type BuiltImage = LocalImage & {
  /** Whether an image of this bundle was there already. */
  readonly reused: boolean;
  readonly seconds: number;
};

export type ImageRequest = {
  /** Services that run in the cluster; the others have no image. */
  readonly services: readonly ServiceManifest[];
  /** Root of the checkout. */
  readonly root: string;
  /** Folder of the bundles; each is made again. */
  readonly into: string;
  /** For example `linux/arm64`. */
  readonly platforms: readonly string[];
  /** Image to build on; `{arch}` stands for amd64 or arm64. Absent: the Dockerfile's own. */
  readonly base?: string;
  /** Commit, for the label. */
  readonly revision: string | undefined;
  readonly engine: ImageEngine;
  /** Told one sentence before or after each step. */
  readonly progress: (sentence: string) => void;
};

/** Milliseconds that one build may take; most of it is the download of the base image. */
const BUILD_DEADLINE = 10 * 60_000;

const inspectedShape = z.array(
  z.object({
    Id: z.string(),
    Os: z.string(),
    Architecture: z.string(),
    Size: z.number(),
    Config: z.object({ Labels: z.record(z.string(), z.string()).nullish() }),
  }),
);

const baseFor = (base: string, platform: string) => base.replaceAll('{arch}', architectureOf(platform));

/** What the engine has under a name; absent: nothing. */
const inspect = async (engine: ImageEngine, reference: string) => {
  try {
    const answer = await engine.run(['image', 'inspect', reference], { what: `look at ${reference}` });
    const [image] = inspectedShape.parse(JSON.parse(answer));
    return image;
  } catch (problem) {
    if (
      problem instanceof EngineError &&
      problem.code === 'engine-failed' &&
      /no such image|not found|not known/i.test(problem.complaint)
    )
      return undefined;
    throw problem;
  }
};

/** Reads the bundle out of the image and compares it with the one that was meant: an empty image once passed every step. */
const checkContent = async (engine: ImageEngine, { service, tag, reference, platform }: LocalImage) => {
  const what = `read ${reference} back`;
  const container = (await engine.run(['create', '--platform', platform, reference], { what })).trim();
  const folder = await mkdtemp(path.join(tmpdir(), 'cloudmart-image-'));
  try {
    await engine.run(['cp', `${container}:/app`, folder], { what });
    const { hash } = await fingerprint(path.join(folder, 'app'));
    if (hash !== tag)
      throw new Error(
        `the image ${reference} holds something else than the bundle ${tag.slice(0, 12)} of ${service}; remove it (${engine.command} image rm ${reference}) and run this again`,
      );
  } finally {
    await engine.run(['rm', container], { what });
    await rm(folder, { recursive: true, force: true });
  }
};

const build = async (request: ImageRequest, bundle: Bundle, platform: string, reference: string) => {
  const { root, into, base, revision, engine } = request;
  const buildArguments = {
    SERVICE: bundle.service,
    BUNDLE: bundle.hash,
    ...(revision && { REVISION: revision }),
    ...(base && { BASE: baseFor(base, platform), CHECKER: baseFor(base, ownPlatform()) }),
    // Engines that know it give the image this time instead of that of the build, so that its digest is the same again.
    SOURCE_DATE_EPOCH: '0',
  };
  const parameters = [
    ...[
      'build',
      '--file',
      path.join(root, 'Dockerfile'),
      '--platform',
      platform,
      '--network',
      'none',
      '--tag',
      reference,
    ],
    ...Object.entries(buildArguments).flatMap(([name, value]) => ['--build-arg', `${name}=${value}`]),
    into,
  ];
  try {
    await engine.run(parameters, { what: `build ${bundle.service} for ${platform}`, deadlineMs: BUILD_DEADLINE });
  } catch (problem) {
    const refusal = problem instanceof EngineError && /Error: (.* of .* is empty; .*)/.exec(problem.complaint)?.[1];
    throw refusal ? new Error(`the image of ${bundle.service} is refused: ${refusal}`) : problem;
  }
};

/** The image of a bundle for a platform, if the engine has it and it was made as asked. */
export const localImage = async (
  engine: ImageEngine,
  { service, hash }: Pick<Bundle, 'service' | 'hash'>,
  platform: string,
  base?: string,
): Promise<LocalImage | undefined> => {
  const reference = localImageName(service, `${hash}-${architectureOf(platform)}`);
  const image = await inspect(engine, reference);
  const labels = image?.Config.Labels ?? {};
  if (
    image === undefined ||
    `${image.Os}/${image.Architecture}` !== platform ||
    labels[imageLabels.service] !== service ||
    labels[imageLabels.bundle] !== hash ||
    (base !== undefined && labels[imageLabels.base] !== baseFor(base, platform))
  )
    return undefined;
  return { service, platform, tag: hash, reference, digest: image.Id, bytes: image.Size, labels };
};

/** Gives the image of a bundle for a platform, building it unless the engine has it. */
export const ensureImage = async (request: ImageRequest, bundle: Bundle, platform: string): Promise<BuiltImage> => {
  const { engine, base, progress } = request;
  const { service, hash } = bundle;
  const startedAt = performance.now();
  const seconds = () => Math.round((performance.now() - startedAt) / 100) / 10;
  const known = await localImage(engine, bundle, platform, base);
  if (known) {
    await checkContent(engine, known);
    progress(`${service}: ${known.reference} is there`);
    return { ...known, reused: true, seconds: seconds() };
  }
  const reference = localImageName(service, `${hash}-${architectureOf(platform)}`);
  progress(`${service}: building ${reference}`);
  await build(request, bundle, platform, reference);
  const made = await localImage(engine, bundle, platform, base);
  if (!made)
    throw new Error(
      `${engine.command} built ${reference} without the labels or the platform that were asked for; update it`,
    );
  await checkContent(engine, made);
  return { ...made, reused: false, seconds: seconds() };
};

/**
 * Bundles the services and builds what is missing of their images. The image for this machine's platform is also named
 * `cloudmart/<service>:<tag>`. Throws one sentence when a source, the engine or the content of an image is not right.
 */
export const buildImages = async (request: ImageRequest): Promise<BuiltImage[]> => {
  const { services, root, into, platforms, engine, progress } = request;
  for (const platform of platforms) architectureOf(platform);
  // Asked first: bundling takes longer than finding that there is no engine.
  await engine.run(['version'], { what: 'say its version' });
  const images: BuiltImage[] = [];
  const proof = openProof(allServices);
  try {
    for (const service of services) {
      progress(`${service.name}: bundling`);
      const bundle = await bundleService(service, { root, into });
      progress(`${service.name}: starting it once`);
      await proof.prove(service, bundle, { root, into });
      for (const platform of platforms) {
        const image = await ensureImage(request, bundle, platform);
        if (platform === ownPlatform())
          await engine.run(['tag', image.reference, localImageName(service.name, image.tag)], {
            what: `name ${image.reference}`,
          });
        images.push(image);
      }
    }
  } finally {
    await proof.close();
  }
  return images;
};
