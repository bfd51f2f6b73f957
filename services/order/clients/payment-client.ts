import {
  type BookedPayment as BookedMessage,
  type Payment,
  PaymentServiceDefinition,
} from '../../contracts/generated/cloudmart/payment/v1/payment.ts';
import type { PaymentStatus } from '../../contracts/http/payment-api.ts';
import type { Money } from '../../contracts/http/values.ts';
import { createGrpcClient, type GrpcClientOptions } from '../../kit/grpc/grpc-client.ts';
import { Refusal } from '../../kit/values/refusal.ts';
import type { BookedPayment } from '../domain/drift.ts';

/** A payment whose outcome is known; amounts in minor units of the order's currency. */
type SettledPayment = {
  readonly id: string;
  readonly status: Exclude<PaymentStatus, 'unknown' | 'pending'>;
  readonly captured: number;
  readonly refunded: number;
  readonly declineReason: string | undefined;
};

/** A payment that waits until its buyer has proved to the bank who pays; the buyer's browser does that with the secret. */
export type AwaitedBuyer = { readonly status: 'awaiting-buyer'; readonly buyerSecret: string };

/** An outcome that the provider has not told yet is no outcome: the caller must come back. */
const settled = (orderId: string, payment: Payment | undefined): SettledPayment => {
  if (!payment) throw new Error(`payment answered nothing for order ${orderId}`);
  if (payment.status === 'unknown' || payment.status === 'pending')
    throw new Refusal('unavailable', 'payment.outcome-unknown', `The payment of order ${orderId} has no outcome yet.`, {
      retryAfterSeconds: 2,
    });
  return {
    id: payment.id,
    status: payment.status as SettledPayment['status'],
    captured: payment.captured?.amount ?? 0,
    refunded: payment.refunded?.amount ?? 0,
    declineReason: payment.declineReason,
  };
};

const bookedOf = ({ payment, refunds, ledgerAgrees }: BookedMessage): BookedPayment => {
  if (!payment?.amount) throw new Error('payment answered books without a payment');
  return {
    id: payment.id,
    orderId: payment.orderId,
    status: payment.status as PaymentStatus,
    amount: payment.amount.amount,
    currency: payment.amount.currency,
    captured: payment.captured?.amount ?? 0,
    refunded: payment.refunded?.amount ?? 0,
    refunds,
    ledgerAgrees,
  };
};

/** Milliseconds for the comparison of a day with the provider, which lists some hundred charges a second. */
const withProviderMs = 600_000;

export const createPaymentClient = (options: GrpcClientOptions) => {
  const payment = createGrpcClient(PaymentServiceDefinition, options);
  return {
    close: () => payment.close(),
    /** Authorises and takes the money of goods that are in hand; `declined` or `voided` where nothing was taken. */
    charge: async (orderId: string, amount: Money, token: string): Promise<SettledPayment | AwaitedBuyer> => {
      const { payment: answered, buyerSecret } = await payment.authorise({ orderId, amount, token, capture: true });
      return buyerSecret === undefined ? settled(orderId, answered) : { status: 'awaiting-buyer', buyerSecret };
    },
    /** Makes sure that the order costs nothing; null when no payment had been begun. */
    cancel: async (orderId: string, reason: string) => {
      const { payment: cancelled } = await payment.cancel({ orderId, reason });
      return cancelled ? settled(orderId, cancelled) : null;
    },
    refund: async (orderId: string, refund: { refundId: string; amount: Money; reason: string }) =>
      settled(orderId, (await payment.refund({ orderId, ...refund })).payment),
    /** Takes money that is authorised. */
    capture: async (orderId: string): Promise<void> => {
      await payment.capture({ orderId });
    },
    /** What the books have of orders, those that have a payment. */
    booksOf: async (orderIds: readonly string[]): Promise<BookedPayment[]> =>
      (await payment.findBookedPayments({ orderIds: [...orderIds] })).payments.map(bookedOf),
    /** A page of all books, by the ids of payments. */
    books: async (range: { after: string; before: string; limit: number }): Promise<BookedPayment[]> =>
      (await payment.listBookedPayments(range)).payments.map(bookedOf),
    /** Compares a span of the books with the charges of the provider, and repairs where `repair` says so, in the name of `by`. */
    reconcileWithProvider: (request: { since: string; until: string; repair: boolean; by: string }) =>
      payment.reconcileWithProvider(request, { deadlineMs: withProviderMs }),
  };
};

export type PaymentClient = ReturnType<typeof createPaymentClient>;
