import { spawn } from 'node:child_process';

/**
 * Runs a program in a folder and returns what it printed. Throws its last lines when it fails.
 * @param accepts exit codes that are no failure; default 0
 */
export const runProgram = (
  command: string,
  parameters: readonly string[],
  {
    cwd,
    environment = {},
    accepts = [0],
  }: {
    readonly cwd: string;
    readonly environment?: Readonly<Record<string, string>>;
    readonly accepts?: readonly number[];
  },
): Promise<string> =>
  new Promise((resolve, reject) => {
    const child = spawn(command, parameters, {
      cwd,
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let printed = '';
    let complaints = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      printed += chunk;
    });
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      complaints += chunk;
    });
    child.on('error', reject);
    child.on('close', (code) => {
      if (code !== null && accepts.includes(code)) resolve(printed);
      else reject(new Error((complaints.trim() || printed.trim()).split('\n').slice(-5).join('\n')));
    });
  });
