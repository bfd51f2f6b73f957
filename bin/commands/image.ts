import path from 'node:path';
import { Command } from 'commander';

type Flags = { platform?: string[]; base?: string; out: string; json?: boolean };

const root = path.join(import.meta.dirname, '../..');

const run = async (names: readonly string[], { platform, base, out, json }: Flags) => {
  const [{ buildImages }, { imageEngine }, { ownPlatform }, { imagesNamed }, { revisionOf }] = await Promise.all([
    import('../../lib/release/image/image.ts'),
    import('../../lib/release/image/image-engine.ts'),
    import('../../lib/release/image/image-platforms.ts'),
    import('../../lib/platform-images.ts'),
    import('../../lib/release/image/image-revision.ts'),
  ]);
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort(new Error('stopped; run it again, what was built is not built twice')));
  const images = await buildImages({
    services: imagesNamed(names),
    root,
    into: path.resolve(out),
    platforms: platform ?? [ownPlatform()],
    ...(base !== undefined && { base }),
    revision: await revisionOf(root),
    engine: imageEngine(process.env['CLOUDMART_ENGINE'] ?? 'docker', stop.signal),
    progress: (sentence) => process.stderr.write(`${sentence}\n`),
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
  new Command('image')
    .description('build the images of services from their bundles; the tag is the hash of the bundle')
    .argument('[services...]', 'services that run in the cluster; default all')
    .option('--platform <names...>', 'linux/amd64, linux/arm64; default that of this machine')
    .option(
      '--base <image>',
      'image to build on, {arch} standing for amd64 or arm64; default the one in the Dockerfile',
    )
    .option('--out <folder>', 'folder of the bundles', 'dist/bundles')
    .option('--json', 'end with one line of JSON: service, platform, tag, digest and bytes of each image')
    .addHelpText(
      'after',
      `
CLOUDMART_ENGINE names the engine, docker by default; podman and nerdctl take the same commands and are not tested here.

Examples:
  $ npx cloudmart image
  $ npx cloudmart image order payment --platform linux/amd64 linux/arm64 --json
  $ CLOUDMART_ENGINE=podman npx cloudmart image order --base registry.example/node-base:24-{arch}`,
    )
    .action(run);
