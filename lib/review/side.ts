/** One side of a comparison: what a checkout makes of every environment, without credentials or network. */
import { symlink } from 'node:fs/promises';
import path from 'node:path';
import { CloudAssembly } from 'aws-cdk-lib/cx-api';
import { runProgram } from './run-program.ts';

export type Template = Readonly<Record<string, unknown>>;

/** Template of every stack by its name, for each environment. */
export type Side = ReadonlyMap<string, ReadonlyMap<string, Template>>;

/** Stacks by environment, which is the stage that they belong to. */
const templatesOf = (assembly: string): Side => {
  const templates = new Map<string, Map<string, Template>>();
  for (const stack of new CloudAssembly(assembly).stacksRecursively) {
    const environment = stack.hierarchicalId.split('/')[0] as string;
    const ofEnvironment = templates.get(environment) ?? new Map<string, Template>();
    templates.set(environment, ofEnvironment.set(stack.stackName, stack.template));
  }
  return templates;
};

/** Synthesizes a checkout into a folder. Throws one error that names the side when it cannot be built. */
export const buildSide = async (name: string, checkout: string, assembly: string): Promise<Side> => {
  // The laws have a step of their own; here they would only cost time.
  const environment = { CDK_VALIDATION: 'false', CI: 'true' };
  await runProgram('node_modules/.bin/cdk', ['synth', '--quiet', '--output', assembly], {
    cwd: checkout,
    environment,
  }).catch((problem: Error) => {
    throw new Error(`${name} cannot be built: ${problem.message}`);
  });
  return templatesOf(assembly);
};

/** Full id of a revision. Throws one sentence when there is none. */
export const commitOf = async (root: string, revision: string): Promise<string> => {
  const id = await runProgram('git', ['rev-parse', '--verify', '--quiet', `${revision}^{commit}`], { cwd: root }).catch(
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
  await runProgram('git', ['worktree', 'prune'], { cwd: root });
  await runProgram('git', ['worktree', 'add', '--detach', folder, commit], { cwd: root });
  try {
    await symlink(path.join(root, 'node_modules'), path.join(folder, 'node_modules'));
    return await work();
  } finally {
    await runProgram('git', ['worktree', 'remove', '--force', folder], { cwd: root });
  }
};
