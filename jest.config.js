import * as vm from 'node:vm';

if (!('SourceTextModule' in vm) && process.argv[1]?.endsWith('jest')) {
  throw new Error(
    'Jest needs NODE_OPTIONS from .npmrc to load ES modules: run `npx jest`, not node_modules/.bin/jest.',
  );
}

/** @type {import('jest').Config} */
export default {
  roots: ['bin', 'lib', 'services', '.config'],
  // Tests against real parts run by `npm run test:real`.
  testMatch: ['**/*.test.ts', '!**/*.real.test.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '\\.ts$': './.config/esbuild-transform.js' },
  maxWorkers: 2,
  // Modules loaded through node:vm are not freed between test files, and those of CDK are big. A worker that grew beyond this in
  // the last file of a run is restarted as the run ends; Jest then says that it "failed to exit gracefully", and nothing leaks.
  workerIdleMemoryLimit: '1GB',
  // Ends what hangs, and measures nothing: a machine may be slow, and run much else besides.
  testTimeout: 600_000,
};
