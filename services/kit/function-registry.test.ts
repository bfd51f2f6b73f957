import { describe, expect, test } from '@jest/globals';
import { createFunctionRegistry } from './function-registry.ts';
import { testManifest } from './testing/manifest.ts';

const manifest = testManifest({
  criticalFunctions: [
    { file: 'use-cases/a.ts', name: 'a' },
    { file: 'use-cases/b.ts', name: 'b' },
  ],
});

describe('critical functions', () => {
  test('are missing until each is registered', () => {
    const functions = createFunctionRegistry(manifest);
    functions.register({ a: () => undefined });
    expect(functions.missing()).toEqual(['b']);
    expect(functions.report()).toEqual({ a: 'registered', b: 'missing' });
    functions.register({ b: () => undefined });
    expect(functions.missing()).toEqual([]);
  });

  test('that the manifest does not list, or that are no functions, are refused', () => {
    const functions = createFunctionRegistry(manifest);
    expect(() => functions.register({ c: () => undefined })).toThrow(
      /"c" is not listed in criticalFunctions of services\/sample/,
    );
    expect(() => functions.register({ a: undefined })).toThrow(/"a" of sample is undefined, not a function/);
  });
});
