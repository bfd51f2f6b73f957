/** Rendered files on disk: a folder is only ever written by the environment it was made for. */
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import type { ManifestFiles } from './manifest-files.ts';

const markerName = '.cloudmart-render.json';
const markerShape = z.object({ environment: z.string(), files: z.array(z.string()) });

const markerText = z
  .string()
  .transform((text, context) => {
    try {
      return JSON.parse(text) as unknown;
    } catch {
      context.addIssue({ code: 'custom', message: 'not JSON' });
      return z.NEVER;
    }
  })
  .pipe(markerShape);

type Marker = z.output<typeof markerShape>;

const fileProblem = (directory: string) => (problem: NodeJS.ErrnoException) => {
  throw new Error(
    `cannot write ${directory} (${problem.code ?? problem.message}); choose a folder that you may write and that has room`,
  );
};

const entriesOf = async (directory: string): Promise<string[]> =>
  readdir(directory).catch((problem: NodeJS.ErrnoException) =>
    problem.code === 'ENOENT' ? [] : fileProblem(directory)(problem),
  );

const markerOf = async (directory: string, environment: string): Promise<Marker> => {
  const entries = await entriesOf(directory);
  if (entries.length === 0) return { environment, files: [] };
  if (!entries.includes(markerName))
    throw new Error(
      `${directory} holds ${entries.length} entries that were not rendered by this command; choose an empty folder`,
    );
  const parsed = markerText.safeParse(await readFile(path.join(directory, markerName), 'utf8'));
  if (!parsed.success || parsed.data.files.some((file) => path.isAbsolute(file) || file.split('/').includes('..')))
    throw new Error(`${path.join(directory, markerName)} is damaged; choose an empty folder`);
  if (parsed.data.environment !== environment)
    throw new Error(`${directory} holds ${parsed.data.environment}; choose another folder for ${environment}`);
  return parsed.data;
};

/** Throws one sentence when a folder may not be written for an environment: it is not empty and not rendered for it. */
export const checkFolder = async (directory: string, environment: string): Promise<void> => {
  await markerOf(directory, environment);
};

/**
 * Writes the files and removes those of an earlier rendering that are no longer made; foreign files inside stay.
 * Returns the removed paths. Throws one sentence when the folder is not empty and not rendered for this environment, or
 * cannot be written.
 */
export const writeFiles = async (files: ManifestFiles, directory: string, environment: string): Promise<string[]> => {
  const earlier = await markerOf(directory, environment);
  const removed = earlier.files.filter((file) => !files.has(file));
  const write = async () => {
    await mkdir(directory, { recursive: true });
    // The marker names old and new files first, so that an interrupted rendering is still ours and the next one mends it.
    const mark = (names: Iterable<string>) =>
      writeFile(path.join(directory, markerName), `${JSON.stringify({ environment, files: [...names] }, null, 2)}\n`);
    await mark(new Set([...files.keys(), ...earlier.files]));
    for (const [file, content] of files) {
      await mkdir(path.dirname(path.join(directory, file)), { recursive: true });
      await writeFile(path.join(directory, file), content);
    }
    for (const file of removed) {
      await rm(path.join(directory, file), { force: true });
      const folder = path.dirname(path.join(directory, file));
      if ((await entriesOf(folder)).length === 0) await rm(folder, { recursive: true, force: true });
    }
    await mark(files.keys());
  };
  await write().catch(fileProblem(directory));
  return removed;
};
