/** A Docker-compatible engine, driven by its command line: docker, podman, nerdctl. */
import { runProgram } from '../../run-program.ts';

export type EngineCode =
  | 'engine-missing'
  | 'engine-unreachable'
  | 'engine-without-buildkit'
  | 'engine-late'
  | 'engine-failed';

/** An engine that is not there or did not do what it was asked; the message is one sentence that says what to do. */
export class EngineError extends Error {
  readonly code: EngineCode;
  /** Everything that the engine wrote about it. */
  readonly complaint: string;

  constructor(code: EngineCode, message: string, complaint = '') {
    super(message);
    this.name = 'EngineError';
    this.code = code;
    this.complaint = complaint;
  }
}

export type EngineCall = {
  /** What the engine is asked to do, for the sentence of a failure: `build order for linux/arm64`. */
  readonly what: string;
  /** Milliseconds until the call is given up; default 60,000. */
  readonly deadlineMs?: number;
  /** Given on standard input, never among the arguments. */
  readonly input?: string;
  /** Variables for this call, beside those of the process. */
  readonly environment?: Readonly<Record<string, string>>;
};

export type ImageEngine = {
  /** The command that is run. */
  readonly command: string;
  /** Runs one command of the engine and returns its standard output. Throws {@link EngineError}, or what the signal was aborted with. */
  run(parameters: readonly string[], call: EngineCall): Promise<string>;
};

const UNREACHABLE =
  /cannot connect to the docker daemon|is the docker daemon running|cannot connect to podman|cannot access containerd|error during connect|permission denied while trying to connect/i;

const lastLine = (complaint: string) => complaint.trim().split('\n').at(-1)?.trim() ?? '';

const failureOf = (command: string, { what }: EngineCall, complaint: string, code: number): EngineError => {
  if (UNREACHABLE.test(complaint))
    return new EngineError(
      'engine-unreachable',
      `${command} is there but its engine does not answer (${lastLine(complaint)}); start it, or name another in CLOUDMART_ENGINE`,
      complaint,
    );
  if (/buildx component is missing|buildkit is enabled but/i.test(complaint))
    return new EngineError(
      'engine-without-buildkit',
      `${command} has no BuildKit, which the Dockerfile needs; install its buildx plugin, or name another engine in CLOUDMART_ENGINE`,
      complaint,
    );
  return new EngineError(
    'engine-failed',
    `${command} could not ${what}: ${lastLine(complaint) || `exit code ${code}`}`,
    complaint,
  );
};

/**
 * The engine whose command is given. An aborted signal ends the running call.
 * @param command `docker` or what accepts the same words; CLOUDMART_ENGINE of the command line
 */
export const imageEngine = (command: string, signal?: AbortSignal): ImageEngine => ({
  command,
  run: async (parameters, call) => {
    const { what, deadlineMs = 60_000, input, environment } = call;
    const deadline = AbortSignal.timeout(deadlineMs);
    try {
      const { code, stdout, stderr } = await runProgram(command, parameters, {
        // Engines before Docker 23 build the old way unless they are told.
        environment: { DOCKER_BUILDKIT: '1', ...environment },
        input,
        signal: signal ? AbortSignal.any([signal, deadline]) : deadline,
      });
      if (code === 0) return stdout;
      // Docker 20 says on standard output why a program in a container did not start.
      throw failureOf(command, call, stderr.trim() === '' ? stdout : stderr, code);
    } catch (problem) {
      signal?.throwIfAborted();
      if (deadline.aborted)
        throw new EngineError(
          'engine-late',
          `${command} did not ${what} within ${deadlineMs / 1000} s; look after it and run this again`,
        );
      if ((problem as NodeJS.ErrnoException).code === 'ENOENT')
        throw new EngineError(
          'engine-missing',
          `there is no container engine "${command}" on this machine; install Docker, podman or nerdctl, and name it in CLOUDMART_ENGINE unless it is docker`,
        );
      throw problem;
    }
  },
});
