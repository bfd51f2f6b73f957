import type { reconciliationDoors } from '../../contracts/http/reconciliation-doors.ts';
import type { DoorHandlers } from '../../kit/http/doors.ts';
import { fitPage } from '../../kit/values/fit-page.ts';
import { isId } from '../../kit/values/identifiers.ts';
import { cursorMalformed } from '../domain/order-refusals.ts';
import { reconciliationUnknown } from '../domain/reconciliation-refusals.ts';
import type { ReconciliationRepository } from '../storage/reconciliation-repository.ts';
import { type BeginReconciliationEffects, beginReconciliation } from '../use-cases/begin-reconciliation.ts';
import { actorOf } from '../use-cases/change-order.ts';

const known = async (reconciliations: ReconciliationRepository, id: string) => {
  const reconciliation = await reconciliations.find(id);
  if (!reconciliation) throw reconciliationUnknown(id);
  return reconciliation;
};

/** The cursor of drifts is the number of the last one. */
const numberOf = (cursor: string | undefined): number => {
  if (cursor === undefined) return 0;
  if (!/^[1-9][0-9]{0,8}$/.test(cursor)) throw cursorMalformed();
  return Number(cursor);
};

/** What the doors of the reconciliations do. */
export const reconciliationHandlers = (
  effects: BeginReconciliationEffects,
): DoorHandlers<typeof reconciliationDoors> => ({
  begin: async ({ caller, body }) => {
    const id = await beginReconciliation(effects, { ...body, askedBy: actorOf(caller) });
    const reconciliation = await known(effects.reconciliations, id);
    return { headers: { location: `/reconciliations/${id}` }, body: { reconciliation } };
  },

  list: async ({ query: { limit, cursor } }) => {
    if (cursor !== undefined && !isId('rec', cursor)) throw cursorMalformed();
    const { items, hasMore } = fitPage(await effects.reconciliations.list(limit + 1, cursor), limit);
    return { items, nextCursor: hasMore ? (items.at(-1)?.id ?? null) : null };
  },

  find: async ({ params: { id } }) => ({ reconciliation: await known(effects.reconciliations, id) }),

  drifts: async ({ params: { id }, query: { limit, cursor } }) => {
    await known(effects.reconciliations, id);
    const found = await effects.reconciliations.drifts(id, limit + 1, numberOf(cursor));
    const { items, hasMore } = fitPage(found, limit);
    return { items, nextCursor: hasMore ? String(items.at(-1)?.number) : null };
  },
});
