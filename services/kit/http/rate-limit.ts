import rateLimit, { type FastifyRateLimitStore } from '@fastify/rate-limit';
import type { FastifyRequest } from 'fastify';
import type { Cache } from '../cache/cache.ts';
import { openCache } from '../cache/open-cache.ts';
import type { Clock } from '../values/clock.ts';
import { Refusal } from '../values/refusal.ts';
import type { HttpServer } from './fastify-zod.ts';

/** A signed-in customer is counted by user, everybody else by address. */
const callerKey = (request: FastifyRequest): string =>
  request.caller?.kind === 'customer' ? `user:${request.caller.userId}` : `ip:${request.ip}`;

type StoreOptions = {
  readonly groupId?: string;
  readonly routeInfo?: { readonly method?: string | string[]; readonly url?: string };
};

/**
 * Counts in the cache, so that a limit holds over all replicas. While the cache is away each process counts by itself:
 * a limit that guards log-ins must not end with the cache.
 */
const storeOver = (cache: Cache, service: string, clock: Clock) => {
  const ownCounts = openCache('memory:');
  const count = async (key: string, ttlSeconds: number): Promise<number> => {
    const counted = await cache.increment(key, ttlSeconds).catch(() => 0);
    return counted > 0 ? counted : ownCounts.increment(key, ttlSeconds);
  };
  return class CacheStore implements FastifyRateLimitStore {
    private readonly scope: string;

    constructor({ groupId, routeInfo: { method, url } = {} }: StoreOptions) {
      this.scope = `${service}:${groupId ?? (url ? `${String(method)}:${url}` : 'all')}`;
    }

    incr(
      key: string,
      answer: (problem: Error | null, result?: { current: number; ttl: number }) => void,
      timeWindow: number,
    ): void {
      const now = clock.now().getTime();
      const window = Math.floor(now / timeWindow);
      count(`rate:${this.scope}:${key}:${window}`, Math.ceil(timeWindow / 1000)).then(
        (current) => answer(null, { current, ttl: (window + 1) * timeWindow - now }),
        (problem: unknown) => answer(problem instanceof Error ? problem : new Error(String(problem))),
      );
    }

    child(routeOptions: object): FastifyRateLimitStore {
      return new CacheStore(routeOptions);
    }
  };
};

export type RateLimitOptions = {
  /** Name of the service; services that share a cache count apart. */
  readonly service: string;
  /** Tells when a time window ends, where counts are shared. */
  readonly clock: Clock;
  readonly cache?: Cache;
  readonly requestsPerMinute?: number;
};

/**
 * Routes limit themselves with `config: { rateLimit: { max, timeWindow } }`; `requestsPerMinute` limits all of them.
 * Answers 429 `request.too-many` with Retry-After.
 */
export const addRateLimit = async (
  http: HttpServer,
  { service, clock, cache, requestsPerMinute }: RateLimitOptions,
): Promise<void> => {
  await http.register(rateLimit, {
    global: requestsPerMinute !== undefined,
    max: requestsPerMinute ?? 600,
    timeWindow: 60_000,
    // After authentication, so that a user is counted as a user.
    hook: 'preValidation',
    keyGenerator: callerKey,
    skipOnError: true,
    ...(cache && { store: storeOver(cache, service, clock) }),
    errorResponseBuilder: (_request, { ttl, max }) =>
      new Refusal('too-many', 'request.too-many', `More than ${max} requests in the time window; wait and try again.`, {
        retryAfterSeconds: Math.max(1, Math.ceil(ttl / 1000)),
      }),
  });
};
