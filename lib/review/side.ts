/** One side of a comparison: what a checkout makes of every environment, without credentials or network. */
import { readdir, readFile, symlink } from 'node:fs/promises';
import path from 'node:path';
import { CloudAssembly } from 'aws-cdk-lib/cx-api';
import { outputOf } from '../run-program.ts';
import { deployedManifests } from './deployed-manifests.ts';

export type RawTemplate = Readonly<Record<string, unknown>>;

/** What a checkout makes of one environment. */
export type SideOfEnvironment = {
  /** Template of every stack by its name. */
  readonly templates: ReadonlyMap<string, RawTemplate>;
  /** YAML of every Kubernetes object by path. */
  readonly manifests: ReadonlyMap<string, string>;
};

export type Side = ReadonlyMap<string, SideOfEnvironment>;

/** Stacks by environment, which is the stage that they belong to. */
const templatesOf = (assembly: string): ReadonlyMap<string, ReadonlyMap<string, RawTemplate>> => {
  const templates = new Map<string, Map<string, RawTemplate>>();
  for (const stack of new CloudAssembly(assembly).stacksRecursively) {
    const environment = stack.hierarchicalId.split('/')[0] as string;
    const ofEnvironment = templates.get(environment) ?? new Map<string, RawTemplate>();
    templates.set(environment, ofEnvironment.set(stack.stackName, stack.template));
  }
  return templates;
};

/** Kubernetes objects that no template holds, because Argo CD applies them from rendered files. */
const renderedManifests = async (checkout: string, environment: string, out: string) => {
  const parameters = ['bin/cloudmart.ts', 'render', '--environment', environment, '--out', out];
  await outputOf('node_modules/.bin/node', parameters, { cwd: checkout });
  const files = (await readdir(out, { recursive: true })).filter((file) => file.endsWith('.yaml')).sort();
  return Promise.all(files.map(async (file) => [file, await readFile(path.join(out, file), 'utf8')] as const));
};

const manifestsOf = async (
  checkout: string,
  environment: string,
  templates: ReadonlyMap<string, RawTemplate>,
  out: string,
) => {
  const deployed = deployedManifests(templates);
  const isApplied = [...deployed.keys()].some((file) => file.endsWith('/namespace.yaml'));
  return isApplied ? deployed : new Map([...deployed, ...(await renderedManifests(checkout, environment, out))]);
};

/** Synthesizes a checkout into a folder. Throws one error that names the side when it cannot be built. */
export const buildSide = async (title: string, checkout: string, assembly: string): Promise<Side> => {
  // The rules have a step of their own; here they would only cost time.
  const environment = { CDK_VALIDATION: 'false', CI: 'true' };
  await outputOf('node_modules/.bin/cdk', ['synth', '--quiet', '--output', assembly], {
    cwd: checkout,
    environment,
  }).catch((problem: Error) => {
    throw new Error(`${title} cannot be built: ${problem.message}`);
  });
  const side = new Map<string, SideOfEnvironment>();
  for (const [name, templates] of templatesOf(assembly))
    side.set(name, { templates, manifests: await manifestsOf(checkout, name, templates, `${assembly}-${name}`) });
  return side;
};

/** Full id of a revision. Throws one sentence when there is none. */
export const commitOf = async (root: string, revision: string): Promise<string> => {
  const id = await outputOf('git', ['rev-parse', '--verify', '--quiet', `${revision}^{commit}`], { cwd: root }).catch(
    () => {
      throw new Error(`there is no revision "${revision}" in ${root}; fetch it first, or name a branch, tag or commit`);
    },
  );
  return id.trim();
};

/** Runs work in a checkout of a commit, which is removed afterwards. It uses the installed packages of the root. */
export const inCheckout = async <R>(
  root: string,
  commit: string,
  folder: string,
  work: () => Promise<R>,
): Promise<R> => {
  await outputOf('git', ['worktree', 'prune'], { cwd: root });
  await outputOf('git', ['worktree', 'add', '--detach', folder, commit], { cwd: root });
  try {
    await symlink(path.join(root, 'node_modules'), path.join(folder, 'node_modules'));
    return await work();
  } finally {
    await outputOf('git', ['worktree', 'remove', '--force', folder], { cwd: root });
  }
};
