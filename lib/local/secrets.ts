/** Passwords and keys of one local platform: made once, kept in one file that only its owner can read. */
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import type { ServiceManifest } from '../../services/kit/manifest.ts';
import { callSecretNames, generatedSecretNames } from '../services.ts';
import { writeFileAtomically } from '../write-file-atomically.ts';
import type { DataFolder } from './data-folder.ts';
import { readKeptJson } from './kept-json.ts';
import { StartRefused } from './start-refused.ts';

/** What a caller signs with, and what it signed with before: callees accept both, so that services can start again one after the other. */
export type CallSecret = { readonly current: string; readonly previous?: string };

export type Secrets = {
  /** Password of PostgreSQL's superuser. */
  readonly administrator: string;
  /** What each caller and callee have in common, by the key under which both know it. */
  readonly calls: Readonly<Record<string, CallSecret>>;
  /** PostgreSQL password of each service's role. */
  readonly roles: Readonly<Record<string, string>>;
  /** Declared secret configuration but what others issue, by service and key. */
  readonly configuration: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** What those of them were before their last rotation that had one, in the same way. */
  readonly previous?: Readonly<Record<string, Readonly<Record<string, string>>>>;
};

const RANDOM_BYTES = 24;
const newSecret = () => randomBytes(RANDOM_BYTES).toString('base64url');

/** Their file in the data folder. */
export const SECRETS_FILE = 'secrets.json';

/** The kept secrets of a data folder. Throws `StartRefused` when the file is damaged or missing. */
export const readSecrets = async (dataFolder: string): Promise<Secrets> => {
  const file = path.join(dataFolder, SECRETS_FILE);
  const wayOut = ' and holds the passwords of this data; restore it from a backup';
  const kept = await readKeptJson<Secrets>(file, wayOut);
  if (!kept) throw new StartRefused('data.corrupt', `${file} is missing${wayOut}`);
  return kept;
};

const eachAnew = (kept: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.keys(kept).map((key) => [key, newSecret()]));

/** Every secret made anew. What is signed or sealed with one goes on: services accept the value of before too. */
export const madeAnew = ({ calls, roles, configuration }: Secrets): Secrets => ({
  administrator: newSecret(),
  calls: Object.fromEntries(
    Object.entries(calls).map(([key, { current }]) => [key, { current: newSecret(), previous: current }]),
  ),
  roles: eachAnew(roles),
  configuration: Object.fromEntries(Object.entries(configuration).map(([name, kept]) => [name, eachAnew(kept)])),
  previous: configuration,
});

/**
 * Reads the kept secrets and adds what services declared since. Throws `StartRefused` when the file is damaged, or
 * missing although the databases it opens are there.
 */
export const keepSecrets = async (
  folder: DataFolder,
  services: readonly ServiceManifest[],
  databaseExists: boolean,
): Promise<Secrets> => {
  const file = folder.at(SECRETS_FILE);
  const kept = await readKeptJson<Partial<Secrets>>(
    file,
    ' and holds the passwords of this data; restore it from a backup, or move the whole data folder away to start with empty data',
  );
  if (!kept && databaseExists)
    throw new StartRefused(
      'data.corrupt',
      `${file} is missing and holds the passwords of this data; restore it from a backup, or move the whole data folder away to start with empty data`,
    );
  const secrets: Secrets = {
    administrator: kept?.administrator ?? newSecret(),
    calls: {
      ...kept?.calls,
      ...Object.fromEntries(
        services
          .flatMap((service) => callSecretNames(service, services))
          .map((key) => [key, kept?.calls?.[key] ?? { current: newSecret() }]),
      ),
    },
    // A service that is gone today may come back with the next checkout, and its data need its old secrets.
    roles: {
      ...kept?.roles,
      ...Object.fromEntries(services.map(({ name }) => [name, kept?.roles?.[name] ?? newSecret()])),
    },
    configuration: {
      ...kept?.configuration,
      ...Object.fromEntries(
        services.map((service) => [
          service.name,
          Object.fromEntries(
            generatedSecretNames(service).map((key) => [
              key,
              kept?.configuration?.[service.name]?.[key] ?? newSecret(),
            ]),
          ),
        ]),
      ),
    },
    ...(kept?.previous && { previous: kept.previous }),
  };
  const text = JSON.stringify(secrets, null, 2);
  if (text !== JSON.stringify(kept, null, 2)) await writeFileAtomically(file, text, 0o600);
  return secrets;
};
