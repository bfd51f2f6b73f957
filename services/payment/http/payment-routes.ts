import * as z from 'zod';
import {
  listPaymentsQuery,
  type Payment as PaymentView,
  paymentAnswer,
  paymentPage,
} from '../../contracts/http/payment-api.ts';
import { paymentIdSchema } from '../../contracts/http/values.ts';
import type { HttpServer } from '../../kit/http/http-server.ts';
import { isId } from '../../kit/values/identifiers.ts';
import { Refusal } from '../../kit/values/refusal.ts';
import type { Payment } from '../domain/payment.ts';
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

const params = z.strictObject({ id: paymentIdSchema });

/** REST door for staff: what was taken and given back. Money moves only through orders. */
export const addPaymentRoutes = (http: HttpServer, payments: PaymentRepository): void => {
  const staff = { config: { access: 'staff' as const } };

  http.get(
    '/payments',
    {
      ...staff,
      schema: {
        tags: ['payments'],
        summary: 'Payments, newest first',
        querystring: listPaymentsQuery,
        response: { 200: paymentPage },
      },
    },
    async ({ query: { limit, cursor, ...filter } }) => {
      if (cursor !== undefined && !isId('pay', cursor))
        throw new Refusal('invalid', 'request.invalid', 'The cursor is not one that this list gave out.', {
          errors: [{ path: 'cursor', message: 'is malformed' }],
        });
      const found = await payments.list({ ...filter, limit: limit + 1, ...(cursor && { before: cursor }) });
      const items = found.slice(0, limit);
      return { items: items.map(viewOf), nextCursor: found.length > limit ? (items.at(-1)?.id ?? null) : null };
    },
  );

  http.get(
    '/payments/:id',
    { ...staff, schema: { tags: ['payments'], summary: 'One payment', params, response: { 200: paymentAnswer } } },
    async (request) => {
      const payment = await payments.findById(request.params.id);
      if (!payment) throw new Refusal('missing', 'payment.unknown', `There is no payment ${request.params.id}.`);
      return { payment: viewOf(payment) };
    },
  );
};
