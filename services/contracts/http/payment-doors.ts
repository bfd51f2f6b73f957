/** What was taken and given back, for staff: money moves only through orders. */
import { z } from 'zod';
import type { Doors } from './door.ts';
import { listPaymentsQuery, paymentAnswer, paymentPage } from './payment-api.ts';
import { paymentIdSchema } from './values.ts';

const staff = { access: 'staff', tags: ['payments'] } as const;

export const paymentDoors = {
  list: {
    ...staff,
    method: 'GET',
    path: '/payments',
    summary: 'Payments, newest first',
    query: listPaymentsQuery,
    answers: { 200: paymentPage },
  },
  find: {
    ...staff,
    method: 'GET',
    path: '/payments/:id',
    summary: 'One payment',
    params: z.strictObject({ id: paymentIdSchema }),
    answers: { 200: paymentAnswer },
    errors: ['payment.unknown'],
  },
} as const satisfies Doors;
