/** Bundles several services into one folder, and does nothing when they are there already. */
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { ServiceManifest } from '../../services/kit/manifest.ts';
import type { BundleProof } from '../release/proof/bundle-proof.ts';
import { type Bundle, type BundleOptions, bundleInvoker, bundleService } from './bundle.ts';
import { INVOKER } from './bundle-names.ts';

const KEY_FILE = 'bundles.json';

/**
 * Changes when any source, migration or dependency of the services does: names, sizes and times of the files under
 * `services/`, and the lock file. Cheaper than bundling by far, and only used to leave out work.
 */
const sourcesKey = async ({ root, into }: BundleOptions): Promise<string> => {
  const hash = createHash('sha256').update(`${process.version}\0${into}\0`);
  const entries = await readdir(path.join(root, 'services'), { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile() && !entry.name.endsWith('.test.ts'))
    .map((entry) => path.join(entry.parentPath, entry.name));
  for (const file of [...files.sort(), path.join(root, 'package-lock.json')]) {
    const { size, mtimeMs } = await stat(file);
    hash.update(`${file}\0${size}\0${mtimeMs}\0`);
  }
  return hash.digest('hex');
};

type Kept = { readonly key: string; readonly bundles: readonly Bundle[] };

const readKept = async (file: string): Promise<Kept | undefined> => {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Kept;
  } catch {
    return undefined;
  }
};

/**
 * Bundles the services, each to `<into>/<name>`, and with a Lambda among them the process that invokes it here.
 * `built` is told of each as it is done, in the order of the services, the invoker first. `proof` is what a release needs and a
 * start on this machine does not.
 */
export const bundleServices = async (
  services: readonly ServiceManifest[],
  options: BundleOptions,
  built: (bundle: Bundle) => void,
  proof?: BundleProof,
): Promise<Bundle[]> => {
  const file = path.join(options.into, KEY_FILE);
  const key = `${await sourcesKey(options)}${proof ? ' proven' : ''}`;
  const kept = await readKept(file);
  const names = [
    ...(services.some(({ kind }) => kind === 'lambda') ? [INVOKER] : []),
    ...services.map(({ name }) => name),
  ];
  const reusable =
    kept && [key, `${key} proven`].includes(kept.key)
      ? names.map((name) => kept.bundles.find(({ service }) => service === name))
      : [];
  const found = reusable.filter((bundle) => bundle !== undefined);
  if (found.length === names.length) {
    found.forEach(built);
    return found;
  }
  const bundles: Bundle[] = [];
  for (const name of names) {
    options.signal?.throwIfAborted();
    const service = services.find((one) => one.name === name);
    const bundle = service ? await bundleService(service, options) : await bundleInvoker(options);
    if (service) await proof?.prove(service, bundle, options);
    bundles.push(bundle);
    built(bundle);
  }
  await mkdir(options.into, { recursive: true });
  await writeFile(file, JSON.stringify({ key, bundles }));
  return bundles;
};
