import type { cacheDoors } from '../../contracts/http/operations/cache-doors.ts';
import type { DoorHandlers } from '../../kit/http/doors.ts';
import { analyseCache } from '../cache/analyse-cache.ts';
import { deleteKeys } from '../cache/delete-keys.ts';
import type { SharedCache } from '../cache/shared-cache.ts';
import { actorOf, type PerformActEffects, performAct } from '../use-cases/perform-act.ts';

export type CacheEffects = PerformActEffects & {
  /** Undefined where each process has its own. */
  readonly cache: SharedCache | undefined;
};

/** What the doors of the shared cache do. */
export const cacheHandlers = ({ cache, ...effects }: CacheEffects): DoorHandlers<typeof cacheDoors> => ({
  cache: () => analyseCache(cache),
  deleteKeys: async ({ caller, body: { reason, ...order } }) => {
    if (order.dryRun) return deleteKeys(cache, order);
    const subject = { pattern: order.pattern, everything: order.everything };
    return performAct(effects, { actor: actorOf(caller), act: 'cache.delete', subject, reason }, async () => {
      const result = await deleteKeys(cache, order);
      return { result, detail: { deletedKeys: result.deletedKeys, isWhole: result.isWhole } };
    });
  },
});
