/** The part of a service's configuration that its manifest implies: ports, addresses, names. */
import { isIP } from 'node:net';
import { usesCache } from '../cache-rights.ts';
import { callSecretName, callSecretProblem } from '../call-secret.ts';
import { sendsMail, tellsChat, tellsOfMails } from '../destinations.ts';
import { runtimeOf, type ServiceManifest, usesEvents } from '../manifest.ts';
import { observedBy, observerConnections, usesDatabases } from '../observation.ts';
import { variableName } from '../variable-name.ts';
import type { CalleeConfig, Config, DatabaseConfig } from './config.ts';
import type { HeldSecret } from './held-secret.ts';
import { isKafkaUrl } from './kafka-address.ts';
import type { VariableReader } from './variable-reader.ts';

export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

/** Where a Lambda sends its spans: to the daemon beside it. */
export const XRAY_DAEMON = 'xray-daemon:';

const isPort = (text: string) => /^\d{1,5}$/.test(text) && Number(text) <= 65_535;
const hasScheme =
  (...schemes: string[]) =>
  (text: string) =>
    schemes.some((scheme) => text.startsWith(`${scheme}:`)) && URL.canParse(text);

const isPostgresUrl = hasScheme('postgresql', 'postgres');
const isJsonList = (text: string) => {
  try {
    return Array.isArray(JSON.parse(text));
  } catch {
    return false;
  }
};
const isTopicUrl = (text: string) => /^(sns:arn:[\w-]+:sns:[\w-]+:\d{12}:[\w-]+|folder:.+)$/.test(text);
const topicUrlForm = 'sns:<ARN of a topic> or folder:/path';
const isEventsUrl = (text: string) => isKafkaUrl(text) || isPostgresUrl(text);

/** The secret of a caller and a callee, which must be there. */
const readCallSecret = async (read: VariableReader, caller: string, callee: string): Promise<string> => {
  const name = callSecretName(caller, callee);
  const secret = await read.secret(name, true);
  const problem = secret && callSecretProblem(secret);
  if (problem) read.problems.push(`${name}: ${problem}`);
  return secret ?? '';
};

/** Only a gRPC door asks who calls. */
const readCallers = async ({ name, ports }: ServiceManifest, read: VariableReader) => {
  const callers: Record<string, HeldSecret> = {};
  if (ports.grpc === undefined) return callers;
  const names = read.optional(
    'ALLOWED_CALLERS',
    (text) => /^[a-z0-9-]+(,[a-z0-9-]+)*$/.test(text),
    'comma-separated service names',
  );
  for (const caller of names?.split(',') ?? []) {
    const key = callSecretName(caller, name);
    callers[caller] = await read.held(key, await readCallSecret(read, caller, name));
  }
  return callers;
};

const readAddresses = async (manifest: ServiceManifest, read: VariableReader) => {
  const anyText = (text: string) => text.trim() !== '';
  const byName = (names: readonly string[], prefix: string, expected: string) =>
    Object.fromEntries(
      names.map((name) => [name, read.required(`${prefix}_${variableName(name)}`, anyText, expected) ?? '']),
    );
  const callees: Record<string, CalleeConfig> = {};
  for (const name of manifest.calls) {
    const prefix = variableName(name);
    const before = read.problems.length;
    const url = read.optional(`${prefix}_URL`, hasScheme('http', 'https'), 'an http(s) URL')?.replace(/\/+$/, '');
    const grpc = read.optional(`${prefix}_GRPC`, (text) => /^(dns:\/{2,3})?[^/\s]+:\d{1,5}$/.test(text), 'host:port');
    if (url === undefined && grpc === undefined && read.problems.length === before)
      read.problems.push(
        `${prefix}_URL: is missing, as is ${prefix}_GRPC; set the address of ${name}, which the manifest calls`,
      );
    const isCalledByGrpc = manifest.callsByGrpc?.includes(name);
    if (isCalledByGrpc && url !== undefined && grpc === undefined && read.problems.length === before)
      read.problems.push(`${prefix}_GRPC: is missing; set it to host:port of the gRPC door that the manifest calls`);
    callees[name] = { url, grpc, ...(isCalledByGrpc && { secret: await readCallSecret(read, manifest.name, name) }) };
  }
  return {
    observedTables: byName(observedBy(manifest).tables, 'OBSERVED_TABLE', 'the name of the table'),
    tables: byName(Object.keys(manifest.owns.tables ?? {}), 'TABLE', 'the name of the table'),
    buckets: byName(
      Object.keys(manifest.owns.buckets ?? {}),
      'BUCKET',
      'the place of the bucket (file:///... or s3://name)',
    ),
    callees,
  };
};

type Databases = { readonly own?: DatabaseConfig; readonly observed: Readonly<Record<string, DatabaseConfig>> };

