import { setLogger } from '@grpc/grpc-js';
import { type CompatServiceDefinition, createServer, type ServiceImplementation } from 'nice-grpc';
import { HealthDefinition, HealthServiceImpl, HealthState } from 'nice-grpc-server-health';
import { createRotatingSecret } from '../auth/rotating-secret.ts';
import { createServiceTokenVerifier } from '../auth/service-token.ts';
import type { TokenVerifier } from '../auth/token-verifier.ts';
import type { LoadSecret } from '../config/load-secret.ts';
import type { ServiceContext } from '../context.ts';
import { systemClock } from '../system-clock.ts';
import { createCallGuard, type GrpcCall } from './call-guard.ts';

export type GrpcServerOptions = {
  readonly context: ServiceContext<unknown>;
  /** Checks the access tokens that services forward; default `context.verifyToken`. */
  readonly verifyToken?: TokenVerifier;
  /** Longest time for one call in milliseconds, also when the caller would wait longer; default 15,000. */
  readonly deadlineMs?: number;
  /** Milliseconds that calls in flight may take after `close()` before they are cancelled; default 10,000. */
  readonly drainMs?: number;
  /** Reads the secret of a caller again when it was rotated; default Secrets Manager. */
  readonly loadSecret?: LoadSecret;
};

/** Names of the services that may call each method. */
export type CallersOf<Definition extends CompatServiceDefinition> = Readonly<
  Record<keyof ServiceImplementation<Definition, GrpcCall> & string, readonly string[]>
>;

export type GrpcServer = {
  /** Adds a service, whose methods all declared callers may call, or those alone that `callers` names for each; its handlers are `(request, context: CallContext & GrpcCall) => Promise<answer>`. */
  add<Definition extends CompatServiceDefinition>(
    definition: Definition,
    implementation: ServiceImplementation<Definition, GrpcCall>,
    callers?: CallersOf<Definition>,
  ): GrpcServer;
  /** Opens `host:port` (port 0: any) and returns the port. */
  listen(address: string): Promise<number>;
  /** Takes no new calls, waits for those in flight. */
  close(): Promise<void>;
};

/** Largest message in bytes, in and out; pages are cut to half of it (kit/values/fit-page.ts). */
const largestMessage = 1024 * 1024;

/** gRPC door of a service, with grpc.health.v1; every other call needs a service token of a declared caller. */
export const createGrpcServer = ({
  context,
  verifyToken,
  deadlineMs = 15_000,
  drainMs = 10_000,
  loadSecret,
}: GrpcServerOptions): GrpcServer => {
  const { manifest, config, health, metrics, logger } = context;
  // The library's own words go where all others go, instead of as bare text to stderr.
  const warn = (text: unknown) => logger.warn(String(text));
  setLogger({ error: warn, info: warn, debug: (text: unknown) => logger.debug(String(text)) });
  const server = createServer({
    'grpc.max_receive_message_length': largestMessage,
    'grpc.max_send_message_length': largestMessage,
    // Makes clients look up the addresses again, so that they find replicas that came after they connected.
    'grpc.max_connection_age_ms': 300_000,
    'grpc.max_connection_age_grace_ms': 20_000,
    'grpc.keepalive_time_ms': 60_000,
    'grpc.keepalive_timeout_ms': 10_000,
  });
  const guardFor = createCallGuard({
    verifyService: createServiceTokenVerifier({
      callee: manifest.name,
      callers: Object.fromEntries(
        // Tokens expire by the time that their signer sees, whatever clock the service's rules run on.
        Object.entries(config.callers).map(([name, held]) => [
          name,
          createRotatingSecret(held, { clock: systemClock, logger, load: loadSecret }),
        ]),
      ),
      clock: systemClock,
    }),
    verifyToken: verifyToken ?? context.verifyToken,
    deadlineMs,
    metrics,
    logger,
  });
  const state = HealthState();
  const showPhase = () => state.setStatus(health.phase === 'ready' ? 'healthy' : 'unhealthy');
  showPhase();
  health.onPhase(showPhase);
  server.add(HealthDefinition, HealthServiceImpl(state));

  const grpc: GrpcServer = {
    add: (definition, implementation, callers) => {
      server.with(guardFor(callers)).add(definition, implementation);
      return grpc;
    },
    listen: (address) => server.listen(address),
    close: async () => {
      const force = setTimeout(() => server.forceShutdown(), drainMs);
      try {
        await server.shutdown();
      } finally {
        clearTimeout(force);
      }
    },
  };
  return grpc;
};
