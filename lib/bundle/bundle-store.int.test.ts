import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { build } from 'esbuild';
import { root as checkout } from '../checkout.ts';
import { type BundleOptions, fingerprint } from './bundle.ts';
import { openBundleStore, SOURCE_FOLDERS } from './bundle-store.ts';

let place: string;
let made: string[];
beforeEach(async () => {
  place = await mkdtemp(path.join(tmpdir(), 'bundle-store-'));
  made = [];
  for (const folder of ['lib', ...SOURCE_FOLDERS]) await mkdir(path.join(place, folder), { recursive: true });
  await write('package-lock.json', '{}');
  await write('services/greeter/main.ts', 'console.log(1);\n');
});
afterEach(() => rm(place, { recursive: true, force: true }));

const write = async (file: string, text: string) => {
  await mkdir(path.dirname(path.join(place, file)), { recursive: true });
  await writeFile(path.join(place, file), text);
};

/** Makes a bundle that is its source, and notes that it did. */
const greeter = async ({ root, into }: BundleOptions) => {
  made.push(into);
  const folder = path.join(into, 'greeter');
  await mkdir(path.join(folder, 'storage'), { recursive: true });
  const text = await readFile(path.join(root, 'services/greeter/main.ts'));
  await writeFile(path.join(folder, 'main.mjs'), text);
  await writeFile(path.join(folder, 'storage/a.sql'), 'SELECT 1;\n');
  return {
    service: 'greeter',
    folder,
    entry: path.join(folder, 'main.mjs'),
    parts: [],
    ...(await fingerprint(folder)),
  };
};

const bundle = async (into: string, make = greeter) => {
  const bundleOnce = await openBundleStore({ root: place, into: path.join(place, into) });
  return bundleOnce('greeter', make);
};
const store = () => path.join(place, 'node_modules/.cache/cloudmart-bundles');

describe('bundles that were made before', () => {
  it('are put wherever they are wanted, whole, without making them again', async () => {
    const first = await bundle('one');
    const second = await bundle('two');
    expect(made).toHaveLength(1);
    expect(second).toEqual({
      ...first,
      folder: path.join(place, 'two/greeter'),
      entry: path.join(place, 'two/greeter/main.mjs'),
    });
    expect(await fingerprint(second.folder)).toEqual({ hash: first.hash, bytes: first.bytes });
  });

  it.each([
    ['a source', 'services/greeter/main.ts'],
    ['a file that a bundle copies', 'services/greeter/storage/migrations/0001-a.sql'],
    ['what bundles', 'lib/bundle/bundle.ts'],
    ['the list of services', 'lib/services.ts'],
    ['a package', 'package-lock.json'],
  ])('are made again once %s changes', async (_, file) => {
    await bundle('one');
    await write(file, 'changed');
    await bundle('one');
    expect(made).toHaveLength(2);
  });

  it('are not made again for a changed test', async () => {
    await bundle('one');
    await write('services/greeter/main.test.ts', 'changed');
    await bundle('one');
    expect(made).toHaveLength(1);
  });

  it('are restored where somebody changed them in place', async () => {
    const { folder, hash } = await bundle('one');
    await writeFile(path.join(folder, 'main.mjs'), 'something else');
    await writeFile(path.join(folder, 'added.mjs'), '');
    expect(await fingerprint((await bundle('one')).folder)).toMatchObject({ hash });
    expect(made).toHaveLength(1);
  });

  it('are made again where what is kept is torn', async () => {
    const { hash } = await bundle('one');
    const [state = ''] = await readdir(store());
    await writeFile(path.join(store(), state, 'greeter/files/main.mjs'), '');
    expect((await bundle('two')).hash).toBe(hash);
    expect(made).toHaveLength(2);
    await bundle('three');
    expect(made).toHaveLength(2);
  });

  it('are not kept when sources changed while they were read', async () => {
    const changing = async (options: BundleOptions) => {
      const result = await greeter(options);
      await write('services/greeter/main.ts', 'console.log(2);\n');
      return result;
    };
    await bundle('one', changing);
    await write('services/greeter/main.ts', 'console.log(1);\n');
    await bundle('two');
    expect(made).toHaveLength(2);
  });

  it('go, the oldest first, once four states of the sources are kept', async () => {
    for (const round of [1, 2, 3, 4, 5, 6]) {
      await write('services/greeter/main.ts', `console.log(${round});\n`);
      await bundle('one');
    }
    expect(await readdir(store())).toHaveLength(4);
    await bundle('two');
    expect(made).toHaveLength(6);
  });

  it('are made where nothing can be kept', async () => {
    await write('node_modules', 'a file where a folder should be');
    await bundle('one');
    await bundle('two');
    expect(made).toHaveLength(2);
  });
});

it('every file that making a bundle reads is among those whose change makes it anew', async () => {
  const { metafile } = await build({
    entryPoints: ['lib/bundle/bundle-services.ts', 'lib/bundle/site/main.ts'],
    absWorkingDir: checkout,
    bundle: true,
    write: false,
    metafile: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    outdir: 'dist',
  });
  const files = Object.keys(metafile.inputs);
  expect(files).toContain('lib/bundle/site/page-shells.ts');
  const isCovered = (file: string) =>
    /^lib\/[^/]+$/.test(file) || SOURCE_FOLDERS.some((folder) => file.startsWith(`${folder}/`));
  expect(files.filter((file) => !isCovered(file))).toEqual([]);
});
