/** What `POST /orders/:id/payment` answers. */
import { z } from 'zod';
import { exampleOrder, orderSchema } from './order-api.ts';

/** The order, and what its buyer's browser must do before it can be paid; null: nothing. */
export const continuePaymentAnswer = z
  .strictObject({
    order: orderSchema,
    authentication: z
      .strictObject({
        provider: z.literal('stripe'),
        /** For `stripe.handleNextAction`; it opens this one payment, so keep it nowhere. */
        clientSecret: z.string(),
      })
      .nullable(),
  })
  .meta({ example: { order: exampleOrder, authentication: null } });
