/** Bundles a service into the folder that ships: one ES module for Node 24 with its migrations beside it, named by its content. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type BuildFailure, type BuildResult, build, type Metafile } from 'esbuild';
import { type BundleForm, type ServiceManifest, serviceKinds } from '../../services/kit/manifest.ts';
import { checkIntegrity } from './bundle-integrity.ts';
import { aggregatorOf, FILE_SERVER, INVOKER, TOOLS } from './bundle-names.ts';
import { type BundlePart, includedInputs, partsOf } from './bundle-parts.ts';
import { bundleScript } from './bundle-script.ts';
import { bundleSite } from './site/bundle-site.ts';
import { checkSize } from './size-budget.ts';

export type Bundle = {
  readonly service: string;
  /** Folder that holds everything the service needs at run time. */
  readonly folder: string;
  /** File to start (`main.mjs`), to import (`handler.mjs`, exporting `handler`), to open (`index.html`) or to run on Flink (`job.sql`). */
  readonly entry: string;
  /** SHA-256 over names and bytes of all files, hex; the image tag. */
  readonly hash: string;
  /** Bytes of all files. */
  readonly bytes: number;
  /** What it is made of, the largest part first. */
  readonly parts: readonly BundlePart[];
};

export type BundleOptions = {
  /** Root of the checkout. */
  readonly root: string;
  /** Folder that receives one folder per service; what it held of this service before is replaced. */
  readonly into: string;
  /** Ends the work before the next service with the reason of the signal; default never. */
  readonly signal?: AbortSignal;
};

// CommonJS packages inside an ES module still call require for Node's own modules.
const BANNER =
  "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);";

/** Packages that others load only if they happen to be installed; the services run without them. */
const OPTIONAL_PACKAGES = ['pg-native'];

/** Packages that read a file of their own beside them, which a bundle has not; their other entry carries it inside. */
const PACKAGES_IN_ONE_FILE = { '@platformatic/wasm-utils': '@platformatic/wasm-utils/bundled' };

const filesUnder = async (folder: string): Promise<string[]> => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)).split(path.sep).join('/'))
    .sort();
};

/** Hash over names and bytes of all files of a folder, and how many bytes they have. */
export const fingerprint = async (folder: string) => {
  const hash = createHash('sha256');
  let bytes = 0;
  for (const file of await filesUnder(folder)) {
    const content = await readFile(path.join(folder, file));
    hash.update(`${file}\0${content.length}\0`).update(content);
    bytes += content.length;
  }
  return { hash: hash.digest('hex'), bytes };
};

const copyMigrations = async (from: string, to: string) => {
  const names = await readdir(from).catch((problem: NodeJS.ErrnoException) => {
    if (problem.code === 'ENOENT') return [];
    throw problem;
  });
  for (const name of names.filter((file) => file.endsWith('.sql'))) {
    await mkdir(to, { recursive: true });
    await cp(path.join(from, name), path.join(to, name));
  }
};

/**
 * A package in CommonJS that is imported on demand comes out of the bundler with a default export alone: every name that the
 * source takes from it is undefined at run time.
 */
const checkImportsOnDemand = ({ inputs }: Metafile) => {
  for (const [file, { imports }] of Object.entries(inputs))
    for (const { kind, path: target, original } of imports)
      if (kind === 'dynamic-import' && inputs[target]?.format === 'cjs' && file.startsWith('services/'))
        throw new Error(
          `${file} imports "${original}" on demand, which loses its names in the bundle; import it statically in a file of its own, and that file on demand`,
        );
};

/** Copies the WebAssembly that packages have beside a file that is in the bundle, `codec.wasm` or `codec_bg.wasm` beside `codec.js`. */
const copyWebAssembly = async (metafile: Metafile, root: string, folder: string) => {
  for (const input of includedInputs(metafile).keys()) {
    if (!/node_modules\/.*\.js$/.test(input)) continue;
    const beside = ['.wasm', '_bg.wasm'].map((ending) => input.replace(/\.js$/, ending));
    for (const file of beside.filter((each) => existsSync(path.join(root, each))))
      await cp(path.join(root, file), path.join(folder, path.basename(file)));
  }
};

/** Threads of a service, `clients/image-worker.ts`: each is a file of its own beside the entry. */
const workersOf = async (service: string, root: string): Promise<string[]> =>
  (await filesUnder(path.join(root, 'services', service)))
    .filter((file) => file.endsWith('-worker.ts'))
    .map((file) => `services/${service}/${file}`);

/** The first fault that esbuild met; others often follow from it. */
const sentenceOf = ({ errors: [first], message }: BuildFailure, source: string): string =>
  first
    ? `${first.location ? `${first.location.file} line ${first.location.line}` : source}: ${first.text}; correct it before building`
    : `${source} cannot be bundled: ${message}`;

/**
 * Builds one entry point to `<into>/<name>/<stem>.mjs`.
 * Paths inside the output are relative to the root, so the same source gives the same bytes in every folder.
 */
