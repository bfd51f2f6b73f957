import type { Clock } from '../../kit/values/clock.ts';
import type { Ids } from '../../kit/values/identifiers.ts';
import { reconciliationsTooMany } from '../domain/reconciliation-refusals.ts';
import type { ReconciliationRepository } from '../storage/reconciliation-repository.ts';

export type BeginReconciliationEffects = {
  readonly reconciliations: ReconciliationRepository;
  readonly clock: Clock;
  readonly ids: Ids;
  /** Queues the job that works on it. */
  readonly queue: (id: string) => Promise<void>;
};

/** Who is written down where nobody asked. */
export const bySchedule = 'schedule';

/** Reconciliations at a time; one process works on one, and each reads everything. */
const mostAtOnce = 5;

const dayMs = 86_400_000;

/** Begins a reconciliation of what began in the last `days`. Refuses `reconciliation.too-many`. Returns its id. */
export const beginReconciliation = async (
  { reconciliations, clock, ids, queue }: BeginReconciliationEffects,
  { askedBy, repair, days }: { readonly askedBy: string; readonly repair: boolean; readonly days: number },
): Promise<string> => {
  if ((await reconciliations.running()) >= mostAtOnce) throw reconciliationsTooMany(mostAtOnce);
  const id = ids.next('rec');
  await reconciliations.begin({ id, askedBy, repair, since: new Date(clock.now().getTime() - days * dayMs) });
  await queue(id);
  return id;
};
