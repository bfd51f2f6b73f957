/** Books are compared while customers buy: what is under way is no drift. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type ShopInProcess, startShopInProcess } from './testing/shop-in-process.ts';

let shop: ShopInProcess;
beforeAll(async () => {
  shop = await startShopInProcess();
});
afterAll(() => shop?.stop());

test('orders that are bought, refunded, cancelled and declined meanwhile show no drift either', async () => {
  const story = async (index: number) => {
    const { orderId } = await shop.buy(index % 5 === 4 ? 'tok_declined' : 'tok_visa');
    const amount = { amount: 500, currency: 'USD' };
    if (index % 5 === 1) await shop.ask('POST', `/orders/${orderId}/cancel`);
    if (index % 5 === 2) await shop.ask('POST', `/orders/${orderId}/refund`, { amount, reason: 'damaged' });
    if (index % 5 === 3) await shop.ask('POST', `/orders/${orderId}/refund`, { reason: 'damaged' });
  };
  let areBuying = true;
  const buying = Promise.all(
    Array.from({ length: 4 }, async (_, buyer) => {
      for (let index = buyer; index < 60; index += 4) await story(index);
    }),
  ).finally(() => {
    areBuying = false;
  });
  let runs = 0;
  for (; areBuying || runs < 2; runs++) expect((await shop.reconcile(true)).drifts).toEqual([]);
  await buying;
  expect((await shop.reconcile()).drifts).toEqual([]);
});
