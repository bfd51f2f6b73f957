import { spawn } from 'node:child_process';
import { join } from 'node:path';

/** The repository's root, where every check runs. */
export const root = join(import.meta.dirname, '..');

export type Outcome = { readonly code: number; readonly output: string };

/**
 * Runs a command of node_modules/.bin (or of PATH) without a shell. `output` is what it printed, both streams in order;
 * with `print: 'errors'` standard error goes to the terminal as it comes and is not kept.
 */
export function runCommand(
  command: string,
  parameters: readonly string[],
  { cwd = root, print = 'nothing' }: { readonly cwd?: string; readonly print?: 'nothing' | 'errors' } = {},
): Promise<Outcome> {
  return new Promise((resolve) => {
    const path = `${join(root, 'node_modules/.bin')}:${process.env['PATH']}`;
    const child = spawn(command, parameters, {
      cwd,
      env: { ...process.env, PATH: path },
      stdio: ['ignore', 'pipe', print === 'errors' ? 'inherit' : 'pipe'],
    });
    let output = '';
    const keep = (chunk: string) => {
      output += chunk;
    };
    child.stdout?.setEncoding('utf8').on('data', keep);
    child.stderr?.setEncoding('utf8').on('data', keep);
    child.on('error', (error) => resolve({ code: 1, output: `${command} did not start: ${error.message}` }));
    child.on('close', (code) => resolve({ code: code ?? 1, output: output.trim() }));
  });
}
