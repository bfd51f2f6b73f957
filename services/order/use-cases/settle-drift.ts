/** What becomes of a drift: it is repaired if that was asked for, and written down either way. */
import type { Finding, OrderBooks } from '../domain/drift.ts';
import type { FoundDrift, Run } from '../storage/reconciliation-repository.ts';
import type { ReconcileEffects } from './reconcile-effects.ts';
import { repairDrift } from './repair-drift.ts';

type About = Pick<FoundDrift, 'orderId' | 'paymentId' | 'productId'>;

/** Writes a drift into the reconciliation and the log, with who asked; the time is that of the row and of the line. */
export const record = async (effects: ReconcileEffects, run: Run, drift: FoundDrift): Promise<void> => {
  if (!(await effects.reconciliations.record(run.id, drift))) return;
  const line = { ...drift, reconciliation: run.id, by: run.askedBy };
  if (drift.outcome === 'repaired') effects.logger.warn(line, 'books differed and were brought in line');
  else effects.logger.error(line, `${effects.driftMessage}: ${drift.kind}`);
  effects.counted(drift);
};

const isSame = (a: Finding, b: Finding) => a.kind === b.kind && a.refund?.refundId === b.refund?.refundId;

export type Settling = {
  readonly orderId: string;
  readonly findings: readonly Finding[];
  readonly about: About;
  readonly books?: OrderBooks;
  /** What differs by now. */
  readonly lookAgain: () => Promise<readonly Finding[]>;
};

/** Repairs what there is to repair of one order, one drift after the other, and records what became of each. */
export const settle = async (effects: ReconcileEffects, run: Run, settling: Settling): Promise<void> => {
  const { orderId, findings, about, books, lookAgain } = settling;
  let left = findings;
  for (const finding of findings) {
    const { kind, detail, repair } = finding;
    // What an earlier repair has mended along the way is not to be done again.
    if (run.repair && repair !== null && left.some((each) => isSame(each, finding))) {
      effects.logger.warn({ kind, orderId, repair, reconciliation: run.id, by: run.askedBy }, 'repairs a drift');
      try {
        await repairDrift(effects, orderId, { by: run.askedBy, finding, ...(books && { books }) });
      } catch (error) {
        effects.logger.error({ error, kind, orderId, repair, reconciliation: run.id }, 'a drift could not be repaired');
      }
      left = await lookAgain();
    }
    const isLeft = left.some((each) => isSame(each, finding));
    const outcome = isLeft ? (run.repair ? 'left' : 'found') : 'repaired';
    await record(effects, run, { kind, detail, repair, ...about, outcome });
  }
};
