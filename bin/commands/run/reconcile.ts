import { setTimeout as pause } from 'node:timers/promises';
import { type AdminSession, allOf } from '../../../lib/shop/staff-session.ts';
import {
  type Drift,
  driftKinds,
  driftRepairs,
  type Reconciliation,
} from '../../../services/contracts/http/reconciliation-api.ts';
import { paint, print, say } from '../../command-line/print.ts';
import { signedInAsStaff } from '../../command-line/sign-in-as-staff.ts';
import type { ReconcileFlags } from '../reconcile.ts';

/** Milliseconds between two looks at a reconciliation that goes on. */
const LOOK_EVERY_MS = 500;
/** Looks between two lines about how far it is. */
const LOOKS_A_LINE = 20;

const asKnown = <Known extends object>(known: Known, name: string | null): Known[keyof Known] | undefined =>
  name !== null && Object.hasOwn(known, name) ? known[name as keyof Known] : undefined;

const progressOf = ({ compared: { orders, payments, reservations } }: Reconciliation) =>
  `compared ${orders} orders, ${payments} payments and ${reservations} reservations so far`;

const finished = async ({ reconciliations }: AdminSession, id: string): Promise<Reconciliation> => {
  for (let look = 1; ; look++) {
    const { reconciliation } = await reconciliations.find({ params: { id } });
    if (reconciliation.status === 'done') return reconciliation;
    if (reconciliation.status === 'failed')
      throw new Error(`reconciliation ${id} came to no end; the log of the order service says why`);
    if (look % LOOKS_A_LINE === 0) say(progressOf(reconciliation));
    await pause(LOOK_EVERY_MS);
  }
};

const said = { found: 'drift', left: 'left', repaired: 'repaired' } as const;
const moods = { found: 'bad', left: 'bad', repaired: 'good' } as const;

/** What was done, would be done, or is to be done by a person. */
const remedyOf = ({ kind, repair, outcome }: Drift): string => {
  const what = asKnown(driftRepairs, repair) ?? repair;
  const byHand = asKnown(driftKinds, kind)?.byHand ?? 'see the log of the order service';
  if (what === null) return `by hand: ${byHand}`;
  if (outcome === 'found') return `--repair would ${what}`;
  return outcome === 'repaired' ? `done: ${what}` : `tried: ${what}; now by hand: ${byHand}`;
};

const linesOf = (drift: Drift): string[] => {
  const { kind, detail, outcome } = drift;
  const subject = [drift.orderId, drift.paymentId, drift.productId].filter((id) => id !== null).join(' ');
  return [
    `${paint(moods[outcome], said[outcome])}  ${kind}  ${subject}`,
    `    ${asKnown(driftKinds, kind)?.means ?? detail}`,
    `    ${detail}`,
    `    ${remedyOf(drift)}`,
  ];
};

const summaryOf = ({ compared, underWay }: Reconciliation, left: number, repaired: number) => {
  const { orders, payments, reservations, products } = compared;
  const what = `${orders} orders (${underWay} under way), ${payments} payments, ${reservations} reservations, ${products} products`;
  return paint(left === 0 ? 'good' : 'bad', `${what}: ${left} drifts, ${repaired} repaired`);
};

/** Has the shop compare its books and prints each drift; exit code 1 while one is left. */
export const runReconcile = async (flags: ReconcileFlags): Promise<void> => {
  const repair = flags.repair === true && flags.dryRun !== true;
  const { reconciliation, drifts } = await signedInAsStaff(flags, async (session) => {
    const { body } = await session.reconciliations.begin({ body: { repair, days: flags.days } });
    const { id } = body.reconciliation;
    const done = await finished(session, id);
    const all = await allOf((query) => session.reconciliations.drifts({ params: { id }, query }));
    return { reconciliation: done, drifts: all };
  });
  const left = drifts.filter(({ outcome }) => outcome !== 'repaired').length;
  print(flags.json, { reconciliation, drifts }, () => [
    ...drifts.flatMap(linesOf),
    summaryOf(reconciliation, left, drifts.length - left),
  ]);
  if (left > 0) process.exitCode = 1;
};