const bundleEntry = async (
  name: string,
  source: string,
  stem: string,
  { root, into }: BundleOptions,
  workers: readonly string[] = [],
) => {
  const folder = path.join(into, name);
  const result: BuildResult<{ write: false; metafile: true }> = await build({
    entryPoints: [
      { in: source, out: stem },
      ...workers.map((worker) => ({ in: worker, out: path.parse(worker).name })),
    ],
    absWorkingDir: root,
    // Never written: it only fixes how source maps spell the way back to the sources.
    outdir: path.join(root, 'dist', name),
    outExtension: { '.js': '.mjs' },
    bundle: true,
    // What is imported on demand stays in files of its own, and is in memory only once it is needed.
    splitting: true,
    // Names stay readable. White space and comments are a third of the text, and a single character in them that is
    // not Latin-1 would make V8 keep all of it at two bytes a character: 20 MB in every process.
    minifyWhitespace: true,
    minifySyntax: true,
    lineLimit: 200,
    legalComments: 'linked',
    write: false,
    metafile: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    banner: { js: BANNER },
    sourcemap: 'linked',
    sourcesContent: false,
    preserveSymlinks: true,
    external: OPTIONAL_PACKAGES,
    alias: PACKAGES_IN_ONE_FILE,
    logLevel: 'silent',
  }).catch((problem: BuildFailure) => {
    throw new Error(sentenceOf(problem, source), { cause: problem });
  });
  checkImportsOnDemand(result.metafile);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  for (const file of result.outputFiles) await writeFile(path.join(folder, path.basename(file.path)), file.contents);
  await copyWebAssembly(result.metafile, root, folder);
  return { folder, entry: path.join(folder, `${stem}.mjs`), metafile: result.metafile };
};

/** Bundles what Node runs of a service, with its own migrations in `storage/migrations` and the kit's in `storage/kit-migrations`. */
const bundleModule = async (
  service: ServiceManifest,
  name: string,
  source: string,
  stem: string,
  options: BundleOptions,
) => {
  await checkIntegrity(service, source, options.root);
  const workers = await workersOf(service.name, options.root);
  const { folder, entry, metafile } = await bundleEntry(name, source, stem, options, workers);
  const included = includedInputs(metafile);
  for (const { file, name: critical } of service.criticalFunctions)
    if (!included.has(`services/${service.name}/${file}`))
      throw new Error(
        `services/${service.name}/manifest.ts names the critical function "${critical}" in ${file}, but ${source} never reaches that file; wire it in app.ts`,
      );
  await copyMigrations(
    path.join(options.root, 'services', service.name, 'storage/migrations'),
    path.join(folder, 'storage/migrations'),
  );
  await copyMigrations(
    path.join(options.root, 'services/kit/storage/migrations'),
    path.join(folder, 'storage/kit-migrations'),
  );
  return { service: name, folder, entry, ...(await fingerprint(folder)), parts: partsOf(metafile) };
};

const formed: Readonly<Record<BundleForm, (service: ServiceManifest, options: BundleOptions) => Promise<Bundle>>> = {
  program: (service, options) => {
    const { entry } = serviceKinds[service.kind];
    return bundleModule(service, service.name, `services/${service.name}/${entry}`, path.parse(entry).name, options);
  },
  site: async (service, options) => {
    const site = await bundleSite(service, options);
    return { service: service.name, ...site, ...(await fingerprint(site.folder)), parts: [] };
  },
  script: async (service, options) => {
    const script = await bundleScript(service, options);
    return { service: service.name, ...script, ...(await fingerprint(script.folder)), parts: [] };
  },
};

/**
 * Bundles one service as its kind says (`serviceKinds` of services/kit/manifest.ts). Throws one sentence when a source is missing,
 * empty or unparsable, when a critical function that the manifest names is not in the bundle, or when the bundle is larger than
 * its budget.
 */
export const bundleService = async (service: ServiceManifest, options: BundleOptions): Promise<Bundle> => {
  const bundle = await formed[serviceKinds[service.kind].bundle](service, options);
  checkSize(service, bundle.bytes, bundle.parts);
  return bundle;
};

const bundleProgram = async (name: string, source: string, options: BundleOptions): Promise<Bundle> => {
  const { folder, entry, metafile } = await bundleEntry(name, source, 'main', options);
  await copyMigrations(
    path.join(options.root, 'services/kit/storage/migrations'),
    path.join(folder, 'storage/kit-migrations'),
  );
  return { service: name, folder, entry, ...(await fingerprint(folder)), parts: partsOf(metafile) };
};

/** Bundles the process that invokes Lambda handlers on this machine; it ships nowhere else. */
export const bundleInvoker = (options: BundleOptions): Promise<Bundle> =>
  bundleProgram(INVOKER, 'services/kit/functions/main.ts', options);

/** Bundles the process that serves files to browsers on this machine. */
export const bundleFileServer = (options: BundleOptions): Promise<Bundle> =>
  bundleProgram(FILE_SERVER, 'services/kit/files/main.ts', options);

/** Bundles the aggregator that a stream job brings along for this machine: `local.ts`. */
export const bundleAggregator = (service: ServiceManifest, options: BundleOptions): Promise<Bundle> =>
  bundleModule(service, aggregatorOf(service.name), `services/${service.name}/local.ts`, 'main', options);

/** Bundles what stands beside the services in containers: the job that prepares their peers, the mailbox, the catalogue's load. */
export const bundleTools = (options: BundleOptions): Promise<Bundle> =>
  bundleProgram(TOOLS, 'lib/compose/main.ts', options);
