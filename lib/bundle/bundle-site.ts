/** Takes the web build of a static service into the folder that ships. */
import { cp, mkdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { type ServiceManifest, serviceKinds } from '../../services/kit/manifest.ts';
import { refuseBuiltInAddresses } from './site-addresses.ts';

/**
 * Copies `services/<name>/dist` to `<into>/<name>`. Throws one sentence when there is no page in it, or when an address of the API is
 * built in: the same files serve every environment, which tells them its own at `/config.json`.
 */
export const bundleSite = async (
  { name, kind }: ServiceManifest,
  { root, into }: { readonly root: string; readonly into: string },
): Promise<{ readonly folder: string; readonly entry: string }> => {
  const service = path.join(root, 'services', name);
  const { entry: written } = serviceKinds[kind];
  const build = path.join(service, written);
  const page = await stat(path.join(build, 'index.html')).catch((problem: NodeJS.ErrnoException) => {
    if (problem.code === 'ENOENT') return undefined;
    throw problem;
  });
  if (!page?.size)
    throw new Error(
      `services/${name}/${written}/index.html is ${page ? 'empty' : 'missing'}; build the pages of ${name} before bundling`,
    );
  await refuseBuiltInAddresses(build, service);
  const folder = path.join(into, name);
  await rm(folder, { recursive: true, force: true });
  await mkdir(into, { recursive: true });
  await cp(build, folder, { recursive: true });
  return { folder, entry: path.join(folder, 'index.html') };
};
