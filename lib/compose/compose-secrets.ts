/** The secrets of the shop in containers: made once, in one file that only its owner can read, and named in compose.yaml. */
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { usesCache } from '../../services/kit/cache-rights.ts';
import { callSecretName } from '../../services/kit/call-secret.ts';
import { previousSecretName } from '../../services/kit/config/held-secret.ts';
import type { ServiceManifest } from '../../services/kit/manifest.ts';
import { usesDatabases } from '../../services/kit/observation.ts';
import { variableName } from '../../services/kit/variable-name.ts';
import {
  acceptedPrevious,
  callSecretNames,
  generatedSecretNames,
  grpcCallersOf,
  secretOwner,
  sharedSecretNames,
} from '../services.ts';
import { writeFileAtomically } from '../write-file-atomically.ts';

/** Passwords of the peers. */
export const peerSecrets = {
  postgres: 'POSTGRES_PASSWORD',
  grafana: 'GRAFANA_PASSWORD',
} as const;

/** Name of the password of a service's PostgreSQL role. */
export const databasePassword = (service: string): string => `${variableName(service)}_DATABASE_PASSWORD`;

/** Name of the password of a service's user in Valkey. */
export const cachePassword = (service: string): string => `${variableName(service)}_CACHE_PASSWORD`;

/** Name under which a secret is kept that a manifest declares and nobody else issues. */
export const declaredSecret = (service: string, key: string): string => `${variableName(service)}_${key}`;

/** How compose.yaml names a secret; Compose refuses to do anything while it is missing. */
export const secretReference = (name: string): string => `\${${name}:?is missing from .env, run npx cloudmart compose}`;

/** What a secret was before its rotation: nothing, unless `.env` says so. */
const previousReference = (name: string) => `\${${previousSecretName(name)}:-}`;

/** Names of everything that has to be in `.env`. */
export const composeSecrets = (services: readonly ServiceManifest[]): readonly string[] => [
  ...Object.values(peerSecrets),
  ...new Set(services.flatMap((service) => callSecretNames(service, services))),
  ...services.filter(usesDatabases).map(({ name }) => databasePassword(name)),
  ...services.filter(usesCache).map(({ name }) => cachePassword(name)),
  ...services.flatMap((service) => generatedSecretNames(service).map((key) => declaredSecret(service.name, key))),
];

/** Variables of a service's container that hold secrets, each as compose.yaml names it. */
export const secretVariables = (
  service: ServiceManifest,
  all: readonly ServiceManifest[],
): Readonly<Record<string, string>> => {
  const kept = (key: string) => declaredSecret(secretOwner(service, key), key);
  const answered = grpcCallersOf(service, all).map((caller) => callSecretName(caller, service.name));
  const shared = sharedSecretNames(service).map(({ key }) => key);
  return Object.fromEntries([
    ...callSecretNames(service, all).map((key) => [key, secretReference(key)]),
    ...answered.map((key) => [previousSecretName(key), previousReference(key)]),
    ...[...generatedSecretNames(service), ...shared].map((key) => [key, secretReference(kept(key))]),
    ...acceptedPrevious(service).map((key) => [previousSecretName(key), previousReference(kept(key))]),
  ]);
};

const RANDOM_BYTES = 24;
const HEADER =
  '# Passwords of the shop in containers, written by "npx cloudmart compose". The volumes of PostgreSQL open with these only.\n';

/**
 * Adds random values for the names that the file does not set, and keeps every line that is there. Returns what was added.
 * The values need no quoting, neither in the file nor in a URL.
 */
export const keepComposeSecrets = async (file: string, names: readonly string[]): Promise<readonly string[]> => {
  const kept = await readFile(file, 'utf8').catch((problem: NodeJS.ErrnoException) => {
    if (problem.code === 'ENOENT') return HEADER;
    throw problem;
  });
  const set = new Set([...kept.matchAll(/^\s*(?:export\s+)?(\w+)=./gm)].map(([, name]) => name));
  const missing = names.filter((name) => !set.has(name));
  if (missing.length === 0) return missing;
  const lines = missing.map((name) => `${name}=${randomBytes(RANDOM_BYTES).toString('base64url')}\n`);
  await writeFileAtomically(file, `${kept}${kept.endsWith('\n') ? '' : '\n'}${lines.join('')}`, 0o600);
  return missing;
};
