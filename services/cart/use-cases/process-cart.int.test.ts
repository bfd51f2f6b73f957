import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '../../kit/testing/condition.ts';
import { startCart, type TestCart } from '../testing/cart-fixtures.ts';

let shop: TestCart;
beforeAll(async () => {
  shop = await startCart();
});
afterAll(() => shop.stop());

const jobsOf = async (queue: string) => {
  const { rows } = await shop.database.query<{ cart: string; state: string; retries: number }>(
    `SELECT data->>'cartId' AS cart, state::text, retry_count AS retries FROM jobs.job WHERE name = $1`,
    [queue],
  );
  return rows;
};

describe('a changed cart', () => {
  it('is looked at a moment later, and not for every change', async () => {
    const guest = shop.guest();
    const productId = shop.product();
    await Promise.all(Array.from({ length: 5 }, () => guest.add(productId)));
    expect(await jobsOf('process-cart')).toHaveLength(1);
    await shop.begin();
    await eventually(async () => expect(await jobsOf('process-cart')).toMatchObject([{ state: 'completed' }]));
  });

  it('is looked at three times while the catalogue is away, and then put aside', async () => {
    const guest = shop.guest();
    await guest.add(shop.product());
    await eventually(async () =>
      expect((await jobsOf('process-cart')).every(({ state }) => state === 'completed')).toBe(true),
    );
    const unseen = shop.product();
    const { rows } = await shop.database.query<{ cart_id: string }>(
      `INSERT INTO cart_items SELECT id, $2, 1, created_at FROM carts WHERE session_id = $1 RETURNING cart_id`,
      [guest.headers['x-session-id'], unseen],
    );
    await shop.catalogue.stop();
    expect((await guest.call('PATCH', `/cart/items/${unseen}`, { quantity: 2 })).statusCode).toBe(200);
    const failed = await eventually(async () => {
      expect(await jobsOf('process-cart-dead')).toMatchObject([{ cart: rows[0]?.cart_id }]);
      return (await jobsOf('process-cart')).find(({ state }) => state === 'failed');
    });
    expect(failed).toMatchObject({ cart: rows[0]?.cart_id, retries: 2 });
  });
});
