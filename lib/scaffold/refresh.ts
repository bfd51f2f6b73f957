/** Brings everything up to date that lists the services: formatting, README, pages, and reviewed snapshots. */
import { spawn } from 'node:child_process';
import path from 'node:path';

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
export const runTool = (root: string, [tool = '', ...args]: readonly string[]): Promise<void> =>
  new Promise((resolve, reject) => {
    const program =
      tool === 'cloudmart' ? [path.join(root, 'bin/cloudmart.ts')] : [path.join(root, 'node_modules/.bin', tool)];
    const command = tool === 'biome' ? (program[0] as string) : process.execPath;
    const child = spawn(command, tool === 'biome' ? args : [...program, ...args], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      // jest loads ES modules only so; npx sets it from .npmrc, which this does not go through.
      env: { ...process.env, NODE_OPTIONS: '--experimental-vm-modules --disable-warning=ExperimentalWarning' },
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.once('error', reject);
    child.once('exit', (code) =>
      code === 0 ? resolve() : reject(new Error(`"${tool} ${args.join(' ')}" failed:\n${output.slice(-4_000)}`)),
    );
  });
