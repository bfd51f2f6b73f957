/** Bundles several services into one folder, and does nothing when they are there already. */
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type LocalForm, type ServiceManifest, serviceKinds } from '../../services/kit/manifest.ts';
import type { BundleProof } from '../release/proof/bundle-proof.ts';
import {
  type Bundle,
  type BundleOptions,
  bundleAggregator,
  bundleFileServer,
  bundleInvoker,
  bundleService,
  fingerprint,
} from './bundle.ts';
import { startedBundle } from './bundle-names.ts';

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

/** Whether a bundle on disk is what it was when it was made. */
const isWhole = async ({ folder, hash }: Bundle): Promise<boolean> =>
  fingerprint(folder).then(
    (content) => content.hash === hash,
    () => false,
  );

type Work = { readonly name: string; readonly make: (options: BundleOptions) => Promise<Bundle> };

/** What stands for a service on this machine and is not its own bundle. */
const besides: Readonly<Record<LocalForm, (service: ServiceManifest) => Work['make'] | undefined>> = {
  process: () => undefined,
  invoker: () => bundleInvoker,
  files: () => bundleFileServer,
  aggregator: (service) => (options) => bundleAggregator(service, options),
};

/** What is bundled for these services: first what stands for some of them here, each once. */
const worksFor = (services: readonly ServiceManifest[]): Work[] => {
  const beside = new Map<string, Work['make']>();
  for (const service of services) {
    const make = besides[serviceKinds[service.kind].locally](service);
    if (make) beside.set(startedBundle(service), make);
  }
  return [
    ...[...beside].map(([name, make]) => ({ name, make })),
    ...services.map((service) => ({
      name: service.name,
      make: (options: BundleOptions) => bundleService(service, options),
    })),
  ];
};

/**
 * Bundles the services, each to `<into>/<name>`, and what stands for them on this machine: the invoker of Lambdas and the like.
 * `built` is told of each as it is done, in the order of the services, what is no service first. `proof` is what a release needs and a
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
  const works = worksFor(services);
  const reusable =
    kept && [key, `${key} proven`].includes(kept.key)
      ? works.map(({ name }) => kept.bundles.find(({ service }) => service === name))
      : [];
  const found: Bundle[] = [];
  for (const bundle of reusable) if (bundle && (await isWhole(bundle))) found.push(bundle);
  if (found.length === works.length) {
    found.forEach(built);
    return found;
  }
  const bundles: Bundle[] = [];
  for (const { name, make } of works) {
    options.signal?.throwIfAborted();
    const service = services.find((one) => one.name === name);
    const bundle = await make(options);
    if (service) await proof?.prove(service, bundle, options);
    bundles.push(bundle);
    built(bundle);
  }
  await mkdir(options.into, { recursive: true });
  await writeFile(file, JSON.stringify({ key, bundles }));
  return bundles;
};
