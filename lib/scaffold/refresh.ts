/** Brings everything up to date that lists the services: formatting, README, pages, and reviewed snapshots. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { runProgram } from '../run-program.ts';

export type Refresh = { readonly title: string; readonly command: readonly string[] };

/**
 * In this order: later ones read what earlier ones wrote.
 * @param changed files and folders that are formatted anew
 */
export const refreshes = (changed: readonly string[]): readonly Refresh[] => [
  // Without the laws of lint: a longer name may make a file longer than they allow, which is for `npm run check` to say.
  { title: 'formatting what changed', command: ['biome', 'check', '--write', '--linter-enabled=false', ...changed] },
  { title: 'writing what README.md and docs/ say of the services', command: ['cloudmart', 'pages'] },
  {
    title: 'updating the reviewed snapshots',
    command: [
      'jest',
      'lib/platform.test.ts',
      'lib/workloads/workload-objects.test.ts',
      'lib/review/comment.test.ts',
      '--updateSnapshot',
      '--silent',
    ],
  },
];

/** Runs a tool of this project; its output is shown only when it fails. */
export const runTool = async (root: string, [tool = '', ...parameters]: readonly string[]): Promise<void> => {
  const own = `bin/${tool}.ts`;
  const program = existsSync(path.join(root, own)) ? own : `node_modules/.bin/${tool}`;
  const { code, output } = await runProgram(process.execPath, [path.join(root, program), ...parameters], {
    cwd: root,
    // jest loads ES modules only so; npx sets it from .npmrc, which this does not go through.
    environment: { NODE_OPTIONS: '--experimental-vm-modules --disable-warning=ExperimentalWarning' },
  });
  if (code !== 0) throw new Error(`"${tool} ${parameters.join(' ')}" failed:\n${output.slice(-4_000)}`);
};
