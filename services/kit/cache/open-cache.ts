import { type Metrics, startAtZero } from '../telemetry/metrics.ts';
import type { Cache, CacheOptions } from './cache.ts';
import { createMemoryCache } from './memory-cache.ts';
import { createRedisCache } from './redis-cache.ts';

const countRequests = (cache: Cache, metrics: Metrics): Cache => {
  const requests = metrics.counter({ name: 'cache_requests_total', help: 'Reads of the cache.', labels: ['result'] });
  startAtZero(requests, [{ result: 'hit' }, { result: 'miss' }]);
  return {
    ...cache,
    get: async <T>(key: string) => {
      const value = await cache.get<T>(key);
      requests.inc({ result: value === undefined ? 'miss' : 'hit' });
      return value;
    },
  };
};

const spreadEnds = (cache: Cache): Cache => ({
  ...cache,
  set: (key, value, ttlSeconds) => cache.set(key, value, ttlSeconds * (1 - Math.random() / 10)),
});

/**
 * Opens the cache that CACHE_URL names: `memory:` is a bounded LRU in this process, `redis(s)://` a Redis or Valkey that all
 * replicas share. Does not wait for it: a service starts, and works, without it. Throws one sentence for a wrong URL.
 */
export const openCache = (url: string, options: CacheOptions = {}): Cache => {
  const cache = spreadEnds(url === 'memory:' ? createMemoryCache(options) : createRedisCache(url, options));
  return options.metrics ? countRequests(cache, options.metrics) : cache;
};
