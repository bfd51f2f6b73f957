import type { Cache } from '../cache/cache.ts';
import { openCache } from '../cache/open-cache.ts';
import type { ServiceContext } from '../context.ts';
import { required } from './required.ts';

/** The cache that the manifest asks for, in the service's health; a service works without it. */
export const openOwnCache = (context: ServiceContext<unknown>): Cache => {
  const { manifest, config, logger, metrics, health } = context;
  const cache = openCache(required(context, 'CACHE_URL', config.cache), { namespace: manifest.name, logger, metrics });
  health.add('cache', { critical: false, check: () => cache.check() });
  return cache;
};
