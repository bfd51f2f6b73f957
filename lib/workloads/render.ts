/** `cloudmart render`: the workloads of an environment as files. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runsInCluster, type ServiceManifest } from '../../services/kit/manifest.ts';
import { bundleService } from '../bundle/bundle.ts';
import { openBundleStore } from '../bundle/bundle-store.ts';
import type { Environment } from '../environment/environment.ts';
import { readDeployedOutputs } from '../outputs/deployed-outputs.ts';
import { readOutputs } from '../outputs/outputs-file.ts';
import { neededOutputs, placeholderOf } from '../outputs/stack-outputs.ts';
import { services } from '../services.ts';
import { environmentValues, type OutputOf } from './environment-values.ts';
import { type GitSource, manifestFiles } from './manifest-files.ts';
import { checkFolder, writeFiles } from './write-files.ts';

export type RenderRequest = {
  readonly environment: Environment;
  /** Folder to write; new, empty, or rendered earlier for the same environment. */
  readonly out: string;
  readonly outputs?: OutputsSource;
  readonly source: Omit<GitSource, 'owns'>;
  /** Gives the image tag of every service; {@link imageTags} for a checkout. */
  readonly tagsOf: (services: readonly ServiceManifest[]) => Promise<Readonly<Record<string, string>>>;
};

export type RenderReport = {
  readonly environment: string;
  /** Who applies the objects of this environment. */
  readonly owner: Environment['workloads'];
  readonly out: string;
  readonly services: readonly { readonly name: string; readonly tag: string; readonly files: number }[];
  /** Stack outputs that stand as placeholders in the files. */
  readonly placeholders: readonly string[];
  /** Files of an earlier rendering that are gone. */
  readonly removed: readonly string[];
};

/** Content hash of each service's bundle: its image tag. */
export const imageTags = async (all: readonly ServiceManifest[], root: string): Promise<Record<string, string>> => {
  const into = await mkdtemp(path.join(tmpdir(), 'cloudmart-bundles-'));
  try {
    const bundleOnce = await openBundleStore({ root, into });
    const tags: Record<string, string> = {};
    for (const service of all.filter(runsInCluster))
      tags[service.name] = (await bundleOnce(service.name, (options) => bundleService(service, options))).hash;
    return tags;
  } finally {
    await rm(into, { recursive: true, force: true });
  }
};

/** Where stack outputs come from: a JSON file, or the stacks themselves; absent: they stay placeholders. */
export type OutputsSource = { readonly file: string } | 'deployed' | undefined;

/** What an option `--from-stack [file]` says. */
export const outputsSource = (flag: string | true | undefined): OutputsSource =>
  typeof flag === 'string' ? { file: flag } : flag && 'deployed';

/** Finds stack outputs; throws one sentence when they cannot be had, or lack one of the needed names. */
export const outputsFor = async (
  outputs: OutputsSource,
  environment: Environment,
  needed: readonly string[],
): Promise<OutputOf> => {
  if (outputs === undefined) return placeholderOf;
  if (outputs === 'deployed') return await readDeployedOutputs(environment, needed);
  return await readOutputs(outputs.file, environment.name, needed);
};

/** Renders one environment. Throws one sentence when a value is missing or the folder cannot be used; then nothing is written. */
export const render = async (request: RenderRequest): Promise<RenderReport> => {
  const { environment } = request;
  await checkFolder(request.out, environment.name);
  const needed = neededOutputs(services, environment);
  const outputOf = await outputsFor(request.outputs, environment, needed);
  const tags = await request.tagsOf(services);
  const files = manifestFiles(services, environmentValues(environment, services, tags, outputOf), {
    ...request.source,
    owns: environment.workloads === 'gitops',
  });
  const removed = await writeFiles(files, request.out, environment.name);
  return {
    environment: environment.name,
    owner: environment.workloads,
    out: request.out,
    services: services.filter(runsInCluster).map(({ name }) => ({
      name,
      tag: tags[name] as string,
      files: [...files.keys()].filter((file) => file.startsWith(`${name}/`)).length,
    })),
    placeholders: request.outputs ? [] : needed,
    removed,
  };
};
