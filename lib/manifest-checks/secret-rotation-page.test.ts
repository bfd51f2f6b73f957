import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { root } from '../checkout.ts';
import { acceptedPrevious, secretNames, services } from '../services.ts';

const page = readFileSync(join(root, 'docs/runbooks/secret-rotation.md'), 'utf8');
const rows = [...page.matchAll(/^\| `(\w+)` \| ([\w, -]+) \| .+? \| (yes|no) \| .+ \|$/gm)].map(
  ([, key = '', holders = '', accepted]) => ({ key, holders: holders.split(', ').toSorted(), accepted }),
);

test('the runbook of rotations says of every secret who holds it and whether that of before is accepted', () => {
  const keys = [...new Set(services.flatMap(secretNames))];
  const declared = keys.map((key) => ({
    key,
    holders: services
      .filter((service) => secretNames(service).includes(key))
      .map(({ name }) => name)
      .toSorted(),
    accepted: services.some((service) => acceptedPrevious(service).includes(key)) ? 'yes' : 'no',
  }));
  const byKey = (a: { key: string }, b: { key: string }) => a.key.localeCompare(b.key);
  expect(rows.toSorted(byKey)).toEqual(declared.toSorted(byKey));
});
