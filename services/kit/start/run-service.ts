import type * as z from 'zod';
import { type Config, ConfigurationError, readConfig } from '../config/config.ts';
import { type LoadSecret, loadSecretFromAws } from '../config/load-secret.ts';
import { watchSecrets } from '../config/secret-watch.ts';
import { createContext, type ServiceContext } from '../context.ts';
import { disagreements } from '../events/handlers.ts';
import { type ProbeServer, startProbeServer } from '../http/probe-server.ts';
import { type Consumption, drainSeconds, type ServiceManifest } from '../manifest.ts';
import { maskUrlPasswords } from '../telemetry/logger.ts';
import { countLostSpans, startTraceExport } from '../telemetry/trace-export.ts';
import type { RunningService } from './running-service.ts';
import { stopInOrder } from './stop-in-order.ts';

export type RunOptions = {
  /** Milliseconds for the whole shut-down; default `drainSeconds`; after more, Kubernetes would have killed. */
  readonly drainMs?: number;
};

const sentenceOf = (problem: unknown) => maskUrlPasswords(problem instanceof Error ? problem.message : String(problem));

/** Says which variable names a port that cannot be had, and what to do. */
const openDoor = async <T>(variable: string, port: number, listen: () => Promise<T>): Promise<T> => {
  try {
    return await listen();
  } catch (problem) {
    throw new Error(
      `${variable}: cannot listen on port ${port} (${sentenceOf(problem)}); stop what holds it or choose another port`,
    );
  }
};

/** Opens the doors in order and returns the ports that they got. */
const openDoors = async ({ http, grpc }: RunningService, { bindAddress, httpPort, grpcPort }: Config<unknown>) => {
  const ports: { http?: number; grpc?: number } = {};
  if (grpc && grpcPort !== undefined)
    ports.grpc = await openDoor('GRPC_PORT', grpcPort, () => grpc.listen(`${bindAddress}:${grpcPort}`));
  if (http && httpPort !== undefined) {
    const address = await openDoor('HTTP_PORT', httpPort, () => http.listen({ host: bindAddress, port: httpPort }));
    ports.http = Number(new URL(address).port);
  }
  return ports;
};

const requireDoors = ({ ports, name }: ServiceManifest, running: RunningService) => {
  for (const door of ['http', 'grpc'] as const)
    if (ports[door] !== undefined && !running[door])
      throw new Error(
        `services/${name}/manifest.ts declares a port for ${door}, but app.ts returned no ${door} server`,
      );
};

/** Events that nobody handles pile up in silence; handlers that nobody declared get none. */
const requireHandlers = ({ consumes, name }: ServiceManifest, { background = [] }: RunningService) => {
  const handled: Consumption = Object.assign({}, ...background.map(({ handles }) => handles));
  const found = disagreements(consumes, handled);
  if (found.length > 0) throw new Error(`services/${name}/manifest.ts ${found.join('; it ')}`);
};

/**
 * Runs a service from start to end: reads the configuration, builds the context, calls `start`, checks that every
 * door, consumer and critical function of the manifest is there, opens the doors, and on SIGTERM or SIGINT shuts down in order within 20 s.
 * A start that fails prints one line on stderr and exits 1.
 */
export const runService = async <Schema extends z.ZodObject>(
  manifest: ServiceManifest,
  schema: Schema,
  start: (context: ServiceContext<z.output<Schema>>) => Promise<RunningService>,
  { drainMs = drainSeconds * 1000 }: RunOptions = {},
): Promise<void> => {
  const startedAt = performance.now();
  const stop = new AbortController();
  let probes: ProbeServer | undefined;
  try {
    const secrets = new Map<string, string>();
    const loadSecret: LoadSecret = async (id, which) => {
      const value = await loadSecretFromAws(id, which);
      // What counted before a rotation is no news.
      if (which !== 'previous') secrets.set(id, value);
      return value;
    };
    const config = await readConfig(manifest, schema, process.env, { loadSecret });
    const context = createContext({ manifest, config, stopping: stop.signal });
    const { logger, health, functions, metrics } = context;
    const traces = await startTraceExport(
      config.traces,
      { service: manifest.name, isPublic: manifest.public === true, onLost: countLostSpans(metrics) },
      logger,
    );
    metrics.collectProcess();
    // Lets an operator see more of one process without restarting what may be failing: kill -USR2.
    process.on('SIGUSR2', () => {
      logger.level = logger.level === 'debug' ? config.logLevel : 'debug';
      logger.info({ logLevel: logger.level }, 'log level changed');
    });
    const { probePort } = config;
    if (probePort !== undefined)
      probes = await openDoor('PROBE_PORT', probePort, () => startProbeServer(context, probePort));

    const running = await start(context);
    requireDoors(manifest, running);
    requireHandlers(manifest, running);
    stopInOrder({ running, probes, traces, context, stop, drainMs });

    const ports = await openDoors(running, config);
    const missing = functions.missing();
    if (missing.length > 0) {
      health.enter('failed');
      logger.fatal(
        { missing },
        `never ready: critical functions not registered: ${missing.join(', ')}; services/${manifest.name}/manifest.ts names them, services/${manifest.name}/app.ts has to`,
      );
      return;
    }
    for (const { start: begin } of running.background ?? []) await begin?.();
    health.enter('ready');
    let areSecretsOutdated = false;
    health.addDetail('secrets', () => (areSecretsOutdated ? 'rotated since the start' : 'as at the start'));
    watchSecrets({
      seen: secrets,
      load: loadSecretFromAws,
      logger,
      onChange: () => {
        areSecretsOutdated = true;
        logger.warn(
          'a secret was rotated; this process keeps the value of its start until "cloudmart restart --rotated" gives its service new pods',
        );
      },
    });
    logger.info(
      { ...ports, ...(probes && { probe: probes.port }), startMs: Math.round(performance.now() - startedAt) },
      'ready',
    );
  } catch (problem) {
    const prefix = problem instanceof ConfigurationError ? '' : `${manifest.name} cannot start: `;
    process.stderr.write(`${prefix}${sentenceOf(problem)}\n`);
    process.exit(1);
  }
};
