import { Command } from 'commander';
import { ENGINE_HELP, type ImageFlags, imageBuild, withImageOptions } from '../command-line/image-options.ts';

type Flags = ImageFlags & { platform?: string[]; json?: boolean };

const run = async (names: readonly string[], { platform, json, ...build }: Flags) => {
  const [{ buildImages }, { ownPlatform }, { imagesNamed }] = await Promise.all([
    import('../../lib/release/image/image.ts'),
    import('../../lib/release/registry/image-platforms.ts'),
    import('../../lib/services.ts'),
  ]);
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort(new Error('stopped; run it again, what was built is not built twice')));
  const images = await buildImages({
    services: imagesNamed(names),
    platforms: platform ?? [ownPlatform()],
    ...(await imageBuild(build, stop.signal)),
  });
  if (json) {
    process.stdout.write(`${JSON.stringify({ images })}\n`);
    return;
  }
  for (const { reference, bytes, digest } of images)
    process.stdout.write(`${reference}  ${(bytes / 1024 ** 2).toFixed(0)} MB  ${digest}\n`);
};

/** `cloudmart image`: the images that run in the cluster, made here. */
export const imageCommand = (): Command =>
  withImageOptions(new Command('image'))
    .description('build the images of services from their bundles; the tag is the hash of the bundle')
    .argument('[services...]', 'services that run in the cluster; default all')
    .option('--platform <names...>', 'linux/amd64, linux/arm64; default that of this machine')
    .option('--json', 'end with one line of JSON: service, platform, tag, digest and bytes of each image')
    .addHelpText(
      'after',
      `
${ENGINE_HELP}

Examples:
  $ npx cloudmart image
  $ npx cloudmart image order payment --platform linux/amd64 linux/arm64 --json
  $ CLOUDMART_ENGINE=podman npx cloudmart image order --base registry.example/node-base:24-{arch}`,
    )
    .action(run);
