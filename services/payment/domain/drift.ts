/** How our books of a payment and the provider's of its charge may differ. Pure. */
import type { DriftKind as ReconciledKind } from '../../contracts/http/drifts.ts';
import { type Charge, isUndecided, type Payment } from './payment.ts';

export const driftKinds = [
  'charge-without-payment',
  'payment-without-charge',
  'amount-differs',
  'outcome-not-learnt',
  'capture-differs',
  'refund-differs',
  'authorisation-never-voided',
  'void-not-learnt',
] as const satisfies readonly ReconciledKind[];
export type DriftKind = (typeof driftKinds)[number];

/** A charge with the money that it was begun with; minor units. */
type Begun = Charge & { readonly amount: number; readonly currency: string };

const givenBack = ({ refunds }: Charge): number => refunds.reduce((sum, { amount }) => sum + amount, 0);

/** What differs, in the order of {@link driftKinds}; nothing where the books agree. A charge that holds no money needs no payment. */
export const driftOf = (payment: Payment | null, charge: Begun): DriftKind[] => {
  if (!payment) return charge.status === 'authorised' || charge.captured > 0 ? ['charge-without-payment'] : [];
  const found: (DriftKind | false)[] = [
    (payment.amount !== charge.amount || payment.currency !== charge.currency) && 'amount-differs',
    isUndecided(payment) && 'outcome-not-learnt',
    payment.captured !== charge.captured && 'capture-differs',
    payment.refunded !== givenBack(charge) && 'refund-differs',
    payment.status === 'voided' && charge.status === 'authorised' && 'authorisation-never-voided',
    payment.status === 'authorised' && charge.status === 'voided' && 'void-not-learnt',
  ];
  return found.filter((kind) => kind !== false);
};
