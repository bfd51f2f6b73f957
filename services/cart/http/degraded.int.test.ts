import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '../../kit/testing/condition.ts';
import { startCart, type TestCart } from '../testing/cart-fixtures.ts';

let shop: TestCart;
beforeAll(async () => {
  shop = await startCart();
});
afterAll(() => shop.stop());

const breakerOf = async () => (await shop.shopper({}).call('GET', '/api/v1/health/external')).json();

describe('while the catalogue is away', () => {
  it('the cart still answers, changes and empties, and says that prices are missing', async () => {
    const guest = shop.guest();
    const [seen, unseen, fresh] = [shop.product({ amount: 500 }), shop.product(), shop.product()];
    await guest.add(seen, 1);
    await guest.add(unseen, 1);
    await shop.catalogue.stop();
    try {
      // A minute later the cache has forgotten both; here the cart of another guest holds what was never cached.
      const other = shop.guest();
      await shop.database.query(
        `WITH cart AS (INSERT INTO carts (id, session_id, created_at, updated_at) VALUES ($1, $2, $3, $3) RETURNING id)
         INSERT INTO cart_items SELECT id, $4, 2, $3 FROM cart`,
        [shop.ids.next('crt'), other.headers['x-session-id'], shop.clock.now(), fresh],
      );
      expect(await other.cart()).toMatchObject({
        items: [{ productId: fresh, quantity: 2, title: null, unitPrice: null, lineTotal: null, available: null }],
        total: null,
        degraded: true,
      });
      expect((await other.add(fresh)).json()).toMatchObject({ items: [{ quantity: 3 }], degraded: true });
      const changed = await other.call('PATCH', `/cart/items/${fresh}`, { quantity: 9 });
      expect(changed.json()).toMatchObject({ items: [{ quantity: 9 }], degraded: true });
      expect((await guest.cart()).degraded).toBe(false);

      const refused = await other.add(shop.product());
      expect(refused.json()).toMatchObject({ status: 503, code: 'product.unavailable' });
      expect(refused.headers['retry-after']).toBeDefined();
      expect((await other.add(seen)).statusCode).toBe(200);
      expect((await other.call('DELETE', '/cart')).json()).toMatchObject({ items: [], degraded: false });
    } finally {
      await shop.catalogue.start();
    }
    const productId = shop.product();
    // Rarely enough that the tries alone do not open the breaker.
    await eventually(async () => expect((await guest.add(productId)).statusCode).toBe(200), {
      everyMs: 1_000,
    });
  });

  it('the breaker opens, calls stop, and health and metrics say so without the cart being down', async () => {
    await shop.catalogue.stop();
    const guest = shop.guest();
    await eventually(async () => {
      await guest.add(shop.product());
      expect(await breakerOf()).toMatchObject({ details: { 'breaker.product': 'open' } });
    });
    const asked = shop.catalogue.asked();
    await shop.catalogue.start();
    expect((await guest.add(shop.product())).statusCode).toBe(503);
    expect(shop.catalogue.asked()).toBe(asked);
    shop.clock.advance(5_000);
    const { statusCode, ...external } = await shop.shopper({}).call('GET', '/api/v1/health/external');
    expect([statusCode, external.json().status]).toEqual([503, 'down']);
    expect((await guest.call('GET', '/api/v1/health')).json()).toMatchObject({ status: 'degraded' });
    expect((await guest.call('GET', '/api/v1/health/ready')).statusCode).toBe(200);
    const { body } = await guest.call('GET', '/api/v1/health/metrics');
    const states = body.split('\n').filter((line) => line.startsWith('circuit_breaker_state{'));
    expect(states).toEqual([expect.stringMatching(/breaker="product".*\} 2$/)]);
  });
});

describe('when all database connections are busy', () => {
  it('a request is answered 503 with Retry-After instead of waiting for ever', async () => {
    const small = await startCart({ connections: 4, acquireTimeoutSeconds: 2, idleMs: 600_000 });
    const holders = Array.from({ length: 4 }, () => small.guest());
    const lookAll = () => Promise.all(holders.map((guest) => guest.call('GET', '/cart')));
    // All four connections are open before the time to wait for one counts.
    await eventually(async () =>
      expect((await lookAll()).map(({ statusCode }) => statusCode)).toEqual(Array(4).fill(200)),
    );
    const waiting = await small.store.open({ connections: 1 }).transaction(async (tx) => {
      await tx.query('LOCK TABLE carts IN ACCESS EXCLUSIVE MODE');
      const looks = lookAll();
      await eventually(async () => {
        const { rows } = await small.store.database.query(
          `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
        );
        expect(rows).toHaveLength(4);
      });
      const { statusCode, headers, json } = await small.guest().call('GET', '/cart');
      expect([statusCode, json().code, headers['retry-after']]).toEqual([503, 'database.pool-exhausted', '1']);
      return { looks };
    });
    expect((await waiting.looks).map((answer) => answer.statusCode)).toEqual([200, 200, 200, 200]);
    await small.stop();
  });
});

describe('health', () => {
  it.each(['', '/live', '/ready', '/startup', '/detailed', '/database', '/redis', '/metrics'])(
    'answers at %p with both prefixes',
    async (path) => {
      for (const prefix of ['', '/api/v1'])
        expect((await shop.http.inject({ url: `${prefix}/health${path}` })).statusCode).toBe(200);
    },
  );

  it('is unhealthy without the database', async () => {
    const admit = await shop.store.refuseConnections();
    shop.clock.advance(5_000);
    const [health, database] = await Promise.all(
      ['', '/database'].map((path) => shop.http.inject({ url: `/api/v1/health${path}` })),
    );
    await admit();
    expect([health?.statusCode, health?.json().status]).toEqual([503, 'unhealthy']);
    expect([database?.statusCode, database?.json().status]).toEqual([503, 'down']);
    shop.clock.advance(5_000);
  });
});
