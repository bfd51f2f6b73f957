import rateLimit, { type FastifyRateLimitStore } from '@fastify/rate-limit';
import type { FastifyRequest } from 'fastify';
import type { Cache } from '../cache/cache.ts';
import { openCache } from '../cache/open-cache.ts';
import type { Clock } from '../values/clock.ts';
import { Refusal } from '../values/refusal.ts';
import type { HttpServer } from './fastify-zod.ts';

/** A signed-in customer is counted by user, everybody else by network. */
const callerKey = ({ caller, network }: FastifyRequest): string =>
  caller?.kind === 'customer' ? `user:${caller.userId}` : `ip:${network}`;

/**
 * Customers of one network together may send as much as five of them alone: more than a household or an office does, and
 * not more with every account that somebody makes.
 */
const customersOfNetwork = 5;

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

/** The refusal of what exceeds a limit. */
const tooMany = ({ ttl, max }: { readonly ttl: number; readonly max: number }) =>
  new Refusal('too-many', 'request.too-many', `More than ${max} requests in the time window; wait and try again.`, {
    retryAfterSeconds: Math.max(1, Math.ceil(ttl / 1000)),
  });

/** Counts a request; throws 429 `request.too-many` with Retry-After where it is one too many. */
export type CountRequest = (request: FastifyRequest) => Promise<void>;

/**
 * Returns what counts each request, refused ones too, against `requestsPerMinute`: to be called as soon as the caller is known, and
 * before anything is decided or read. Probes and routes that limit themselves are left alone; those have
 * `config: { rateLimit: { max, timeWindow } }` or a hook of `http.rateLimit()`.
 */
export const addRateLimit = async (
  http: HttpServer,
  { service, clock, cache, requestsPerMinute }: RateLimitOptions,
): Promise<CountRequest> => {
  await http.register(rateLimit, {
    global: false,
    timeWindow: 60_000,
    // Before the body is read: a body that never ends must not be free.
    hook: 'onRequest',
    keyGenerator: callerKey,
    skipOnError: true,
    ...(cache && { store: storeOver(cache, service, clock) }),
    errorResponseBuilder: (_request, exceeded) => tooMany(exceeded),
  });
  if (requestsPerMinute === undefined) return async () => {};
  const ofCaller = http.createRateLimit({ max: requestsPerMinute, keyGenerator: callerKey });
  const ofNetwork = http.createRateLimit({
    max: requestsPerMinute * customersOfNetwork,
    keyGenerator: ({ network }) => `customers:${network}`,
  });
  const count = async (limit: typeof ofCaller, request: FastifyRequest) => {
    const counted = await limit(request);
    if (!counted.isAllowed && counted.isExceeded) throw tooMany(counted);
  };
  return async (request) => {
    const { isProbe, rateLimit: own } = request.routeOptions.config;
    if (isProbe || own !== undefined) return;
    if (request.caller?.kind === 'customer') await count(ofNetwork, request);
    await count(ofCaller, request);
  };
};
