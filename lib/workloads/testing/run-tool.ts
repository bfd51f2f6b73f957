import { spawn } from 'node:child_process';

export type ToolRun = { readonly code: number; readonly output: string };

/** Value of a variable that `npm run test:real` sets once the part is ready. */
export const partOf = (variable: string): string => {
  const value = process.env[variable];
  if (!value) throw new Error(`${variable} is not set; run these tests with "npm run test:real"`);
  return value;
};

/** Runs a program to its end. `output` is what it printed on both streams, in order. */
export const runTool = (
  command: string,
  parameters: readonly string[],
  { environment = {}, input = '' }: { environment?: Record<string, string>; input?: string } = {},
): Promise<ToolRun> =>
  new Promise((resolve, reject) => {
    const child = spawn(command, parameters, {
      env: { ...process.env, ...environment },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    let output = '';
    const keep = (chunk: string) => {
      output += chunk;
    };
    child.stdout.setEncoding('utf8').on('data', keep);
    child.stderr.setEncoding('utf8').on('data', keep);
    child.on('error', reject);
    child.on('close', (code) => resolve({ code: code ?? 1, output }));
    // A program that ends before it has read its input closes the pipe; its exit code tells.
    child.stdin.on('error', () => {});
    child.stdin.end(input);
  });
