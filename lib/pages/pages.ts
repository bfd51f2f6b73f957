/** Pages under `docs/` that are written from the code. */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { environmentNamed, environments } from '../environments.ts';
import type { StackTemplate } from '../guards/template.ts';
import { preparePlatform } from '../platform-templates.ts';
import { services } from '../services.ts';
import { environmentsPage } from './environments-page.ts';
import { permissionsPage, statefulResourcesPage } from './template-pages.ts';

/** Content by path in the checkout. */
export const writtenPages = (production: readonly StackTemplate[]): ReadonlyMap<string, string> =>
  new Map([
    ['docs/environments.md', environmentsPage(environments)],
    ['docs/permissions.md', permissionsPage(production)],
    ['docs/stateful-resources.md', statefulResourcesPage(production)],
  ]);

/** Pages whose file differs from what the code says now. */
export const stalePages = async (pages: ReadonlyMap<string, string>, root: string): Promise<string[]> => {
  const stale: string[] = [];
  for (const [file, content] of pages)
    if ((await readFile(path.join(root, file), 'utf8').catch(() => '')) !== content) stale.push(file);
  return stale;
};

/** Writes what is stale, or only names it. */
export const refreshPages = async (
  root: string,
  { write }: { readonly write: boolean },
): Promise<readonly string[]> => {
  const pages = writtenPages(preparePlatform([environmentNamed('production')], services).synth());
  const stale = await stalePages(pages, root);
  if (write) for (const file of stale) await writeFile(path.join(root, file), pages.get(file) ?? '');
  return stale;
};
