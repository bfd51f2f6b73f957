import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '../../kit/testing/condition.ts';
import { type RedisServer, startRedis } from '../../kit/testing/redis-server.ts';
import { manifest } from '../manifest.ts';
import { startCart, type TestCart } from '../testing/cart-fixtures.ts';

let redis: RedisServer;
let shop: TestCart;
beforeAll(async () => {
  redis = await startRedis({ services: [manifest] });
  shop = await startCart({ cacheUrl: redis.urlOf(manifest) });
});
afterAll(async () => {
  await shop.stop();
  await redis.kill();
});

const cachedIds = async () =>
  ((await redis.ask('KEYS', 'cart:product.v1:*')) as string[])
    .map((key) => key.replace('cart:product.v1:', ''))
    .toSorted();

const healthOf = async (path = '') => {
  shop.clock.advance(5_000);
  const { statusCode, json } = await shop.http.inject(`/api/v1/health${path}`);
  return { statusCode, ...json() };
};

describe('a cart with its cache in Redis', () => {
  it('asks the catalogue once for a product that many look at', async () => {
    const productId = shop.product();
    await shop.guest().add(productId, 1);
    await eventually(async () => expect(await cachedIds()).toContain(productId));
    const asked = shop.catalogue.asked();
    for (let at = 0; at < 5; at += 1) expect((await shop.guest().add(productId, 1)).statusCode).toBe(200);
    expect(shop.catalogue.asked()).toBe(asked);
  });

  it('has the popular products in an empty cache as soon as it runs', async () => {
    const [popular, other] = [shop.product(), shop.product()];
    for (let at = 0; at < 3; at += 1) await shop.guest().add(popular, 1);
    await shop.guest().add(other, 1);
    await redis.ask('FLUSHALL');
    await shop.begin();
    await eventually(async () => expect(await cachedIds()).toEqual(expect.arrayContaining([popular, other])));
  });

  it('works with the right prices while Redis is away, says degraded, and caches again when it is back', async () => {
    const [known, fresh] = [shop.product({ amount: 500 }), shop.product({ amount: 700 })];
    const guest = shop.guest();
    await guest.add(known, 2);
    await redis.kill();
    try {
      shop.catalogue.products.set(known, {
        id: known,
        title: 'dearer',
        price: { amount: 600, currency: 'USD' },
        stock: 10,
      });
      expect((await guest.add(fresh, 1)).statusCode).toBe(200);
      expect(await guest.cart()).toMatchObject({ total: { amount: 1_900, currency: 'USD' }, degraded: false });
      expect((await guest.call('PATCH', `/cart/items/${known}`, { quantity: 1 })).statusCode).toBe(200);
      expect((await guest.call('DELETE', `/cart/items/${fresh}`)).json()).toMatchObject({ total: { amount: 600 } });
      expect(await healthOf()).toMatchObject({
        statusCode: 200,
        status: 'degraded',
        checks: { cache: { status: 'down' } },
      });
      expect(await healthOf('/redis')).toMatchObject({ statusCode: 503, status: 'down' });
      expect((await healthOf('/ready')).statusCode).toBe(200);
    } finally {
      await redis.start();
    }
    await eventually(async () => expect(await healthOf()).toMatchObject({ status: 'healthy' }));
    await guest.cart();
    await eventually(async () => expect(await cachedIds()).toContain(known));
  });
});
