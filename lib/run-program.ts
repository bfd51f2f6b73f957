import { spawn } from 'node:child_process';
import { constants } from 'node:os';

export type ProgramRun = {
  /** Exit code; as in a shell 128 and the number of the signal that ended it. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Both streams as they came. */
  readonly output: string;
};

export type ProgramOptions = {
  /** Default the folder of this process. */
  readonly cwd?: string;
  /** Variables beside those of this process. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Whether it gets the variables of this process; default true. */
  readonly inherits?: boolean;
  /** Given on standard input; default nothing. */
  readonly input?: string;
  /** Ends it, when aborted, with SIGTERM; what is thrown is then an `AbortError`. */
  readonly signal?: AbortSignal;
  /** Milliseconds until it is killed; default none. */
  readonly timeoutMs?: number;
  /** `shown`: what it complains of goes to this process's own standard error and is not kept. */
  readonly complaints?: 'kept' | 'shown';
};

/** Runs a program, without a shell, to its end, however it ends. Throws only what kept it from starting, or an abort. */
export const runProgram = (
  command: string,
  parameters: readonly string[],
  { cwd, environment = {}, inherits = true, input = '', signal, timeoutMs, complaints = 'kept' }: ProgramOptions = {},
): Promise<ProgramRun> =>
  new Promise((resolve, reject) => {
    const child = spawn(command, parameters, {
      cwd,
      env: { ...(inherits && process.env), ...environment },
      stdio: ['pipe', 'pipe', complaints === 'kept' ? 'pipe' : 'inherit'],
      ...(signal ? { signal } : { timeout: timeoutMs, killSignal: 'SIGKILL' }),
    });
    const kept = { stdout: '', stderr: '', output: '' };
    for (const name of ['stdout', 'stderr'] as const)
      child[name]?.setEncoding('utf8').on('data', (chunk: string) => {
        kept[name] += chunk;
        kept.output += chunk;
      });
    child.once('error', reject);
    child.once('close', (code, ended) =>
      resolve({ code: code ?? 128 + (ended ? constants.signals[ended] : 0), ...kept }),
    );
    // A program that ends before it has read its input closes the pipe; its exit code tells.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(input);
  });

/**
 * What a program wrote on standard output. Throws the last lines of what it complained of when it fails.
 * @param accepts exit codes that are no failure; default 0
 */
export const outputOf = async (
  command: string,
  parameters: readonly string[],
  { accepts = [0], ...options }: ProgramOptions & { readonly accepts?: readonly number[] } = {},
): Promise<string> => {
  const { code, stdout, stderr } = await runProgram(command, parameters, options);
  if (accepts.includes(code)) return stdout;
  throw new Error((stderr.trim() || stdout.trim()).split('\n').slice(-5).join('\n'));
};
