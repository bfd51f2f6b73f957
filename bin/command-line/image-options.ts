/** What the commands that build images have in common: `image` and `publish`. */
import { Argument, type Command } from 'commander';
import { lookedUp } from './options.ts';

/** What {@link withImageOptions} gives. */
export type ImageFlags = { readonly base?: string; readonly out: string };

export const withImageOptions = (command: Command): Command =>
  command
    .option(
      '--base <image>',
      'image to build on, {arch} standing for amd64 or arm64; default the one in the Dockerfile',
    )
    .option('--out <folder>', 'folder of the bundles', 'dist/bundles');

/** Gives the manifests of named services that have an image; without names of all. */
export const imagesArgument = (): Argument =>
  lookedUp(
    new Argument('[services...]', 'services that run in the cluster; default all'),
    async (names: readonly string[]) => (await import('../../lib/services.ts')).imagesNamed(names),
  );

export const ENGINE_NOTE =
  'CLOUDMART_ENGINE names the engine, docker by default; podman and nerdctl take the same commands and are not tested here.';
