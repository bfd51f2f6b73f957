import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from '@jest/globals';
import { forgetNpxLink } from './npx-link.ts';

test('the link of this checkout is forgotten, and those of others stay', async () => {
  const cache = await mkdtemp(path.join(tmpdir(), 'npx-'));
  try {
    const links: Readonly<Record<string, readonly string[]>> = {
      own: ['/checkouts/shop'],
      other: ['/checkouts/shop-two'],
      tool: ['typescript@6.0.3'],
      both: ['/checkouts/shop', 'typescript@6.0.3'],
    };
    for (const [entry, packages] of Object.entries(links)) {
      await mkdir(path.join(cache, '_npx', entry), { recursive: true });
      await writeFile(path.join(cache, '_npx', entry, 'package.json'), JSON.stringify({ _npx: { packages } }));
    }
    await forgetNpxLink('/checkouts/shop', cache);
    expect((await readdir(path.join(cache, '_npx'))).sort()).toEqual(['both', 'other', 'tool']);
  } finally {
    await rm(cache, { recursive: true });
  }
});

test('a machine on which npx never ran has nothing to forget', async () => {
  await expect(forgetNpxLink('/checkouts/shop', path.join(tmpdir(), 'no-such-cache'))).resolves.toBeUndefined();
});
