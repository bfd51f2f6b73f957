import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export type Child = {
  readonly pid: number | undefined;
  /** Lines that it printed so far. */
  readonly lines: readonly string[];
  signal(name: 'SIGSTOP' | 'SIGCONT'): void;
  /** `kill -9`: no handler of the process runs. Afterwards `lines` has all that it printed. */
  kill(): Promise<void>;
};

/** Runs a TypeScript file in a process of its own, so that a test can stop or kill it; `flags` are Node's, default none. */
export const startChild = (file: URL, parameters: readonly string[], flags: readonly string[] = []): Child => {
  const child = spawn(process.execPath, [...flags, fileURLToPath(file), ...parameters], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { PATH: process.env['PATH'] ?? '' },
  });
  const lines: string[] = [];
  const reader = createInterface({ input: child.stdout }).on('line', (line) => lines.push(line));
  const gone = Promise.all([once(child, 'close'), once(reader, 'close')]);
  return {
    pid: child.pid,
    lines,
    signal: (name) => void child.kill(name),
    kill: async () => {
      child.kill('SIGKILL');
      await gone;
    },
  };
};
