import { describe, expect, test } from '@jest/globals';
import { plantedBugNamed } from './planted/planted-bugs.ts';
import { isProved, prove } from './prove.ts';
import { stories } from './testing/stories.ts';

describe('a sound build', () => {
  test.each(Object.keys(stories))('violates nothing in the moment of %s', async (name) => {
    const verdicts = await stories[name as keyof typeof stories]({ patienceSeconds: 60 });
    expect(verdicts.filter(({ violations }) => violations.length > 0)).toEqual([]);
  });
});

// The others are told at night: npm run chaos -- --planted.
test.each(['lease-without-fence', 'late-capture-ignored'])('a build with %s is caught', async (name) => {
  const proof = await prove(plantedBugNamed(name), AbortSignal.timeout(300_000));
  expect([proof, isProved(proof)]).toEqual([expect.objectContaining({ name }), true]);
});
