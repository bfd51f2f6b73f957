import type { Charge, Payment } from '../domain/payment.ts';

const at = '2026-03-01T10:00:00.000Z';

export const aPayment = (changes: Partial<Payment> = {}): Payment => ({
  id: 'pay_00000000000000000000000001',
  orderId: 'ord_00000000000000000000000001',
  status: 'pending',
  amount: 3000,
  currency: 'USD',
  captured: 0,
  refunded: 0,
  refunds: [],
  declineReason: null,
  reference: null,
  version: 0,
  createdAt: at,
  updatedAt: at,
  ...changes,
});

export const aCharge = (changes: Partial<Charge> = {}): Charge => ({
  reference: 'sandbox_1',
  status: 'authorised',
  captured: 0,
  refunds: [],
  declineReason: null,
  ...changes,
});
