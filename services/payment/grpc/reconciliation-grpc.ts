import type { ServiceImplementation } from 'nice-grpc';
import * as z from 'zod';
import type * as proto from '../../contracts/generated/cloudmart/payment/v1/payment.ts';
import { mostReconciled, reconciledPage } from '../../contracts/http/reconciliation-api.ts';
import { orderIdSchema, textSchema, timestampSchema } from '../../contracts/http/values.ts';
import type { GrpcCall } from '../../kit/grpc/call-guard.ts';
import { parseRequest } from '../../kit/grpc/parse-request.ts';
import type { BookedPayment, PaymentBooks } from '../storage/payment-books.ts';
import type { PaymentEffects } from '../use-cases/payment-effects.ts';
import { reconcileWithProvider } from '../use-cases/reconcile-with-provider.ts';
import type { TellDrift } from '../use-cases/tell-drift.ts';
import { messageOf } from './payment-message.ts';

const ofOrders = z.object({ orderIds: z.array(orderIdSchema).max(mostReconciled) });
const span = z.object({
  since: timestampSchema.transform((text) => new Date(text)),
  until: timestampSchema.transform((text) => new Date(text)),
  repair: z.boolean(),
  by: textSchema(100),
});

const bookedMessage = ({ payment, ledgerAgrees }: BookedPayment): proto.BookedPayment => ({
  payment: messageOf(payment),
  refunds: payment.refunds
    .filter(({ done }) => done)
    .map(({ refundId, amount, reason }) => ({ refundId, amount, reason })),
  ledgerAgrees,
});

export type ReconciliationGrpc = {
  readonly effects: PaymentEffects;
  readonly books: PaymentBooks;
  readonly tellDrift: TellDrift;
};

type Calls = 'findBookedPayments' | 'listBookedPayments' | 'reconcileWithProvider';

/** What the order service asks when it compares orders with their money. */
export const reconciliationGrpc = ({
  effects,
  books,
  tellDrift,
}: ReconciliationGrpc): Pick<ServiceImplementation<proto.PaymentServiceDefinition, GrpcCall>, Calls> => ({
  findBookedPayments: async (request) => {
    const { orderIds } = parseRequest(ofOrders, request);
    return { payments: (await books.ofOrders(orderIds)).map(bookedMessage) };
  },
  listBookedPayments: async (request) => ({
    payments: (await books.page(parseRequest(reconciledPage, request))).map(bookedMessage),
  }),
  reconcileWithProvider: async function* (request) {
    const { since, until, repair, by } = parseRequest(span, request);
    for await (const drift of reconcileWithProvider(effects, { since, until, repairs: repair })) {
      tellDrift(drift, by);
      const { kind, paymentId, orderId, isRepaired } = drift;
      yield { kind, paymentId, orderId: orderId ?? undefined, repaired: isRepaired };
    }
  },
});
