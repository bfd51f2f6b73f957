/** Payments for staff: `/payments`. */
import { z } from 'zod';
import {
  exampleId,
  exampleTime,
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

const examplePayment = {
  id: exampleId('pay'),
  orderId: exampleId('ord'),
  status: 'captured',
  amount: { amount: 2598, currency: 'USD' },
  captured: { amount: 2598, currency: 'USD' },
  refunded: { amount: 1299, currency: 'USD' },
  refunds: [
    {
      id: exampleId('rfd'),
      amount: { amount: 1299, currency: 'USD' },
      reason: 'One copy arrived scratched',
      createdAt: exampleTime,
    },
  ],
  declineReason: null,
  createdAt: exampleTime,
  updatedAt: exampleTime,
};

export const paymentSchema = z
  .strictObject({
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
  })
  .meta({ example: examplePayment });

export const listPaymentsQuery = z.strictObject({
  orderId: orderIdSchema.optional(),
  status: z.enum(paymentStatuses).optional(),
  ...pageQuery,
});
export const paymentPage = pageSchema(paymentSchema);
export const paymentAnswer = z.strictObject({ payment: paymentSchema }).meta({ example: { payment: examplePayment } });

export type Payment = z.output<typeof paymentSchema>;
