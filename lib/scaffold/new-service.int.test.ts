import { access, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { root } from '../checkout.ts';
import { services } from '../services.ts';
import { createService } from './new-service.ts';

let place: string;
let list: string;

beforeEach(async () => {
  place = await mkdtemp(path.join(tmpdir(), 'new-service-'));
  await mkdir(path.join(place, 'lib'));
  list = await readFile(path.join(root, 'lib/services.ts'), 'utf8');
  await writeFile(path.join(place, 'lib/services.ts'), list);
});
afterEach(() => rm(place, { recursive: true }));

// Words of the language, names that lib/services.ts has already, and what every object answers to.
test.each(['class', 'import', 'await', 'declared', 'services', 'public-door-of', 'constructor'])(
  'the name "%s" is refused, and nothing is written',
  async (name) => {
    await expect(createService(place, name, services)).rejects.toThrow(/cannot name a service|is taken/);
    expect(await readFile(path.join(place, 'lib/services.ts'), 'utf8')).toBe(list);
    await expect(access(path.join(place, 'services'))).rejects.toThrow('ENOENT');
  },
);

test('a name that is free is declared, and its files are there', async () => {
  const { files } = await createService(place, 'gift-card', services);
  expect(await readFile(path.join(place, 'lib/services.ts'), 'utf8')).toContain(
    "import { manifest as giftCard } from '../services/gift-card/manifest.ts';",
  );
  for (const file of files) await access(path.join(place, file));
});
