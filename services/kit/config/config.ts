import type * as z from 'zod';
import { isNeeded, isStandIn, SERVES_CUSTOMERS, standInSentence } from '../configuration-declaration.ts';
import type { ServiceManifest } from '../manifest.ts';
import { type LogLevel, readDerived } from './derived-config.ts';
import type { HeldSecret } from './held-secret.ts';
import { type LoadSecret, loadSecretFromAws } from './load-secret.ts';
import { isPlaceholder } from './placeholder.ts';
import { unknownNames } from './unknown-names.ts';
import { createVariableReader, type VariableReader, type Variables } from './variable-reader.ts';

export type DatabaseConfig = {
  /** `postgresql://` URL; without a password when `auth` is `iam`. */
  readonly url: string;
  /** Largest number of connections of this process. */
  readonly connections: number;
  /** Milliseconds after which a connection that nobody used is closed; DATABASE_IDLE_MS, default that of the pool. */
  readonly idleMs?: number;
  readonly auth: 'password' | 'iam';
  /** Milliseconds that a call waits for a free connection, and that a statement may take; no variable, default those of the pool. */
  readonly acquireTimeoutMs?: number;
  readonly statementTimeoutMs?: number;
};

/** Where the things are that a manifest observes, by the names of their owners. */
export type ObservedConfig = {
  /** Each for a role that may SELECT and do nothing else. */
  readonly databases: Readonly<Record<string, DatabaseConfig>>;
  /** Physical names of tables. */
  readonly tables: Readonly<Record<string, string>>;
};

/** Where spans are sent, and of how many traces. */
export type TracesConfig = {
  /** Base URL of a collector that takes OTLP over HTTP, without a trailing slash, or `udp://host:port` of X-Ray's daemon; OTEL_EXPORTER_OTLP_ENDPOINT. */
  readonly endpoint: string;
  /** Share of the traces that begin here, 0 to 1; OTEL_TRACES_SAMPLER_ARG, default 1. */
  readonly share: number;
};

export type CalleeConfig = {
  /** Base URL of its HTTP door, without a trailing slash. */
  readonly url?: string;
  /** `host:port` of its gRPC door. */
  readonly grpc?: string;
  /** Signs the calls to that door; known to the callee and this service alone. Absent where the manifest calls it by HTTP only. */
  readonly secret?: string;
};

/** What a service is told by its environment: the part that its manifest implies, and `own`, which it declares itself. */
export type Config<Own = Readonly<Record<string, unknown>>> = {
  /** Address that the servers bind to; BIND_ADDRESS, default 0.0.0.0. */
  readonly bindAddress: string;
  readonly httpPort?: number;
  readonly grpcPort?: number;
  /** Port of a listener for probes only; absent: probes use the HTTP port. */
  readonly probePort?: number;
  readonly logLevel: LogLevel;
  /** Absent: no span is recorded; the names of traces travel all the same. */
  readonly traces?: TracesConfig;
  readonly database?: DatabaseConfig;
  /** `postgresql://` (embedded log) or `kafka://`. */
  readonly events?: string;
  /** `memory:` or `redis(s)://`. */
  readonly cache?: string;
  /** Physical names by declared name. */
  readonly tables: Readonly<Record<string, string>>;
  readonly buckets: Readonly<Record<string, string>>;
  /** `folder:/path` or `ses:`. */
  readonly mail?: string;
  /** `folder:/path` or `sns:<ARN of a topic>`; absent: nobody reads a chat. */
  readonly chat?: string;
  /** `folder:/path` or `sns:<ARN of a topic>`. */
  readonly sentMails?: string;
  /** Absent for a manifest that observes nothing. */
  readonly observed?: ObservedConfig;
  /** JSON of what the shop is made of, as the contract of the topology has it; absent for a manifest that operates nothing. */
  readonly platformMap?: string;
  readonly callees: Readonly<Record<string, CalleeConfig>>;
  /** Services that may call the gRPC door, by name, and what each signs with that only it and this service know; ALLOWED_CALLERS. */
  readonly callers: Readonly<Record<string, HeldSecret>>;
  /** Addresses or CIDRs of proxies whose `x-forwarded-for` is believed; TRUSTED_PROXIES, default none. */
  readonly trustedProxies: readonly string[];
  readonly own: Own;
};

