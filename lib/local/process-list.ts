/** Which processes a platform runs right now, kept in its data folder for other commands: `status`, and `replay --kill`. */
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { writeFileAtomically } from '../write-file-atomically.ts';
import { readKeptJson } from './kept-json.ts';

export type ListedProcess = {
  readonly name: string;
  /** Process id; null between its death and the next start. */
  readonly pid: number | null;
  readonly state: 'starting' | 'ready' | 'down';
  /** How often it was started again. */
  readonly restarts: number;
  /** When it came into this state, ISO 8601, UTC. */
  readonly since: string;
};

export type ProcessList = {
  /** Keeps what became of a process; the file follows a moment later. */
  set(process: Omit<ListedProcess, 'since'>): void;
  /** Resolves when the file is gone. */
  close(): Promise<void>;
};

const FILE = 'processes.json';

/** Opens the list of a data folder, empty. A file that cannot be written is told to `say`, and nothing else suffers. */
export const openProcessList = (dataFolder: string, say: (line: string) => void): ProcessList => {
  const file = path.join(dataFolder, FILE);
  const listed = new Map<string, ListedProcess>();
  let writing = Promise.resolve();
  const write = () => {
    writing = writing
      .then(() => writeFileAtomically(file, JSON.stringify([...listed.values()], null, 2)))
      .catch((problem: Error) => say(`${file} cannot be written: ${problem.message}`));
  };
  return {
    set: (process) => {
      listed.set(process.name, { ...process, since: new Date().toISOString() });
      write();
    },
    close: async () => {
      await writing;
      await rm(file, { force: true });
    },
  };
};

/** The list of a running platform; of one that was killed, what it was like last. Empty where there is none. */
export const readProcessList = async (dataFolder: string): Promise<readonly ListedProcess[]> => {
  const wayOut = '; end the platform and start it again, which writes the file anew';
  return (await readKeptJson<ListedProcess[]>(path.join(dataFolder, FILE), wayOut)) ?? [];
};
