/** Between a payment and its row. */
import type { PaymentStatus } from '../../contracts/http/payment-api.ts';
import type { Payment, Refund } from '../domain/payment.ts';

export type PaymentRow = {
  id: string;
  order_id: string;
  status: PaymentStatus;
  amount: string;
  currency: string;
  captured: string;
  refunded: string;
  refunds: Refund[];
  decline_reason: string | null;
  reference: string | null;
  token: string | null;
  version: number;
  created_at: Date;
  updated_at: Date;
};

export const paymentFrom = (row: PaymentRow): Payment => ({
  id: row.id,
  orderId: row.order_id,
  status: row.status,
  amount: Number(row.amount),
  currency: row.currency,
  captured: Number(row.captured),
  refunded: Number(row.refunded),
  refunds: row.refunds,
  declineReason: row.decline_reason,
  reference: row.reference,
  version: row.version,
  createdAt: row.created_at.toISOString(),
  updatedAt: row.updated_at.toISOString(),
});
