import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Spec, Validation } from '@cyclonedx/cyclonedx-library';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { defineService } from '../../../services/kit/manifest.ts';
import { type Bundle, bundleService } from '../../bundle/bundle.ts';
import { checkLoads } from '../../bundle/bundle-load.ts';
import { checkSize } from '../../bundle/size-budget.ts';
import { root } from '../../checkout.ts';
import { publicDoorOf, services } from '../../services.ts';
import { writeSbom } from './sbom.ts';

let place: string;

beforeEach(async () => {
  place = await mkdtemp(path.join(tmpdir(), 'sbom-'));
});
afterEach(() => rm(place, { recursive: true }));

const aBundle = (folders: readonly string[]): Bundle => ({
  service: 'greeter',
  folder: '',
  entry: '',
  hash: 'a'.repeat(64),
  bytes: 1,
  parts: folders.map((folder) => ({ folder, bytes: 1 })),
});

const plant = async (folder: string, content: object) => {
  await mkdir(path.join(place, folder), { recursive: true });
  await writeFile(
    path.join(place, folder, 'package.json'),
    JSON.stringify({ name: 'x', version: '1.2.3', ...content }),
  );
};

describe('the bill of materials', () => {
  it('of a real service follows the schema of CycloneDX, names what is inside and nothing else, and is the same again', async () => {
    const door = publicDoorOf(services);
    if (!door) throw new Error('the shop has no public door');
    const bundle = await bundleService(door, { root, into: place });
    await writeSbom(bundle, { root, into: place });
    const file = path.join(place, `${door.name}.cdx.json`);
    const text = await readFile(file, 'utf8');
    await expect(new Validation.JsonStrictValidator(Spec.Version.v1dot6).validate(text)).resolves.toBeNull();
    const { components, metadata } = JSON.parse(text) as {
      metadata: { component: object };
      components: { name: string; purl: string; licenses: object[] }[];
    };
    expect(metadata.component).toMatchObject({ name: door.name, version: bundle.hash });
    expect(components.find(({ name }) => name === 'zod')).toMatchObject({
      purl: expect.stringMatching(/^pkg:npm\/zod@\d/),
      licenses: [{ license: { id: 'MIT' } }],
    });
    // Installed and used elsewhere in this repository, but no part of this service.
    expect(components.map(({ name }) => name)).not.toContain('aws-cdk-lib');
    expect(components.map(({ name }) => name)).not.toContain('pg');
    const licences = await readFile(path.join(place, `${door.name}.licences.txt`), 'utf8');
    expect(licences).toMatch(/^zod \d\S+ MIT$/m);
    expect(licences.trim().split('\n')).toHaveLength(components.length);
    await writeSbom(bundle, { root, into: place });
    expect(await readFile(file, 'utf8')).toBe(text);
  });

  it.each([
    ['a licence that asks for more', { license: 'GPL-3.0-only' }, /x@1\.2\.3 .*greeter.*GPL-3\.0-only/],
    ['no licence', {}, /x@1\.2\.3 .*no licence/],
    ['permissive terms only together with others', { license: '(MIT AND GPL-2.0)' }, /GPL-2\.0/],
  ])('refuses a package with %s', async (_, content, message) => {
    await plant('node_modules/x', content);
    await expect(writeSbom(aBundle(['node_modules/x']), { root: place, into: place })).rejects.toThrow(message);
  });

  it.each([
    [{ license: 'MIT' }],
    [{ license: '(GPL-2.0 OR MIT)' }],
    [{ license: { type: 'ISC' } }],
    [{ licenses: [{ type: 'MIT' }] }],
  ])('takes %j', async (content) => {
    await plant('node_modules/x', content);
    await writeSbom(aBundle(['node_modules/x', 'services/kit']), { root: place, into: place });
    expect(await readFile(path.join(place, 'greeter.licences.txt'), 'utf8')).toMatch(/^x 1\.2\.3 \S/);
  });
});

describe('the size budget', () => {
  it('refuses a bundle above it with the number and the largest parts', () => {
    const parts = Array.from({ length: 9 }, (_, at) => ({
      folder: `node_modules/p${at}`,
      bytes: (9 - at) * 1024 ** 2,
    }));
    const check = (bytes: number) => () => checkSize({ name: 'greeter', kind: 'web' }, bytes, parts);
    expect(check(200 * 1024 ** 2)).toThrow(/greeter has 200\.0 MiB.*budget of \d+ MiB.*node_modules\/p0 9\.0 MiB.*p4/);
    expect(check(200 * 1024 ** 2)).not.toThrow(/p5/);
    expect(check(1)).not.toThrow();
  });
});

describe('loading a bundle', () => {
  const greeter = defineService({
    ...{ name: 'greeter', kind: 'web', summary: 'x', ports: {}, owns: {}, publishes: {}, consumes: {}, calls: [] },
    ...{ criticalFunctions: [], configuration: {} },
    scaling: { min: 1, max: 1, cpuPercent: 50 },
    size: { cpuMillis: 1, memoryMiB: 1 },
  });
  const load = async (source: string) => {
    await mkdir(path.join(place, 'services/greeter'), { recursive: true });
    await writeFile(path.join(place, 'services/greeter/main.ts'), source);
    await symlink(path.join(root, 'node_modules'), path.join(place, 'node_modules'));
    return checkLoads(greeter, await bundleService(greeter, { root: place, into: path.join(place, 'out') }));
  };

  it('takes one that refuses an empty environment in its own words', async () => {
    const refusal = 'services/greeter cannot start with this environment: HTTP_PORT is missing';
    await load(`process.stderr.write(${JSON.stringify(refusal)}); process.exit(1);`);
  });

  it.each([
    [
      'fails while its modules are evaluated',
      'const table: any = {}; table.setupConsumers();',
      /TypeError.*setupConsumers/,
    ],
    ['does nothing at all', 'export {}; console.log(1);', /ended with 0/],
    ['needs a module that is not there', "await import(['./', 'late.mjs'].join(''));", /Cannot find module/],
  ])('refuses one that %s', async (_, source, message) => {
    await expect(load(source)).rejects.toThrow(message);
  });
});
