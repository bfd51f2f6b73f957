import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { waitingEntries } from './waiting-entries.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cloudmart-entries-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A site of these files; what the law says of it. */
const found = (files: Readonly<Record<string, string>>) => {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return waitingEntries(folder, Object.keys(files));
};

test.each([
  'await start();',
  'export const words = await load();',
  'if (isFirst) await load();',
  'for await (const word of words) note(word);',
  'await using place = open();',
])('an entry that waits at its top is found: %s', (line) => {
  expect(found({ 'services/shop/main.tsx': `const one = 1;\n${line}\n` })).toEqual([
    expect.stringMatching(/^services\/shop\/main\.tsx:2: .*await/),
  ]);
});

test('so is a file that the entry imports, however far away, by an import or by passing it on', () => {
  const files = {
    'services/shop/main.tsx': "import { App } from './app.tsx';\nApp();\n",
    'services/shop/app.tsx': "export * from '../kit-of-sites/words.ts';\n",
    'services/kit-of-sites/words.ts': "import './app-again.ts';\n\nexport const words = await load();\n",
    'services/kit-of-sites/app-again.ts': "import './words.ts';\n",
  };
  expect(found(files)).toEqual(['services/kit-of-sites/words.ts:3: await load()']);
});

test('what a function waits for, a file that is loaded later or for its types, and other entries may wait', () => {
  const files = {
    'services/shop/main.tsx':
      "import type { Words } from './words.ts';\nimport './site.css';\nconst start = async () => { await import('./later.ts'); };\nvoid start();\n",
    'services/shop/words.ts': 'export const words = await load();\n',
    'services/shop/later.ts': 'await load();\n',
    'services/shop/main.ts': 'await run();\n',
    'services/shop/app.tsx': 'await run();\n',
  };
  expect(found(files)).toEqual([]);
});
