/** Payments for staff: `/payments`. */
import { z } from 'zod';
import {
  moneySchema,
  orderIdSchema,
  pageQuery,
  pageSchema,
  paymentIdSchema,
  refundIdSchema,
  timestampSchema,
} from './values.ts';

export const paymentStatuses = [
  'pending',
  'unknown',
  'authorised',
  'declined',
  'captured',
  'voided',
  'refunded',
] as const;
export type PaymentStatus = (typeof paymentStatuses)[number];

export const paymentSchema = z.strictObject({
  id: paymentIdSchema,
  orderId: orderIdSchema,
  status: z.enum(paymentStatuses),
  amount: moneySchema,
  captured: moneySchema,
  refunded: moneySchema,
  refunds: z.array(
    z.strictObject({ id: refundIdSchema, amount: moneySchema, reason: z.string(), createdAt: timestampSchema }),
  ),
  declineReason: z.string().nullable(),
  createdAt: timestampSchema,
  updatedAt: timestampSchema,
});

export const listPaymentsQuery = z.strictObject({
  orderId: orderIdSchema.optional(),
  status: z.enum(paymentStatuses).optional(),
  ...pageQuery,
});
export const paymentPage = pageSchema(paymentSchema);
export const paymentAnswer = z.strictObject({ payment: paymentSchema });

export type Payment = z.output<typeof paymentSchema>;
