import type { Payment as PaymentView } from '../../contracts/http/payment-api.ts';
import type { paymentDoors } from '../../contracts/http/payment-doors.ts';
import type { DoorHandlers } from '../../kit/http/doors.ts';
import { fitPage } from '../../kit/values/fit-page.ts';
import { isId } from '../../kit/values/identifiers.ts';
import type { Payment } from '../domain/payment.ts';
import { cursorMalformed, paymentUnknown } from '../domain/payment-refusals.ts';
import type { PaymentRepository } from '../storage/payment-repository.ts';

const viewOf = ({ currency, ...payment }: Payment): PaymentView => {
  const money = (amount: number) => ({ amount, currency });
  return {
    id: payment.id,
    orderId: payment.orderId,
    status: payment.status,
    amount: money(payment.amount),
    captured: money(payment.captured),
    refunded: money(payment.refunded),
    refunds: payment.refunds.map(({ refundId, amount, reason, createdAt }) => ({
      id: refundId,
      amount: money(amount),
      reason,
      createdAt,
    })),
    declineReason: payment.declineReason,
    createdAt: payment.createdAt,
    updatedAt: payment.updatedAt,
  };
};

/** What the doors of the payments do. */
export const paymentHandlers = (payments: PaymentRepository): DoorHandlers<typeof paymentDoors> => ({
  list: async ({ query: { limit, cursor, ...filter } }) => {
    if (cursor !== undefined && !isId('pay', cursor)) throw cursorMalformed();
    const found = await payments.list({ ...filter, limit: limit + 1, before: cursor });
    const { items, hasMore } = fitPage(found, limit);
    return { items: items.map(viewOf), nextCursor: hasMore ? (items.at(-1)?.id ?? null) : null };
  },

  find: async ({ params: { id } }) => {
    const payment = await payments.findById(id);
    if (!payment) throw paymentUnknown(id);
    return { payment: viewOf(payment) };
  },
});