const readDatabases = (manifest: ServiceManifest, read: VariableReader): Databases => {
  if (!usesDatabases(manifest)) return { observed: {} };
  const idleMs = read.optional(
    'DATABASE_IDLE_MS',
    (text) => /^[1-9]\d{0,6}$/.test(text),
    'milliseconds from 1 to 9999999',
  );
  const auth = read.optional('DATABASE_AUTH', (text) => text === 'password' || text === 'iam', 'password or iam');
  const at = (variable: string, connections: number): DatabaseConfig => ({
    url: read.required(variable, isPostgresUrl, 'a postgresql:// URL') ?? '',
    connections,
    ...(idleMs && { idleMs: Number(idleMs) }),
    auth: auth === 'iam' ? 'iam' : 'password',
  });
  const observed = Object.fromEntries(
    observedBy(manifest).databases.map((name) => [
      name,
      at(`OBSERVED_DATABASE_${variableName(name)}`, observerConnections),
    ]),
  );
  if (!manifest.owns.database) return { observed };
  const connections = read.optional(
    'DATABASE_CONNECTIONS',
    (text) => /^[1-9]\d{0,2}$/.test(text),
    'a number from 1 to 999',
  );
  return { own: at('DATABASE_URL', Number(connections ?? manifest.databaseConnections ?? 5)), observed };
};

/** Under the names that OpenTelemetry gives them; where the daemon listens is said by Lambda itself. */
const readTraces = (read: VariableReader) => {
  const named = read.optional(
    'OTEL_EXPORTER_OTLP_ENDPOINT',
    (text) => text === XRAY_DAEMON || hasScheme('http', 'https')(text),
    `an http(s) URL or ${XRAY_DAEMON}`,
  );
  const daemon = read.optional('AWS_XRAY_DAEMON_ADDRESS', (text) => /^[\w.-]+:\d{1,5}$/.test(text), 'host:port');
  const endpoint = named === XRAY_DAEMON ? daemon && `udp://${daemon}` : named;
  const share = read.optional(
    'OTEL_TRACES_SAMPLER_ARG',
    (text) => /^(0(\.\d+)?|1(\.0+)?)$/.test(text),
    'a share of all traces from 0 to 1',
  );
  return endpoint === undefined
    ? {}
    : { traces: { endpoint: endpoint.replace(/\/+$/, ''), share: Number(share ?? 1) } };
};

/**
 * Reads what the manifest implies, and adds to the reader's problems. No zod object as for the service's own values: each variable would
 * keep its test and its sentence, and what is empty, a placeholder, a secret or one of two would need its own code beside the schema.
 */
export const readDerived = async (manifest: ServiceManifest, read: VariableReader): Promise<Omit<Config, 'own'>> => {
  const port = (name: string, declared: number | undefined) =>
    declared === undefined ? undefined : Number(read.required(name, isPort, 'a port from 0 to 65535'));
  const httpPort = port('HTTP_PORT', manifest.ports.http);
  const grpcPort = port('GRPC_PORT', manifest.ports.grpc);
  const probePort = read.optional('PROBE_PORT', isPort, 'a port from 0 to 65535');
  // A function is handed its events, and most of them are called by nobody.
  const isFunction = runtimeOf(manifest) === 'function';
  const databases = readDatabases(manifest, read);
  const events =
    usesEvents(manifest) && !isFunction
      ? read.required('EVENTS_URL', isEventsUrl, 'a postgresql:// URL or kafka://host:port,host:port')
      : read.optional('EVENTS_URL', isEventsUrl, 'a postgresql:// URL or kafka://host:port,host:port');
  const cache = usesCache(manifest)
    ? read.required(
        'CACHE_URL',
        (text) => text === 'memory:' || hasScheme('redis', 'rediss')(text),
        'memory: or a redis(s):// URL',
      )
    : undefined;
  const mail = sendsMail(manifest)
    ? read.required('MAIL_URL', (text) => text === 'ses:' || /^folder:.+/.test(text), 'ses: or folder:/path')
    : undefined;
  const chat = tellsChat(manifest) ? read.optional('CHAT_URL', isTopicUrl, topicUrlForm) : undefined;
  const sentMails = tellsOfMails(manifest) ? read.required('SENT_MAILS_URL', isTopicUrl, topicUrlForm) : undefined;
  const logLevel = read.optional(
    'LOG_LEVEL',
    (text) => logLevels.some((level) => level === text),
    `one of ${logLevels.join(', ')}`,
  );
  const bindAddress = read.optional('BIND_ADDRESS', (text) => /^[\w.:-]+$/.test(text), 'an IP address or host name');
  const callers = await readCallers(manifest, read);
  const proxies = read.optional(
    'TRUSTED_PROXIES',
    (text) => text.split(',').every((each) => isIP(each.split('/')[0] ?? '') !== 0),
    'comma-separated addresses or CIDRs',
  );
  const { observedTables, ...addresses } = await readAddresses(manifest, read);
  const platformMap = manifest.operates && read.required('PLATFORM_MAP', isJsonList, 'a list in JSON');
  return {
    bindAddress: bindAddress ?? '0.0.0.0',
    httpPort,
    grpcPort,
    ...(probePort !== undefined && { probePort: Number(probePort) }),
    logLevel: logLevels.find((level) => level === logLevel) ?? 'info',
    ...readTraces(read),
    ...(databases.own && { database: databases.own }),
    events,
    cache,
    mail,
    ...(chat !== undefined && { chat }),
    ...(sentMails !== undefined && { sentMails }),
    ...addresses,
    ...(platformMap !== undefined && { platformMap }),
    ...(manifest.observes && { observed: { databases: databases.observed, tables: observedTables } }),
    callers,
    trustedProxies: proxies?.split(',') ?? [],
  };
};
