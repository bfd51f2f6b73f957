/** What the commands that build images have in common: `image` and `publish`. */
import path from 'node:path';
import type { Command } from 'commander';
import { root } from '../../lib/checkout.ts';

/** Flags as commander gives them. */
export type ImageFlags = { readonly base?: string; readonly out: string };

/** Options that {@link ImageFlags} come of. */
export const withImageOptions = (command: Command): Command =>
  command
    .option(
      '--base <image>',
      'image to build on, {arch} standing for amd64 or arm64; default the one in the Dockerfile',
    )
    .option('--out <folder>', 'folder of the bundles', 'dist/bundles');

export const ENGINE_HELP =
  'CLOUDMART_ENGINE names the engine, docker by default; podman and nerdctl take the same commands and are not tested here.';

/** From what, where and with what images are built; progress goes to stderr, and `stop` ends the engine. */
export const imageBuild = async ({ base, out }: ImageFlags, stop: AbortSignal) => {
  const [{ imageEngine }, { revisionOf }] = await Promise.all([
    import('../../lib/release/image/image-engine.ts'),
    import('../../lib/release/image/image-revision.ts'),
  ]);
  return {
    root,
    into: path.resolve(out),
    ...(base !== undefined && { base }),
    revision: await revisionOf(root),
    engine: imageEngine(process.env['CLOUDMART_ENGINE'] ?? 'docker', stop),
    progress: (sentence: string) => process.stderr.write(`${sentence}\n`),
  };
};
