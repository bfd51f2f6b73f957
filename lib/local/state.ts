/** What a running platform tells other tools about itself; the file is gone when nothing runs. */
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { writeFileAtomically } from '../write-file-atomically.ts';
import { folderHolder } from './data-folder.ts';
import { readKeptJson } from './kept-json.ts';
import type { LocalSizeName } from './size.ts';
import { StartRefused } from './start-refused.ts';

export type LocalService = {
  readonly name: string;
  readonly kind: string;
  /** Base URL of its HTTP door. */
  readonly url?: string;
  /** `host:port` of its gRPC door. */
  readonly grpc?: string;
};

export type LocalState = {
  /** Process that runs the platform. */
  readonly pid: number;
  readonly startedAt: string;
  /** Options of the start, with which the same platform starts again. */
  readonly startedWith: {
    readonly portBase?: number | undefined;
    readonly events?: string | undefined;
    /** Absent in the file of an earlier version, which knew one size. */
    readonly size?: LocalSizeName | undefined;
  };
  readonly dataFolder: string;
  /** Base URL of the public door. */
  readonly gateway: string;
  readonly mailbox: string;
  /** The service whose mails the mailbox shows; absent: none sends any. */
  readonly mailer?: string;
  readonly services: readonly LocalService[];
  /** Where PostgreSQL listens, and the folder of its cluster, whose `postmaster.pid` names its process. */
  readonly postgres: { readonly port: number; readonly cluster: string };
  /** `postgresql://` URLs with passwords by database name, each for its owner. */
  readonly databases: Readonly<Record<string, string>>;
  /** URL of the event log that the services use: the embedded one, with a password, or the Kafka that was given. */
  readonly events: string;
  /** Environment of an AWS SDK that is to find the tables. */
  readonly tables: Readonly<Record<string, string>>;
  /** Door of the warehouse; absent: the shop has none. */
  readonly warehouse?: string;
  /** Socket through which commands ask for single services (`control/`); absent where the folder's path is too long for one. */
  readonly control?: string;
  readonly mailFolder: string;
  readonly staff: { readonly email: string; readonly password: string };
};

const FILE = 'state.json';

export const writeState = (state: LocalState): Promise<void> =>
  writeFileAtomically(path.join(state.dataFolder, FILE), JSON.stringify(state, null, 2), 0o600);

export const removeState = (dataFolder: string): Promise<void> => rm(path.join(dataFolder, FILE), { force: true });

/** Reads what runs on a data folder. Throws `StartRefused` with the command to run when nothing does. */
export const readState = async (dataFolder: string): Promise<LocalState> => {
  const state = await readKeptJson<LocalState>(
    path.join(dataFolder, FILE),
    '; end the platform with Ctrl-C or "npx cloudmart stop" and start it again, which writes the file anew',
  );
  // By the kernel's lock, because the id of a process that was killed may live on, in a zombie or in another process.
  if (!state || (await folderHolder(dataFolder)) !== state.pid)
    throw new StartRefused(
      'platform.not-running',
      `no platform runs on ${dataFolder}; start one with "npm start" in another terminal, or name its folder with --data DIR`,
    );
  return state;
};
