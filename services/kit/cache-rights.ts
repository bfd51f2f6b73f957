/**
 * What a service may do in the shared cache, as rules of the user by whom it signs in: the same on ElastiCache, in compose.yaml and in
 * tests, so that a command that is missing here fails on a laptop. A command that is not named is refused, and so is every channel.
 * Source: https://valkey.io/topics/acl; ElastiCache user guide, "Role-Based Access Control".
 */
import type { ServiceManifest } from './manifest.ts';
import { operatedBy } from './operation.ts';

/** What cache/redis-cache.ts sends. Signing in (HELLO, AUTH) needs no right. */
const OWN_COMMANDS = ['get', 'set', 'del', 'multi', 'incr', 'pexpire', 'exec', 'ping'];

/**
 * What looks at keys and removes them (services/operations/cache): none of these answers a value or writes one, so the worst that they
 * can do is what a cache may do by itself at any moment, to forget.
 */
const OPERATING_COMMANDS = ['info', 'dbsize', 'scan', 'pttl', 'memory|usage', 'unlink'];

type CacheNeeds = Pick<ServiceManifest, 'name' | 'cache' | 'operates'>;

/** Whether a service signs in to the shared cache, for keys of its own or to operate those of all. */
export const usesCache = (service: Pick<ServiceManifest, 'cache' | 'operates'>): boolean =>
  service.cache === true || operatedBy(service).sharedCache;

/** Rules of a service's user: which keys, and which commands on them. */
export const cacheRights = (service: CacheNeeds): readonly string[] => {
  const [keys, commands] = operatedBy(service).sharedCache
    ? ['~*', OPERATING_COMMANDS]
    : [`~${service.name}:*`, OWN_COMMANDS];
  return [keys, '-@all', ...commands.map((command) => `+${command}`)];
};

/**
 * Parameters with which a server of Redis or Valkey starts, so that each service that uses it has its user, named as the service, and
 * nobody else gets in.
 */
export const cacheServerUsers = (
  services: readonly CacheNeeds[],
  passwordOf: (service: string) => string,
): readonly string[] => [
  ...services
    .filter(usesCache)
    .flatMap((service) => ['--user', service.name, 'on', `>${passwordOf(service.name)}`, ...cacheRights(service)]),
  ...['--user', 'default', 'off'],
];
