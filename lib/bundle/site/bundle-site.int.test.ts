import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { testManifest } from '../../../services/kit/testing/manifest.ts';
import { bundleSite } from './bundle-site.ts';

let root: string;
const before = process.env['NODE_ENV'];
beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'site-'));
  const service = path.join(root, 'services/pages');
  await mkdir(service, { recursive: true });
  await writeFile(
    path.join(service, 'index.html'),
    '<!doctype html><html lang="en"><title>Pages</title><script type="module" src="./main.ts"></script></html>',
  );
  await writeFile(path.join(service, 'main.ts'), "document.title = 'built for ' + process.env.NODE_ENV;\n");
});
afterEach(async () => {
  process.env['NODE_ENV'] = before;
  await rm(root, { recursive: true, force: true });
});

test.each(['development', 'test', 'production'])(
  'what ships is built for production, also in a shell for %s',
  async (mode) => {
    process.env['NODE_ENV'] = mode;
    const pages = testManifest({ name: 'pages', kind: 'static', ports: { http: 9001 } });
    const { folder } = await bundleSite(pages, { root, into: path.join(root, 'out') });
    const scripts = (await readdir(path.join(folder, 'assets'))).filter((file) => file.endsWith('.js'));
    const texts = await Promise.all(scripts.map((file) => readFile(path.join(folder, 'assets', file), 'utf8')));
    expect(texts.join('')).toContain('built for production');
  },
);

test('pages that a service draws ahead stand in its page as templates, each with the scripts that it waits for', async () => {
  const service = path.join(root, 'services/pages');
  await writeFile(path.join(service, 'main.ts'), "await import('./list.ts');\n");
  await writeFile(path.join(service, 'list.ts'), "document.title = 'list';\n");
  await writeFile(
    path.join(service, 'shells.tsx'),
    "export const shells = [{ page: '/list', language: 'en', module: 'list.ts', html: '<h1>List</h1>' }];\n",
  );
  const pages = testManifest({ name: 'pages', kind: 'static', ports: { http: 9001 } });
  const { entry, folder } = await bundleSite(pages, { root, into: path.join(root, 'out') });
  const [, scripts, html] =
    /<template data-page="\/list" lang="en" data-scripts="([^"]+)">(.*?)<\/template>/.exec(
      await readFile(entry, 'utf8'),
    ) ?? [];
  expect(html).toBe('<h1>List</h1>');
  expect(await readFile(path.join(folder, scripts ?? ''), 'utf8')).toContain('list');
});
