import { spawn } from 'node:child_process';
import { join } from 'node:path';

/** The repository's root, where every check runs. */
export const root = join(import.meta.dirname, '..');

export type Outcome = { readonly code: number; readonly output: string };

/** Runs a command of node_modules/.bin (or of PATH) without a shell; `output` is what it printed, both streams in order. */
export function runCommand(
  command: string,
  parameters: readonly string[],
  { cwd = root, print = false }: { readonly cwd?: string; readonly print?: boolean } = {},
): Promise<Outcome> {
  return new Promise((resolve) => {
    const path = `${join(root, 'node_modules/.bin')}:${process.env['PATH']}`;
    const child = spawn(command, parameters, {
      cwd,
      env: { ...process.env, PATH: path },
      stdio: ['ignore', print ? 'inherit' : 'pipe', print ? 'inherit' : 'pipe'],
    });
    let output = '';
    child.stdout?.on('data', (chunk) => (output += chunk));
    child.stderr?.on('data', (chunk) => (output += chunk));
    child.on('error', (error) => resolve({ code: 1, output: `${command} did not start: ${error.message}` }));
    child.on('close', (code) => resolve({ code: code ?? 1, output: output.trim() }));
  });
}
