import { join } from 'node:path';
import { root } from '../lib/checkout.ts';
import { runProgram } from '../lib/run-program.ts';

export type CommandOutcome = { readonly code: number; readonly output: string };

/**
 * Runs a command of node_modules/.bin (or of PATH) without a shell. `output` is what it printed, both streams in order;
 * with `print: 'errors'` standard error goes to the terminal as it comes and is not kept.
 */
export const runCommand = (
  command: string,
  parameters: readonly string[],
  {
    cwd = root,
    print = 'nothing',
    environment = {},
  }: {
    readonly cwd?: string;
    readonly print?: 'nothing' | 'errors';
    /** Variables beside those of this process. */
    readonly environment?: Readonly<Record<string, string>>;
  } = {},
): Promise<CommandOutcome> =>
  runProgram(command, parameters, {
    cwd,
    environment: { ...environment, PATH: `${join(root, 'node_modules/.bin')}:${process.env['PATH']}` },
    complaints: print === 'errors' ? 'shown' : 'kept',
  }).then(
    ({ code, output }) => ({ code, output: output.trim() }),
    (error: Error) => ({ code: 1, output: `${command} did not start: ${error.message}` }),
  );
