import { buildImages } from '../../../lib/release/image/image.ts';
import { ownPlatform } from '../../../lib/release/registry/image-platforms.ts';
import type { ServiceManifest } from '../../../services/kit/manifest.ts';
import { imageBuild } from '../../command-line/image-build.ts';
import { print } from '../../command-line/print.ts';
import type { ImageCommandFlags } from '../image.ts';

/** Builds images and prints what they are called. */
export const runImage = async (
  services: readonly ServiceManifest[],
  { platform, json, ...flags }: ImageCommandFlags,
  signal: AbortSignal,
): Promise<void> => {
  const images = await buildImages({
    services,
    platforms: platform ?? [ownPlatform()],
    ...(await imageBuild(flags, signal)),
  });
  print(json, { images }, () =>
    images.map(({ reference, bytes, digest }) => `${reference}  ${(bytes / 1024 ** 2).toFixed(0)} MB  ${digest}`),
  );
};
