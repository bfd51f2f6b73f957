import { callSecretName } from '../call-secret.ts';
import { type Breaker, createBreaker } from '../calls/breaker.ts';
import { createRetryBudget, type RetryBudget } from '../calls/retry-budget.ts';
import type { CalleeConfig } from '../config/config.ts';
import type { ServiceContext } from '../context.ts';
import type { GrpcClientOptions } from '../grpc/grpc-client.ts';
import type { HttpClientOptions } from '../http/http-client.ts';
import { variableName } from '../variable-name.ts';
import { required } from './required.ts';

export type Callees = {
  /** Options of a client for the gRPC door of a service that the manifest calls, with its breaker and its retries. */
  grpc(callee: string, deadlineMs: number): GrpcClientOptions;
  /** The same for its HTTP door. Both doors of a service share one breaker: it is one service that is well or not. */
  http(callee: string, deadlineMs: number): HttpClientOptions;
  close(): void;
};

export type CalleesOptions = {
  /** Whether a callee whose breaker is open makes this service degraded; default true. False where its health is asked for itself. */
  readonly isInHealth?: boolean;
  /** Milliseconds until an open breaker lets one call through; default 5,000, about what a process takes to come back. */
  readonly resetMs?: number;
};

/** Address of a callee's door: `http` is a base URL, `grpc` is `host:port`. Throws one sentence when the manifest does not call it. */
const addressOf = (context: ServiceContext<unknown>, callee: string, door: 'http' | 'grpc'): string => {
  const { url, grpc }: CalleeConfig = context.config.callees[callee] ?? {};
  const name = variableName(callee);
  return door === 'http' ? required(context, `${name}_URL`, url) : required(context, `${name}_GRPC`, grpc);
};

/** The one way to another service: every call has a deadline, a breaker that shows in health and metrics, and retries within a budget. */
export const openCallees = (
  context: ServiceContext<unknown>,
  { isInHealth = true, resetMs = 5_000 }: CalleesOptions = {},
): Callees => {
  const { manifest, config, health, metrics, logger } = context;
  const known = new Map<string, { breaker: Breaker; retries: RetryBudget }>();
  const guardOf = (callee: string) => {
    const found = known.get(callee);
    if (found) return found;
    // Every call has a deadline of its own, after which it counts as failed.
    const breaker = createBreaker({ name: callee, health, metrics, logger, timeoutMs: false, resetMs });
    const guard = { breaker, retries: createRetryBudget(callee, metrics) };
    known.set(callee, guard);
    if (isInHealth)
      health.add(callee, {
        critical: false,
        check: async () => {
          if (breaker.state === 'open') throw new Error('the breaker is open');
        },
      });
    return guard;
  };
  return {
    grpc: (callee, deadlineMs) => ({
      address: addressOf(context, callee, 'grpc'),
      caller: manifest.name,
      secret: required(context, callSecretName(manifest.name, callee), config.callees[callee]?.secret),
      deadlineMs,
      service: callee,
      ...guardOf(callee),
    }),
    http: (callee, deadlineMs) => ({
      baseUrl: addressOf(context, callee, 'http'),
      service: callee,
      deadlineMs,
      ...guardOf(callee),
    }),
    close: () => {
      for (const { breaker } of known.values()) breaker.close();
    },
  };
};
