/** Parts of README.md, pages under `docs/`, and compose.yaml with what belongs to it, that are written from the code. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { runsInCluster } from '../../services/kit/manifest.ts';
import { composeFiles } from '../compose/compose-file.ts';
import { environmentNamed, environments } from '../environments.ts';
import { services } from '../services.ts';
import { preparePlatform, type SynthesizedStack } from '../templates/platform-templates.ts';
import { architecturePage } from './architecture-page.ts';
import { environmentsPage } from './environments-page.ts';
import { metricsPage } from './metrics-page.ts';
import { readmeWith } from './readme-map.ts';
import { permissionsPage, statefulResourcesPage } from './template-pages.ts';

/** Content by path in the checkout. */
export const writtenPages = async (
  production: readonly SynthesizedStack[],
  root: string,
): Promise<ReadonlyMap<string, string>> => {
  const architecture = 'docs/architecture.md';
  const text = (file: string) => readFile(path.join(root, file), 'utf8');
  return new Map([
    ['README.md', readmeWith(await text('README.md'), services)],
    [architecture, architecturePage(await text(architecture), { services, environments, production })],
    ['docs/environments.md', environmentsPage(environments)],
    ['docs/metrics.md', metricsPage(services.filter(runsInCluster))],
    ['docs/permissions.md', permissionsPage(production)],
    ['docs/stateful-resources.md', statefulResourcesPage(production)],
    ...composeFiles(services),
  ]);
};

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
  const pages = await writtenPages(preparePlatform([environmentNamed('production')], services).synth(), root);
  const stale = await stalePages(pages, root);
  if (write)
    for (const file of stale) {
      await mkdir(path.dirname(path.join(root, file)), { recursive: true });
      await writeFile(path.join(root, file), pages.get(file) ?? '');
    }
  return stale;
};
