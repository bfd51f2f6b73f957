import type { TokenVerifier } from '../auth/token-verifier.ts';
import { usesCache } from '../cache-rights.ts';
import type { Config } from '../config/config.ts';
import { createContext, type ServiceContext } from '../context.ts';
import type { ServiceManifest } from '../manifest.ts';
import { createLogger, type Logger } from '../telemetry/logger.ts';
import type { Clock } from '../values/clock.ts';
import type { Ids } from '../values/identifiers.ts';

export type TestContextOverrides<Own> = {
  /** Values of the service's own configuration; default none. */
  readonly own?: Own;
  readonly config?: Partial<Omit<Config<Own>, 'own'>>;
  readonly clock?: Clock;
  readonly ids?: Ids;
  readonly verifyToken?: TokenVerifier;
  readonly logger?: Logger;
  /** Aborts when the test wants the service to begin its shut-down. */
  readonly stopping?: AbortSignal;
};

/** A machine that runs everything at once is slow, and its database is not away. */
const unhurried = { acquireTimeoutMs: 60_000, statementTimeoutMs: 60_000 };

/** What a caller and a callee have in common in tests. */
export const testCallSecret = (caller: string, callee: string): string =>
  `of tests alone, 32 bytes: ${caller}, ${callee}`;

/** Callers of a service in tests, each with a secret of its own. */
export const testCallers = (callee: string, callers: readonly string[]): Config['callers'] =>
  Object.fromEntries(callers.map((caller) => [caller, { secret: testCallSecret(caller, callee) }]));

/** Gives each callee with a gRPC door the secret by which it knows this caller. */
const withTestSecrets = (caller: string, callees: Config['callees']): Config['callees'] =>
  Object.fromEntries(
    Object.entries(callees).map(([name, callee]) => [
      name,
      { ...(callee.grpc !== undefined && { secret: testCallSecret(caller, name) }), ...callee },
    ]),
  );

/**
 * A context as `runService` would build it, without an environment and silent: what tests hand to `app.ts`. Its database has
 * much time. The service counts as ready, every other service may call it, and all registered parts are real.
 */
export const testContext = <Own = Readonly<Record<string, unknown>>>(
  manifest: ServiceManifest,
  overrides: TestContextOverrides<Own> = {},
): ServiceContext<Own> => {
  const database = overrides.config?.database;
  const context = createContext<Own>({
    manifest,
    config: {
      bindAddress: '127.0.0.1',
      ...(manifest.ports.http !== undefined && { httpPort: 0 }),
      ...(manifest.ports.grpc !== undefined && { grpcPort: 0 }),
      logLevel: 'silent',
      ...(usesCache(manifest) && { cache: 'memory:' }),
      tables: {},
      buckets: {},
      callers: testCallers(manifest.name, ['api-gateway', 'user', 'product', 'cart', 'order', 'payment', 'test']),
      trustedProxies: [],
      own: (overrides.own ?? {}) as Own,
      ...overrides.config,
      callees: withTestSecrets(manifest.name, overrides.config?.callees ?? {}),
      ...(database && { database: { ...unhurried, ...database } }),
    },
    stopping: overrides.stopping ?? new AbortController().signal,
    logger: overrides.logger ?? createLogger(manifest.name, 'silent'),
    ...(overrides.clock && { clock: overrides.clock }),
    ...(overrides.ids && { ids: overrides.ids }),
    ...(overrides.verifyToken && { verifyToken: overrides.verifyToken }),
  });
  context.health.enter('ready');
  return context;
};
