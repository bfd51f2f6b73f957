/** The money of one order: what is known of it, and what the provider's books teach us. Pure. */
import type { PaymentStatus } from '../../contracts/http/payment-api.ts';

export type Refund = {
  readonly refundId: string;
  readonly amount: number;
  readonly reason: string;
  readonly done: boolean;
  readonly createdAt: string;
};

export type Payment = {
  readonly id: string;
  readonly orderId: string;
  /** `pending`: the provider was or will be asked; `unknown`: it was asked and did not answer in time. */
  readonly status: PaymentStatus;
  /** Minor units of `currency`, as are all amounts here. */
  readonly amount: number;
  readonly currency: string;
  readonly captured: number;
  readonly refunded: number;
  readonly refunds: readonly Refund[];
  readonly declineReason: string | null;
  /** The provider's name for the charge, once it has one. */
  readonly reference: string | null;
  /** Sequence of the last event; 0 before the first. */
  readonly version: number;
  readonly createdAt: string;
  readonly updatedAt: string;
};

/** A charge as the provider's own books have it; `refunds` carry our refund ids. */
export type Charge = {
  readonly reference: string;
  readonly status: 'awaiting-buyer' | 'authorised' | 'declined' | 'captured' | 'voided';
  readonly captured: number;
  readonly refunds: readonly { readonly refundId: string; readonly amount: number }[];
  readonly declineReason: string | null;
  /** With which the buyer's browser goes on where the bank asks who pays; shown to that buyer, and kept nowhere. */
  readonly buyerSecret?: string;
};

export type PaymentEvent =
  | { readonly type: 'payment.authorised.v1'; readonly at: string; readonly reference: string }
  | { readonly type: 'payment.declined.v1'; readonly at: string; readonly reference: string; readonly reason: string }
  | { readonly type: 'payment.captured.v1'; readonly at: string; readonly amount: number }
  | { readonly type: 'payment.voided.v1'; readonly at: string; readonly reason: string }
  | {
      readonly type: 'payment.refunded.v1';
      readonly at: string;
      readonly refundId: string;
      readonly amount: number;
      readonly refundedTotal: number;
    };

/** Currency of a payment that was barred before it began: ISO 4217's code for none. */
export const noCurrency = 'XXX';

/** Whether the provider's answer is still outstanding. */
export const isUndecided = ({ status }: Payment): boolean => status === 'pending' || status === 'unknown';

/** Whether the provider has the charge and waits for the buyer, whose bank asks who pays. */
export const isAwaitingBuyer = (payment: Payment): boolean => isUndecided(payment) && payment.reference !== null;

/** A payment that was cancelled before it began: nothing may ever be charged for its order. */
export const isBarred = ({ status, currency }: Payment): boolean => status === 'voided' && currency === noCurrency;

/** Money that may still be given back, less what has been asked for. */
export const refundable = (payment: Payment): number =>
  payment.captured - payment.refunds.reduce((sum, { amount }) => sum + amount, 0);

const statusAfterRefund = (payment: Payment, refunded: number): PaymentStatus =>
  refunded === payment.captured ? 'refunded' : payment.status;

/** Why money went back that nobody here asked for: somebody did at the provider, in its dashboard. */
const reasonAtProvider = 'refunded at the provider';

const refundsAfter = (
  { refunds }: Payment,
  { refundId, amount, at }: Extract<PaymentEvent, { type: 'payment.refunded.v1' }>,
): readonly Refund[] =>
  refunds.some((refund) => refund.refundId === refundId)
    ? refunds.map((refund) => (refund.refundId === refundId ? { ...refund, done: true } : refund))
    : [...refunds, { refundId, amount, reason: reasonAtProvider, done: true, createdAt: at }];

export const evolve = (payment: Payment, event: PaymentEvent): Payment => {
  const next = { ...payment, version: payment.version + 1, updatedAt: event.at };
  switch (event.type) {
    case 'payment.authorised.v1':
      return { ...next, status: 'authorised', reference: event.reference };
    case 'payment.declined.v1':
      return { ...next, status: 'declined', reference: event.reference, declineReason: event.reason };
    case 'payment.captured.v1':
      return { ...next, status: 'captured', captured: event.amount };
    case 'payment.voided.v1':
      return { ...next, status: 'voided' };
    case 'payment.refunded.v1':
      return {
        ...next,
        status: statusAfterRefund(payment, event.refundedTotal),
        refunded: event.refundedTotal,
        refunds: refundsAfter(payment, event),
      };
  }
};

/**
 * What the provider's books say beyond what we know, as events; nothing when we know it all.
 * Whatever was lost, doubled or late on the way, asking once more ends in the same state.
 */
export const catchUp = (payment: Payment, charge: Charge, at: string): PaymentEvent[] => {
  const events: PaymentEvent[] = [];
  // What was cancelled while the buyer was asked was never authorised.
  const isUnauthorised = isAwaitingBuyer(payment) && charge.status === 'voided';
  if (isUndecided(payment) && charge.status !== 'awaiting-buyer' && !isUnauthorised)
    events.push(
      charge.status === 'declined'
        ? { type: 'payment.declined.v1', at, reference: charge.reference, reason: charge.declineReason ?? 'declined' }
        : { type: 'payment.authorised.v1', at, reference: charge.reference },
    );
  if (charge.captured > 0 && payment.captured === 0)
    events.push({ type: 'payment.captured.v1', at, amount: charge.captured });
  if (charge.status === 'voided' && payment.status !== 'voided')
    events.push({ type: 'payment.voided.v1', at, reason: 'cancelled' });
  let refundedTotal = payment.refunded;
  for (const { refundId, amount } of charge.refunds) {
    if (payment.refunds.some((refund) => refund.refundId === refundId && refund.done)) continue;
    refundedTotal += amount;
    events.push({ type: 'payment.refunded.v1', at, refundId, amount, refundedTotal });
  }
  return events;
};
