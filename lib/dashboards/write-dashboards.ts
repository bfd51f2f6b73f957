import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { ServiceManifest } from '../../services/kit/manifest.ts';
import { dashboardFiles } from './dashboards.ts';

/**
 * Writes a file a dashboard into a folder, and removes those of services that are gone: every other `service-*.json`.
 * Resolves to the paths that were written; makes the folder where it is missing.
 */
export const writeDashboards = async (folder: string, services: readonly ServiceManifest[]): Promise<string[]> => {
  const files = dashboardFiles(services);
  await mkdir(folder, { recursive: true });
  for (const name of await readdir(folder))
    if (/^service-.+\.json$/.test(name) && !files.has(name)) await rm(path.join(folder, name));
  for (const [name, content] of files) await writeFile(path.join(folder, name), content);
  return [...files.keys()].map((name) => path.join(folder, name));
};
