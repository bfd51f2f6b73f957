import { LRUCache } from 'lru-cache';
import type { Cache, CacheOptions } from './cache.ts';

/** The cache of one process: a bounded LRU. It keeps JSON text, so that no caller can come to share objects through it. */
export const createMemoryCache = ({ maxEntries = 10_000, maxCharacters = 8 * 2 ** 20 }: CacheOptions): Cache => {
  const entries = new LRUCache<string, string>({
    max: maxEntries,
    maxSize: maxCharacters,
    sizeCalculation: (value, key) => value.length + key.length,
  });
  return {
    get: async <T>(key: string) => {
      const text = entries.get(key);
      return text === undefined ? undefined : (JSON.parse(text) as T);
    },
    set: async (key, value, ttlSeconds) => {
      entries.set(key, JSON.stringify(value), { ttl: ttlSeconds * 1000 });
    },
    delete: async (key) => {
      entries.delete(key);
    },
    increment: async (key, ttlSeconds) => {
      const count = Number(entries.get(key) ?? 0) + 1;
      const remaining = entries.getRemainingTTL(key);
      entries.set(key, String(count), { ttl: count === 1 ? ttlSeconds * 1000 : Math.max(1, remaining) });
      return count;
    },
    check: async () => undefined,
    close: async () => entries.clear(),
  };
};
