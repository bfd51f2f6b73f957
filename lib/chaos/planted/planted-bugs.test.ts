import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { root } from '../../checkout.ts';
import { stories } from '../testing/stories.ts';
import { withEdits } from './planted-bug.ts';
import { plantedBugs } from './planted-bugs.ts';

const sourceOf = (file: string) => readFileSync(path.join(root, file), 'utf8');

test('every planted bug has a story, and every story a bug', () => {
  expect(plantedBugs.map(({ name }) => name).sort()).toEqual(Object.keys(stories).sort());
});

describe.each(plantedBugs.map((bug) => [bug.name, bug] as const))('%s', (_name, bug) => {
  test('finds its places in the source of today, and changes them', () => {
    for (const file of new Set(bug.edits.map((edit) => edit.file))) {
      const source = sourceOf(file);
      expect(withEdits(bug, file, source)).not.toBe(source);
    }
  });
});

test('a bug whose place is gone or not the only one is refused with where to mend it', () => {
  const edits = [{ file: 'a.ts', find: 'x', replace: 'y' }];
  const bug = { name: 'some-bug', sentence: '', caughtBy: 'M', edits } as const;
  expect(() => withEdits(bug, 'a.ts', 'nothing of it')).toThrow(
    'some-bug: its text is in a.ts 0 times instead of once; bring lib/chaos/planted up to date',
  );
  expect(() => withEdits(bug, 'a.ts', 'x and x')).toThrow('2 times');
  expect(withEdits(bug, 'b.ts', 'x')).toBe('x');
});
