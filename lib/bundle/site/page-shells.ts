import { existsSync } from 'node:fs';
import path from 'node:path';
import { type HtmlTagDescriptor, type Plugin, type Rolldown, runnerImport } from 'vite';
import { doorsForBrowsers } from './doors-for-browsers.ts';

/** A page before anything is known. */
type Shell = {
  /** By what the site knows the page. */
  readonly page: string;
  readonly language: string;
  /** File that draws it later, relative to the service. */
  readonly module: string;
  readonly html: string;
};

type Chunk = Rolldown.OutputChunk;

/** Files of this chunk and of all that it imports. */
const filesOf = (chunk: Chunk | undefined, chunks: ReadonlyMap<string, Chunk>, seen = new Set<string>()) => {
  if (chunk === undefined || seen.has(chunk.fileName)) return seen;
  seen.add(chunk.fileName);
  for (const file of chunk.imports) filesOf(chunks.get(file), chunks, seen);
  return seen;
};

/**
 * Writes the pages that `<service>/shells.tsx` draws into `index.html`, each a `<template>` of its page and language with the scripts that it
 * waits for: what is known without data is seen before the script of the pages is there. A service without such a file has none.
 */
export const pageShells = (service: string): Plugin => {
  const file = path.join(service, 'shells.tsx');
  return {
    name: 'page-shells',
    apply: () => existsSync(file),
    transformIndexHtml: {
      order: 'post',
      handler: async (_, { bundle = {} }) => {
        const { module: drawn } = await runnerImport<{ readonly shells: readonly Shell[] }>(file, {
          root: service,
          configFile: false,
          envDir: false,
          logLevel: 'silent',
          mode: 'production',
          resolve: { preserveSymlinks: true },
          plugins: [doorsForBrowsers()],
        });
        const chunks = new Map(
          Object.values(bundle)
            .filter((one) => one.type === 'chunk')
            .map((chunk) => [chunk.fileName, chunk]),
        );
        const all = [...chunks.values()];
        const atFirst = filesOf(
          all.find(({ isEntry }) => isEntry),
          chunks,
        );
        return drawn.shells.map(({ page, language, module, html }): HtmlTagDescriptor => {
          const chunk = all.find(({ facadeModuleId }) => facadeModuleId === path.join(service, module));
          if (chunk === undefined) throw new Error(`${file}: ${module} is no page that comes with a file of its own`);
          const scripts = [...filesOf(chunk, chunks)].filter((script) => !atFirst.has(script));
          const attrs = {
            'data-page': page,
            lang: language,
            'data-scripts': scripts.map((name) => `/${name}`).join(' '),
          };
          return { tag: 'template', attrs, children: html, injectTo: 'body-prepend' };
        });
      },
    },
  };
};