/** Everything that is wrong with the environment, one line each: variable, what is wrong, what to do. */
export class ConfigurationError extends Error {
  readonly problems: readonly string[];

  constructor(service: string, problems: readonly string[]) {
    super(`services/${service} cannot start with this environment:\n${problems.map((line) => `  ${line}`).join('\n')}`);
    this.name = 'ConfigurationError';
    this.problems = problems;
  }
}

const readOwn = async <Schema extends z.ZodObject>(
  manifest: ServiceManifest,
  schema: Schema,
  environment: Variables,
  read: VariableReader,
): Promise<z.output<Schema> | undefined> => {
  const names = Object.keys(manifest.configuration);
  for (const key of names.filter((name) => !(name in schema.shape)))
    read.problems.push(`${key}: is declared in manifest.ts but not in config.ts; add it to the schema`);
  for (const key of Object.keys(schema.shape).filter((name) => !names.includes(name)))
    read.problems.push(`${key}: is in config.ts but not declared in manifest.ts; declare it under "configuration"`);

  const servesCustomers = read.optional(SERVES_CUSTOMERS, (text) => text === 'true', 'true, or nothing') === 'true';
  const values: Record<string, string | HeldSecret> = {};
  const unread = new Set<string>();
  const plainValue = (key: string) => environment[key] ?? manifest.configuration[key]?.default;
  for (const [key, declared] of Object.entries(manifest.configuration)) {
    const { kind } = declared;
    read.known.add(key);
    if (!isNeeded(declared, plainValue)) {
      read.known.add(`${key}_SECRET_ID`);
      continue;
    }
    const before = read.problems.length;
    const value = kind === 'secret' ? await read.secret(key, true) : plainValue(key);
    if (kind === 'plain' && value !== undefined && isPlaceholder(value))
      read.problems.push(`${key}: is a placeholder; set the real value`);
    if (servesCustomers && isStandIn(declared, value)) read.problems.push(`${key}: ${standInSentence(declared)}`);
    if (read.problems.length > before) unread.add(key);
    else if (value !== undefined) values[key] = declared.acceptsPrevious ? await read.held(key, value) : value;
  }
  const parsed = schema.safeParse(values);
  if (parsed.success) return parsed.data;
  for (const { path, message } of parsed.error.issues) {
    const key = String(path[0]);
    if (unread.has(key)) continue;
    const what = key in values ? `is malformed (${message})` : 'is missing';
    read.problems.push(`${key}: ${what}; ${manifest.configuration[key]?.description ?? 'see config.ts'}`);
  }
  return undefined;
};

/**
 * Reads and checks the whole environment of a service; `schema` describes the manifest's configuration keys only.
 * Throws one {@link ConfigurationError} that names every unknown, missing, malformed and placeholder value.
 */
export const readConfig = async <Schema extends z.ZodObject>(
  manifest: ServiceManifest,
  schema: Schema,
  environment: Variables = process.env,
  options: { readonly loadSecret?: LoadSecret } = {},
): Promise<Config<z.output<Schema>>> => {
  const read = createVariableReader(environment, options.loadSecret ?? loadSecretFromAws);
  const derived = await readDerived(manifest, read);
  const own = await readOwn(manifest, schema, environment, read);
  const claimed = environment['SERVICE_NAME'];
  if (claimed && claimed !== manifest.name)
    read.problems.push(
      `SERVICE_NAME: is "${claimed}" but this is ${manifest.name}; start the right bundle or fix the name`,
    );
  read.problems.push(...unknownNames(Object.keys(environment), read.known));
  if (read.problems.length > 0 || own === undefined) throw new ConfigurationError(manifest.name, read.problems);
  return { ...derived, own };
};
