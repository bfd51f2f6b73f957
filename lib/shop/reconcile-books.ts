/** Has a shop compare its books, at its public door, and says of each drift what it means and what becomes of it. */
import { setTimeout as pause } from 'node:timers/promises';
import { driftKinds, driftRepairs } from '../../services/contracts/http/drifts.ts';
import type { Drift, Reconciliation } from '../../services/contracts/http/reconciliation-api.ts';
import { type AdminSession, allOf } from './staff-session.ts';

export type ReconcileBooksOptions = {
  /** Whether drifts are repaired; else they are only named. */
  readonly repair: boolean;
  /** How far back. */
  readonly days: number;
  /** Told now and then how far it is. */
  readonly progress: (sentence: string) => void;
};

export type ComparedBooks = { readonly reconciliation: Reconciliation; readonly drifts: readonly Drift[] };

/** Milliseconds between two looks at a reconciliation that goes on. */
const LOOK_EVERY_MS = 500;
/** Looks between two sentences about how far it is. */
const LOOKS_A_SENTENCE = 20;

const finished = async (
  { reconciliations }: AdminSession,
  id: string,
  progress: ReconcileBooksOptions['progress'],
): Promise<Reconciliation> => {
  for (let look = 1; ; look++) {
    const { reconciliation } = await reconciliations.find({ params: { id } });
    const { status, compared } = reconciliation;
    if (status === 'done') return reconciliation;
    if (status === 'failed')
      throw new Error(`reconciliation ${id} came to no end; the log of the order service says why`);
    if (look % LOOKS_A_SENTENCE === 0)
      progress(
        `compared ${compared.orders} orders, ${compared.payments} payments and ${compared.reservations} reservations so far`,
      );
    await pause(LOOK_EVERY_MS);
  }
};

/** Compares from the beginning to the end. Throws one sentence when it came to no end, `ApiProblem` when the shop refused it. */
export const reconcileBooks = async (
  session: AdminSession,
  { repair, days, progress }: ReconcileBooksOptions,
): Promise<ComparedBooks> => {
  const { body } = await session.reconciliations.begin({ body: { repair, days } });
  const { id } = body.reconciliation;
  const reconciliation = await finished(session, id, progress);
  const drifts = await allOf((query) => session.reconciliations.drifts({ params: { id }, query }));
  return { reconciliation, drifts };
};

/** Undefined for what a newer shop names. */
const asKnown = <Known extends object>(known: Known, name: string | null): Known[keyof Known] | undefined =>
  name !== null && Object.hasOwn(known, name) ? known[name as keyof Known] : undefined;

/** What a drift is, in words. */
export const meaningOf = ({ kind, detail }: Drift): string => asKnown(driftKinds, kind)?.means ?? detail;

/** What was done, would be done, or is to be done by a person. */
export const remedyOf = ({ kind, repair, outcome }: Drift): string => {
  const what = asKnown(driftRepairs, repair) ?? repair;
  const byHand = asKnown(driftKinds, kind)?.byHand ?? 'see the log of the order service';
  if (what === null) return `by hand: ${byHand}`;
  if (outcome === 'found') return `--repair would ${what}`;
  return outcome === 'repaired' ? `done: ${what}` : `tried to ${what}; now by hand: ${byHand}`;
};
