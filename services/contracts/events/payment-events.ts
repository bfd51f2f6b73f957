/** What happened to the money of an order. */
import { z } from 'zod';
import { moneySchema, orderIdSchema, paymentIdSchema, refundIdSchema } from '../http/values.ts';
import { cloudEventSchema } from './cloud-event.ts';

const paymentEvent = <Type extends string, Details extends z.ZodRawShape>(type: Type, details: Details) =>
  cloudEventSchema(type, z.object({ paymentId: paymentIdSchema, orderId: orderIdSchema, ...details }));

export const paymentAuthorisedV1 = paymentEvent('payment.authorised.v1', { amount: moneySchema });
export const paymentDeclinedV1 = paymentEvent('payment.declined.v1', { amount: moneySchema, reason: z.string() });
export const paymentCapturedV1 = paymentEvent('payment.captured.v1', { amount: moneySchema });
export const paymentVoidedV1 = paymentEvent('payment.voided.v1', { reason: z.string() });
export const paymentRefundedV1 = paymentEvent('payment.refunded.v1', {
  refundId: refundIdSchema,
  amount: moneySchema,
  /** Sum of all refunds of this payment, this one included. */
  refundedTotal: moneySchema,
});

export const paymentEventSchema = z.discriminatedUnion('type', [
  paymentAuthorisedV1,
  paymentDeclinedV1,
  paymentCapturedV1,
  paymentVoidedV1,
  paymentRefundedV1,
]);
export type PaymentEvent = z.output<typeof paymentEventSchema>;
