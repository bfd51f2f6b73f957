/** Brings everything up to date that lists the services: formatting, README, pages, and reviewed snapshots. */
import path from 'node:path';
import { runProgram } from '../run-program.ts';

export type Refresh = { readonly title: string; readonly command: readonly string[] };

/** In this order: later ones read what earlier ones wrote. */
export const refreshes = (name: string): readonly Refresh[] => [
  { title: 'formatting the new files', command: ['biome', 'check', '--write', `services/${name}`, 'lib/services.ts'] },
  { title: 'writing what README.md and docs/ say of the services', command: ['cloudmart', 'pages'] },
  {
    title: 'updating the reviewed snapshots',
    command: ['jest', 'lib/platform.test.ts', 'lib/workloads/workload-objects.test.ts', '--updateSnapshot', '--silent'],
  },
];

/** Runs a tool of this project; its output is shown only when it fails. */
export const runTool = async (root: string, [tool = '', ...parameters]: readonly string[]): Promise<void> => {
  const program = tool === 'cloudmart' ? 'bin/cloudmart.ts' : `node_modules/.bin/${tool}`;
  const { code, output } = await runProgram(process.execPath, [path.join(root, program), ...parameters], {
    cwd: root,
    // jest loads ES modules only so; npx sets it from .npmrc, which this does not go through.
    environment: { NODE_OPTIONS: '--experimental-vm-modules --disable-warning=ExperimentalWarning' },
  });
  if (code !== 0) throw new Error(`"${tool} ${parameters.join(' ')}" failed:\n${output.slice(-4_000)}`);
};
