import { randomUUID } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { eventually } from '../../kit/testing/condition.ts';
import { ask, type People } from '../testing/people.ts';

type Payments = { items: { captured: { amount: number } }[] };

/** https://owasp.org/API-Security/editions/2023/en/0xaa-unsafe-consumption-of-apis/ */
export const unsafeConsumptionOfApis = (shop: () => People): void => {
  test.each(['tok_duplicate_answer', 'tok_timeout_after_charge'])(
    'a provider of payments that answers badly (%s) is believed once: one order, one charge',
    async (token) => {
      const { gateway, headersOf, productId } = shop();
      const placed = await ask(gateway, '/api/v1/orders', {
        method: 'POST',
        headers: { ...headersOf.owner, 'idempotency-key': randomUUID() },
        body: {
          shippingAddress: { street: 'One', city: 'Springfield', zip: '12345', country: 'US' },
          payment: { method: 'card', token },
          items: [{ productId, quantity: 1 }],
        },
      });
      const { id } = placed.json<{ order: { id: string } }>().order;
      await eventually(
        async () => {
          const answer = await ask(gateway, `/api/v1/orders/${id}`, { headers: headersOf.owner });
          expect(answer.json<{ order: { status: string } }>().order.status).toBe('paid');
        },
        { everyMs: 500 },
      );
      const payments = await ask(gateway, `/api/v1/payments?orderId=${id}`, { headers: headersOf.admin });
      expect(payments.json<Payments>().items.map(({ captured }) => captured.amount)).toEqual([1499]);
    },
  );
};
