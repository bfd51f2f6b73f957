/** What must be true of a service's sources before they are bundled: an image of empty files once reached production. */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { build, transform } from 'esbuild';
import type { ServiceManifest } from '../../services/kit/manifest.ts';

const isMissing = (problem: unknown) => (problem as NodeJS.ErrnoException).code === 'ENOENT';

const firstMessage = (problem: unknown) => {
  const { errors } = problem as { errors?: { text: string; location?: { line: number } }[] };
  const first = errors?.[0];
  return first ? `${first.text}${first.location ? ` (line ${first.location.line})` : ''}` : String(problem);
};

const readFilled = async (root: string, file: string) => {
  const text = await readFile(path.join(root, file), 'utf8').catch((problem: unknown) => {
    if (isMissing(problem)) throw new Error(`${file} is missing; restore it before building`);
    throw problem;
  });
  if (text.trim() === '') throw new Error(`${file} is empty; restore its content before building`);
  return text;
};

const readSource = async (root: string, file: string) => {
  const text = await readFilled(root, file);
  await transform(text, { loader: 'ts', logLevel: 'silent' }).catch((problem: unknown) => {
    throw new Error(`${file} cannot be parsed: ${firstMessage(problem)}`);
  });
};

const exportsOf = async (root: string, file: string): Promise<readonly string[]> => {
  const { metafile } = await build({
    entryPoints: [file],
    absWorkingDir: root,
    bundle: false,
    write: false,
    metafile: true,
    format: 'esm',
    outdir: 'dist',
    logLevel: 'silent',
  });
  return Object.values(metafile.outputs).flatMap(({ exports }) => exports);
};

/** Migrations of a service and of the kit; an empty one would pass for applied, and its table be missed at the first query. */
const migrationFolders = (service: string) => [
  `services/${service}/storage/migrations`,
  'services/kit/storage/migrations',
];

const checkMigrations = async (service: string, root: string) => {
  for (const folder of migrationFolders(service)) {
    const files = await readdir(path.join(root, folder)).catch((problem: unknown) => {
      if (isMissing(problem)) return [];
      throw problem;
    });
    for (const file of files.filter((name) => name.endsWith('.sql'))) await readFilled(root, `${folder}/${file}`);
  }
};

/**
 * Refuses a service whose entry point or any other source file is missing, empty or unparsable, one with an empty migration,
 * and one whose critical functions are not exported where its manifest says. Throws one sentence naming the file.
 */
export const checkIntegrity = async (service: ServiceManifest, entry: string, root: string): Promise<void> => {
  await readSource(root, entry);
  const folder = `services/${service.name}`;
  const entries = await readdir(path.join(root, folder), { recursive: true });
  const sources = entries.filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'));
  for (const file of sources) await readSource(root, `${folder}/${file.split(path.sep).join('/')}`);
  await checkMigrations(service.name, root);
  for (const { file, name } of service.criticalFunctions) {
    await readSource(root, `${folder}/${file}`);
    if (!(await exportsOf(root, `${folder}/${file}`)).includes(name))
      throw new Error(
        `${folder}/${file} does not export "${name}", which ${folder}/manifest.ts names as a critical function`,
      );
  }
};
