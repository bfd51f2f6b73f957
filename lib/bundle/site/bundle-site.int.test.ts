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
