/**
 * Bundles that this checkout made before. Bundling all services takes half a minute of two processors, and starting, synthesizing,
 * rendering and comparing each need it; so the same sources are bundled once.
 */
import { createHash, randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { cp, mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type Bundle, type BundleOptions, fingerprint } from './bundle.ts';

/** What bundles are made of and made by; a test holds this against what lib/bundle imports. Packages are told by the lock file. */
export const SOURCE_FOLDERS = ['services', 'lib/bundle', 'lib/environment', 'lib/manifest-checks', 'lib/variables'];

/** States of the sources whose bundles are kept, the newest; each takes up to 160 MB. */
const KEPT_STATES = 4;

/** Where a checkout keeps them: with the packages that they are made of, so that `npm ci` begins anew. */
const storeOf = (root: string) => path.join(root, 'node_modules/.cache/cloudmart-bundles');

type Make = (options: BundleOptions) => Promise<Bundle>;

/** Gives the bundle of a name, which is also its folder's: as it was kept, or made and kept now. */
export type BundleOnce = (name: string, make: Make) => Promise<Bundle>;

const sourcesOf = async (root: string): Promise<string[]> => {
  const inFolder = async (folder: string, recursive: boolean) => {
    const entries = await readdir(path.join(root, folder), { recursive, withFileTypes: true });
    return entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
  };
  const found = await Promise.all([inFolder('lib', false), ...SOURCE_FOLDERS.map((folder) => inFolder(folder, true))]);
  return [...found.flat().filter((file) => !file.endsWith('.test.ts')), path.join(root, 'package-lock.json')].sort();
};

/** SHA-256 over names and bytes of all sources, hex: the same in every folder, so that two checkouts of a commit share their bundles. */
const stateOf = async (root: string): Promise<string> => {
  const hash = createHash('sha256').update(process.version);
  for (const file of await sourcesOf(root)) {
    const content = await readFile(file);
    hash.update(`${path.relative(root, file)}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex');
};

/** A bundle as it is kept: paths are relative to its folder. */
type Kept = Omit<Bundle, 'folder'>;

/** Puts the kept bundle where it is wanted; undefined where none is kept, or what is kept is not what was made. */
const take = async (kept: string, folder: string): Promise<Bundle | undefined> => {
  try {
    const bundle = JSON.parse(await readFile(path.join(kept, 'bundle.json'), 'utf8')) as Kept;
    const isThere = async () => (await fingerprint(folder)).hash === bundle.hash;
    if (!(await isThere().catch(() => false))) {
      await rm(folder, { recursive: true, force: true });
      await cp(path.join(kept, 'files'), folder, { recursive: true, mode: constants.COPYFILE_FICLONE });
      if (!(await isThere())) return undefined;
    }
    return { ...bundle, folder, entry: path.join(folder, bundle.entry) };
  } catch {
    // Never kept, or taken away meanwhile: making it anew is always right.
    return undefined;
  }
};

const keep = async (kept: string, { folder, entry, ...bundle }: Bundle) => {
  const unfinished = `${kept}-${randomUUID()}`;
  try {
    await cp(folder, path.join(unfinished, 'files'), { recursive: true, mode: constants.COPYFILE_FICLONE });
    await writeFile(
      path.join(unfinished, 'bundle.json'),
      JSON.stringify({ ...bundle, entry: path.relative(folder, entry) } satisfies Kept),
    );
    await rm(kept, { recursive: true, force: true });
    await rename(unfinished, kept);
  } catch {
    // A full or read-only disk, or somebody else was faster; the bundle itself is made.
    await rm(unfinished, { recursive: true, force: true }).catch(() => undefined);
  }
};

/** Takes away all but the newest states. */
const prune = async (store: string) => {
  const states = await Promise.all(
    (await readdir(store)).map(async (name) => ({ name, usedAt: (await stat(path.join(store, name))).mtimeMs })),
  );
  for (const { name } of states.sort((one, other) => other.usedAt - one.usedAt).slice(KEPT_STATES))
    await rm(path.join(store, name), { recursive: true, force: true });
};

/**
 * Gives bundles from what is kept, or makes and keeps them. What is kept is compared with its hash each time. Throws what making
 * one throws. For what is published use `bundleService`, which never asks what was made before.
 */
export const openBundleStore = async (options: BundleOptions): Promise<BundleOnce> => {
  const store = storeOf(options.root);
  const state = await stateOf(options.root);
  const place = path.join(store, state);
  const use = async () => {
    await mkdir(place, { recursive: true });
    const now = new Date();
    await utimes(place, now, now);
    await prune(store);
  };
  // The store only saves work: where it cannot be had, everything is made anew.
  await use().catch(() => undefined);
  return async (name, make) => {
    const kept = path.join(place, name);
    const known = await take(kept, path.join(options.into, name));
    if (known) return known;
    const bundle = await make(options);
    // Sources that changed while they were read belong to no state.
    if ((await stateOf(options.root)) === state) await keep(kept, bundle);
    return bundle;
  };
};
