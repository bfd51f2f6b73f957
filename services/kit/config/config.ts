import { isIP } from 'node:net';
import type * as z from 'zod';
import { runtimeOf, type ServiceManifest, usesEvents } from '../manifest.ts';
import { isKafkaUrl } from './kafka-address.ts';
import { type LoadSecret, loadSecretFromAws } from './load-secret.ts';
import { isPlaceholder } from './placeholder.ts';
import { unknownNames } from './unknown-names.ts';
import { createEnvironmentReader, type Environment, type EnvironmentReader } from './variable-reader.ts';

export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

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

export type CalleeConfig = {
  /** Base URL of its HTTP door, without a trailing slash. */
  readonly url?: string;
  /** `host:port` of its gRPC door. */
  readonly grpc?: string;
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
  readonly callees: Readonly<Record<string, CalleeConfig>>;
  /** Signs and checks service tokens; empty only for a Lambda that has none. */
  readonly serviceAuthSecret: string;
  /** Where the secret above comes from in Secrets Manager; absent when it was given as it is. */
  readonly serviceAuthSecretId?: string;
  readonly allowedCallers: readonly string[];
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

/** `order-events` -> `ORDER_EVENTS`; the same spelling as in lib/variables/service-variables.ts. */
const environmentName = (name: string) => name.toUpperCase().replaceAll('-', '_');

/** What is wrong with a secret that signs the calls between services, if anything; HMAC-SHA-256 wants a key as long as its hash (RFC 7518, 3.2). */
export const serviceAuthSecretProblem = (secret: string): string | undefined =>
  Buffer.byteLength(secret) < 32 ? 'is shorter than 32 bytes; generate a longer one' : undefined;

const isPort = (text: string) => /^\d{1,5}$/.test(text) && Number(text) <= 65_535;
const hasScheme =
  (...schemes: string[]) =>
  (text: string) =>
    schemes.some((scheme) => text.startsWith(`${scheme}:`)) && URL.canParse(text);

const isEventsUrl = (text: string) => isKafkaUrl(text) || hasScheme('postgresql', 'postgres')(text);

const readAddresses = (manifest: ServiceManifest, read: EnvironmentReader) => {
  const anyText = (text: string) => text.trim() !== '';
  const byName = (names: readonly string[], prefix: string, expected: string) =>
    Object.fromEntries(
      names.map((name) => [name, read.required(`${prefix}_${environmentName(name)}`, anyText, expected) ?? '']),
    );
  const callees: Record<string, CalleeConfig> = {};
  for (const name of manifest.calls) {
    const prefix = environmentName(name);
    const before = read.problems.length;
    const url = read.optional(`${prefix}_URL`, hasScheme('http', 'https'), 'an http(s) URL')?.replace(/\/+$/, '');
    const grpc = read.optional(`${prefix}_GRPC`, (text) => /^(dns:\/{2,3})?[^/\s]+:\d{1,5}$/.test(text), 'host:port');
    if (url === undefined && grpc === undefined && read.problems.length === before)
      read.problems.push(
        `${prefix}_URL: is missing, as is ${prefix}_GRPC; set the address of ${name}, which the manifest calls`,
      );
    callees[name] = { ...(url && { url }), ...(grpc && { grpc }) };
  }
  return {
    tables: byName(Object.keys(manifest.owns.tables ?? {}), 'TABLE', 'the name of the table'),
    buckets: byName(manifest.owns.buckets ?? [], 'BUCKET', 'the place of the bucket (file:///... or s3://name)'),
    callees,
  };
};

const readDatabase = (manifest: ServiceManifest, read: EnvironmentReader): DatabaseConfig | undefined => {
  if (!manifest.owns.database) return undefined;
  const url = read.required('DATABASE_URL', hasScheme('postgresql', 'postgres'), 'a postgresql:// URL');
  const connections = read.optional(
    'DATABASE_CONNECTIONS',
    (text) => /^[1-9]\d{0,2}$/.test(text),
    'a number from 1 to 999',
  );
  const idleMs = read.optional(
    'DATABASE_IDLE_MS',
    (text) => /^[1-9]\d{0,6}$/.test(text),
    'milliseconds from 1 to 9999999',
  );
  const auth = read.optional('DATABASE_AUTH', (text) => text === 'password' || text === 'iam', 'password or iam');
  return {
    url: url ?? '',
    connections: Number(connections ?? manifest.databaseConnections ?? 5),
    ...(idleMs && { idleMs: Number(idleMs) }),
    auth: auth === 'iam' ? 'iam' : 'password',
  };
};

const readDerived = async (manifest: ServiceManifest, read: EnvironmentReader): Promise<Omit<Config, 'own'>> => {
  const port = (name: string, declared: number | undefined) =>
    declared === undefined ? undefined : Number(read.required(name, isPort, 'a port from 0 to 65535'));
  const httpPort = port('HTTP_PORT', manifest.ports.http);
  const grpcPort = port('GRPC_PORT', manifest.ports.grpc);
  const probePort = read.optional('PROBE_PORT', isPort, 'a port from 0 to 65535');
  // A function is handed its events, and most of them are called by nobody.
  const isFunction = runtimeOf(manifest) === 'function';
  const database = readDatabase(manifest, read);
  const events =
    usesEvents(manifest) && !isFunction
      ? read.required('EVENTS_URL', isEventsUrl, 'a postgresql:// URL or kafka://host:port,host:port')
      : read.optional('EVENTS_URL', isEventsUrl, 'a postgresql:// URL or kafka://host:port,host:port');
  const cache = manifest.cache
    ? read.required(
        'CACHE_URL',
        (text) => text === 'memory:' || hasScheme('redis', 'rediss')(text),
        'memory: or a redis(s):// URL',
      )
    : undefined;
  const mail = manifest.reaches?.includes('ses')
    ? read.required('MAIL_URL', (text) => text === 'ses:' || /^folder:.+/.test(text), 'ses: or folder:/path')
    : undefined;
  const logLevel = read.optional(
    'LOG_LEVEL',
    (text) => logLevels.some((level) => level === text),
    `one of ${logLevels.join(', ')}`,
  );
  const bindAddress = read.optional('BIND_ADDRESS', (text) => /^[\w.:-]+$/.test(text), 'an IP address or host name');
  const serviceAuthSecret = await read.secret('SERVICE_AUTH_SECRET', !isFunction);
  const authProblem = serviceAuthSecret && serviceAuthSecretProblem(serviceAuthSecret);
  if (authProblem) read.problems.push(`SERVICE_AUTH_SECRET: ${authProblem}`);
  const serviceAuthSecretId = read.idOf('SERVICE_AUTH_SECRET');
  const callers = read.optional(
    'ALLOWED_CALLERS',
    (text) => /^[a-z0-9-]+(,[a-z0-9-]+)*$/.test(text),
    'comma-separated service names',
  );
  const proxies = read.optional(
    'TRUSTED_PROXIES',
    (text) => text.split(',').every((each) => isIP(each.split('/')[0] ?? '') !== 0),
    'comma-separated addresses or CIDRs',
  );
  return {
    bindAddress: bindAddress ?? '0.0.0.0',
    ...(httpPort !== undefined && { httpPort }),
    ...(grpcPort !== undefined && { grpcPort }),
    ...(probePort !== undefined && { probePort: Number(probePort) }),
    logLevel: logLevels.find((level) => level === logLevel) ?? 'info',
    ...(database && { database }),
    ...(events && { events }),
    ...(cache && { cache }),
    ...(mail && { mail }),
    ...readAddresses(manifest, read),
    serviceAuthSecret: serviceAuthSecret ?? '',
    ...(serviceAuthSecretId && { serviceAuthSecretId }),
    allowedCallers: callers?.split(',') ?? [],
    trustedProxies: proxies?.split(',') ?? [],
  };
};

const readOwn = async <Schema extends z.ZodObject>(
  manifest: ServiceManifest,
  schema: Schema,
  environment: Environment,
  read: EnvironmentReader,
): Promise<z.output<Schema> | undefined> => {
  const declared = Object.keys(manifest.configuration);
  for (const key of declared.filter((name) => !(name in schema.shape)))
    read.problems.push(`${key}: is declared in manifest.ts but not in config.ts; add it to the schema`);
  for (const key of Object.keys(schema.shape).filter((name) => !declared.includes(name)))
    read.problems.push(`${key}: is in config.ts but not declared in manifest.ts; declare it under "configuration"`);

  const values: Record<string, string> = {};
  const unread = new Set<string>();
  for (const [key, { kind, default: fallback }] of Object.entries(manifest.configuration)) {
    read.known.add(key);
    const before = read.problems.length;
    const value = kind === 'secret' ? await read.secret(key, true) : (environment[key] ?? fallback);
    if (kind === 'plain' && value !== undefined && isPlaceholder(value))
      read.problems.push(`${key}: is a placeholder; set the real value`);
    if (read.problems.length > before) unread.add(key);
    else if (value !== undefined) values[key] = value;
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
  environment: Environment = process.env,
  options: { readonly loadSecret?: LoadSecret } = {},
): Promise<Config<z.output<Schema>>> => {
  const read = createEnvironmentReader(environment, options.loadSecret ?? loadSecretFromAws);
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
