/** Builds the pages of a static service into the folder that ships. */
import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { type ServiceManifest, serviceKinds } from '../../../services/kit/manifest.ts';
import { runProgram } from '../../run-program.ts';
import { refuseBuiltInAddresses } from './site-addresses.ts';

/** The builder in a process of its own: its native parts take 200 MB, and fail inside the sandboxes of tests. */
const BUILDER = path.join(import.meta.dirname, 'main.ts');

/**
 * Builds the page `services/<name>/index.html` with all that it imports to `<into>/<name>`. Throws one sentence when there is no page,
 * when a source is broken, or when an address of the API is built in: the same files serve every environment, which tells
 * them its own at `/config.json`.
 */
export const bundleSite = async (
  { name, kind }: ServiceManifest,
  { root, into }: { readonly root: string; readonly into: string },
): Promise<{ readonly folder: string; readonly entry: string }> => {
  const service = path.join(root, 'services', name);
  const { entry: page } = serviceKinds[kind];
  const source = `services/${name}/${page}`;
  const text = await readFile(path.join(root, source), 'utf8').catch((problem: NodeJS.ErrnoException) => {
    if (problem.code === 'ENOENT') throw new Error(`${source} is missing; write the page there that loads the others`);
    throw problem;
  });
  if (text.trim() === '') throw new Error(`${source} is empty; restore its content before building`);
  const folder = path.join(into, name);
  await rm(folder, { recursive: true, force: true });
  const { code, stderr } = await runProgram(process.execPath, [BUILDER, service, folder], { complaints: 'kept' });
  if (code !== 0) throw new Error(`${source} cannot be built: ${stderr.trim()}`);
  await refuseBuiltInAddresses(folder, service);
  return { folder, entry: path.join(folder, page) };
};
