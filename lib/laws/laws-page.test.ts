import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from '@jest/globals';
import { root } from '../checkout.ts';
import { laws } from './check-laws.ts';

const page = readFileSync(path.join(root, 'docs/laws.md'), 'utf8');

test('docs/laws.md says of each law in its own words what it asks, what breaks it and what to do', () => {
  const sections = page.split(/^### /m).slice(1);
  const described = sections.map((section) => section.split('\n').slice(0, 3).join('\n')).sort();
  const asked = laws
    .map(({ id, when, sentence }) => `${id} (${when})\n${sentence}.`.replace(/\n(.)/, (end) => end.toUpperCase()))
    .sort();
  expect(described).toEqual(asked.map((text) => `${text}\n`));
  for (const section of sections) expect(section).toMatch(/^- Broken by: .+$\n^- Do: .+$/m);
});
