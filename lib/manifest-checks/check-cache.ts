import { usesCache } from '../../services/kit/cache-rights.ts';
import { runtimeOf, type ServiceManifest } from '../../services/kit/manifest.ts';
import { operatedBy } from '../../services/kit/operation.ts';
import { abilities } from './abilities.ts';
import { manifestProblem } from './manifest-problem.ts';

/** Throws what is wrong about how a service uses the shared cache. */
export const checkCache = (service: ServiceManifest) => {
  if (usesCache(service) && !abilities[runtimeOf(service)].reachesCache)
    throw manifestProblem(
      service.name,
      `uses the shared cache, which a ${service.kind} outside the network cannot reach; keep it in a table`,
    );
  if (service.cache && operatedBy(service).sharedCache)
    throw manifestProblem(
      service.name,
      'declares cache and operates sharedCache; remove one of them: who deletes the keys of all reads no value, not even one of its own',
    );
};
