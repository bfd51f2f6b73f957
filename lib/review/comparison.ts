/** `cloudmart diff`: what the working tree changes in every environment, compared with another revision. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { environments as known } from '../environments.ts';
import { waitForAll } from '../wait-for-all.ts';
import { type ManifestChange, manifestChanges } from './manifest-changes.ts';
import { buildSide, commitOf, inCheckout, type SideOfEnvironment } from './side.ts';
import { type DestructiveChange, type StackChange, stackChanges } from './stack-changes.ts';

export type EnvironmentChange = {
  readonly environment: string;
  readonly stacks: readonly StackChange[];
  readonly manifests: readonly ManifestChange[];
};

export type Comparison = {
  /** Full id of the commit that is compared with. */
  readonly base: string;
  readonly environments: readonly EnvironmentChange[];
};

export type CompareRequest = {
  /** Root of the checkout whose working tree is the newer side. */
  readonly root: string;
  /** Branch, tag or commit of the older side. */
  readonly revision: string;
  /** Told what is being done, for a person who waits. */
  readonly progress: (sentence: string) => void;
};

/** An environment that one side does not have. */
const nothing: SideOfEnvironment = { templates: new Map(), manifests: new Map() };

/** Builds both sides, one on each core, and compares them. Leaves nothing behind. Throws one sentence when a side cannot be built. */
export const compare = async ({ root, revision, progress }: CompareRequest): Promise<Comparison> => {
  const base = await commitOf(root, revision);
  const folder = await mkdtemp(path.join(tmpdir(), 'cloudmart-diff-'));
  try {
    progress(`building ${revision} (${base.slice(0, 12)}) and the working tree`);
    const checkout = path.join(folder, 'checkout');
    const [before, after] = await inCheckout(root, base, checkout, () =>
      waitForAll([
        buildSide(revision, checkout, path.join(folder, 'base')),
        buildSide('the working tree', root, path.join(folder, 'head')),
      ]),
    );
    progress('comparing');
    const environments = new Set([...known.map(({ name }) => name), ...before.keys(), ...after.keys()]);
    const changes: EnvironmentChange[] = [];
    for (const environment of environments) {
      const [older, newer] = [before.get(environment) ?? nothing, after.get(environment) ?? nothing];
      changes.push({
        environment,
        stacks: stackChanges(older.templates, newer.templates),
        manifests: await manifestChanges(older.manifests, newer.manifests),
      });
    }
    return { base, environments: changes.filter(({ stacks, manifests }) => stacks.length + manifests.length > 0) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

/** Every destructive change with its environment. */
export const destructiveChangesOf = ({ environments }: Comparison): (DestructiveChange & { environment: string })[] =>
  environments.flatMap(({ environment, stacks }) =>
    stacks.flatMap(({ destructive }) => destructive.map((change) => ({ environment, ...change }))),
  );
