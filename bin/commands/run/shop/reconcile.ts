import { type ComparedBooks, meaningOf, reconcileBooks, remedyOf } from '../../../../lib/shop/reconcile-books.ts';
import { paint, print, say } from '../../../command-line/print.ts';
import { signedInAsStaff } from '../../../command-line/sign-in-as-staff.ts';
import type { ReconcileFlags } from '../../shop/reconcile.ts';

const said = { found: 'drift', left: 'left', repaired: 'repaired' } as const;
const moods = { found: 'bad', left: 'bad', repaired: 'good' } as const;

const linesOf = (drift: ComparedBooks['drifts'][number]): string[] => {
  const { kind, detail, outcome } = drift;
  const subject = [drift.orderId, drift.paymentId, drift.productId].filter((id) => id !== null).join(' ');
  return [
    `${paint(moods[outcome], said[outcome])}  ${kind}  ${subject}`,
    `    ${meaningOf(drift)}`,
    `    ${detail}`,
    `    ${remedyOf(drift)}`,
  ];
};

const summaryOf = ({ reconciliation: { compared, underWay }, drifts }: ComparedBooks, left: number) => {
  const { orders, payments, reservations, products } = compared;
  const what = `${orders} orders (${underWay} under way), ${payments} payments, ${reservations} reservations, ${products} products`;
  return paint(left === 0 ? 'good' : 'bad', `${what}: ${left} drifts, ${drifts.length - left} repaired`);
};

/** Has the shop compare its books and prints each drift; exit code 1 while one is left. */
export const runReconcile = async (flags: ReconcileFlags): Promise<void> => {
  const repair = flags.repair === true && flags.dryRun !== true;
  const compared = await signedInAsStaff(flags, (session) =>
    reconcileBooks(session, { repair, days: flags.days, progress: say }),
  );
  const left = compared.drifts.filter(({ outcome }) => outcome !== 'repaired').length;
  print(flags.json, compared, () => [...compared.drifts.flatMap(linesOf), summaryOf(compared, left)]);
  if (left > 0) process.exitCode = 1;
};
