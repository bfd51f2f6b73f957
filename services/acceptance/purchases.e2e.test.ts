import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { bundledScript } from '../../lib/load/testing/bundled-script.ts';
import type { Cart } from '../contracts/http/cart-api.ts';
import type { Order } from '../contracts/http/order-api.ts';
import type { Drift, Reconciliation } from '../contracts/http/reconciliation-api.ts';
import { eventually } from '../kit/testing/condition.ts';
import { type RunningPlatform, startPlatform } from '../kit/testing/running-platform.ts';
import { address, createVisitor, newCustomer, newFilm, newGuest, signIn, type Visitor } from './testing/customer.ts';

let platform: RunningPlatform;
let staff: Visitor;
beforeAll(async () => {
  platform = await startPlatform();
  staff = await signIn(platform.gateway, platform.staff);
});
afterAll(() => platform?.stop());

const newProduct = (stock: number) => newFilm(staff, stock);

const chargesOf = async (orderId: string) =>
  (
    await staff.call<{ items: { status: string; captured: { amount: number }; refunded: { amount: number } }[] }>(
      'GET',
      `/payments?orderId=${orderId}`,
    )
  ).body.items;

describe('buying', () => {
  test('50 parallel orders with one Idempotency-Key are one order and one charge', async () => {
    const [customer, productId] = [await newCustomer(platform.gateway), await newProduct(100)];
    const key = randomUUID();
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => customer.order([{ productId, quantity: 2 }], { key })),
    );
    const accepted = answers.filter(({ status }) => status === 201);
    expect(accepted.length).toBeGreaterThan(0);
    expect(answers.filter(({ status, body }) => status !== 201 && body.code !== 'order.in-flight')).toEqual([]);
    const ids = new Set(accepted.map(({ body }) => body.order.id));
    expect(ids.size).toBe(1);
    const [orderId = ''] = ids;
    expect((await customer.outcome(orderId)).status).toBe('paid');
    expect((await chargesOf(orderId)).map(({ captured }) => captured.amount)).toEqual([2998]);
    expect((await customer.call<{ items: unknown[] }>('GET', '/orders')).body.items).toHaveLength(1);
    expect(await customer.stockOf(productId)).toBe(98);
    const other = await customer.order([{ productId, quantity: 3 }], { key });
    expect([other.status, other.body.code]).toEqual([422, 'order.key-reused']);
  });

  test('200 buyers for 20 units: exactly 20 are sold', async () => {
    const productId = await newProduct(20);
    const buyers = await Promise.all(Array.from({ length: 10 }, () => newCustomer(platform.gateway)));
    const answers = await Promise.all(
      Array.from({ length: 200 }, async (_, index) => {
        const buyer = buyers[index % buyers.length] as Visitor;
        const key = randomUUID();
        // A door says that these are many, or that it is still at the first try; the buyer insists, as a browser's retry would.
        return eventually(
          async () => {
            const answer = await buyer.order([{ productId, quantity: 1 }], { key });
            const isBusy = answer.status === 429 || answer.body.code === 'order.in-flight';
            if (isBusy) throw new Error(`answered ${answer.status}`);
            return { buyer, ...answer };
          },
          { everyMs: 500 },
        );
      }),
    );
    const refused = answers.filter(({ status }) => status !== 201);
    expect(new Set(refused.map(({ body }) => body.code))).toEqual(
      new Set(refused.length > 0 ? ['order.out-of-stock'] : []),
    );
    const orders = await Promise.all(
      answers.filter(({ status }) => status === 201).map(({ buyer, body }) => buyer.outcome(body.order.id)),
    );
    expect(orders.filter(({ status }) => status === 'paid')).toHaveLength(20);
    expect(orders.filter(({ status }) => status !== 'paid' && status !== 'cancelled')).toEqual([]);
    expect(await staff.stockOf(productId)).toBe(0);
  });

  test('a declined card takes no money and gives the stock back', async () => {
    const [customer, productId] = [await newCustomer(platform.gateway), await newProduct(5)];
    const { body } = await customer.order([{ productId, quantity: 5 }], { token: 'tok_declined' });
    const order = await customer.outcome(body.order.id);
    expect([order.status, order.payment.failure]).toEqual(['payment-failed', 'card-declined']);
    await eventually(async () => expect(await customer.stockOf(productId)).toBe(5));
  });

  test.each(['tok_timeout_after_charge', 'tok_late_answer', 'tok_duplicate_answer'])(
    '%s ends in one charge',
    async (token) => {
      const [customer, productId] = [await newCustomer(platform.gateway), await newProduct(5)];
      const { body } = await customer.order([{ productId, quantity: 1 }], { token });
      expect((await customer.outcome(body.order.id)).status).toBe('paid');
      expect((await chargesOf(body.order.id)).map(({ captured }) => captured.amount)).toEqual([1499]);
    },
  );

  test('a paid order that is cancelled gives back the money and the stock', async () => {
    const [customer, productId] = [await newCustomer(platform.gateway), await newProduct(3)];
    const { body } = await customer.order([{ productId, quantity: 3 }]);
    await customer.outcome(body.order.id);
    const cancelled = await customer.call<{ order: { status: string } }>('POST', `/orders/${body.order.id}/cancel`, {});
    expect([cancelled.status, cancelled.body.order.status]).toEqual([200, 'cancelled']);
    await eventually(async () => {
      expect(await customer.stockOf(productId)).toBe(3);
      expect((await chargesOf(body.order.id)).map(({ refunded }) => refunded.amount)).toEqual([4497]);
    });
  });

  test('a guest buys with an e-mail address and alone can read the order', async () => {
    const productId = await newProduct(3);
    const guest = await newGuest(platform.gateway);
    const { status, body } = await guest.order([{ productId, quantity: 1 }], { email: 'guest@customers.example' });
    expect(status).toBe(201);
    expect((await guest.outcome(body.order.id)).status).toBe('paid');
    const stranger = await newCustomer(platform.gateway);
    expect((await stranger.call('GET', `/orders/${body.order.id}`)).status).toBe(404);
    expect((await createVisitor(platform.gateway).call('GET', `/orders/${body.order.id}`)).status).toBe(401);
  });

  test("a guest who makes an account finds the guest's order there, and the guest's session no longer shows it", async () => {
    const guest = await newGuest(platform.gateway);
    const { body } = await guest.order([{ productId: await newProduct(3), quantity: 1 }], {
      email: 'claimed@customers.example',
    });
    const orderId = body.order.id;
    expect((await guest.outcome(orderId)).status).toBe('paid');
    const account = { email: `${randomUUID()}@customers.example`, password: 'a password for a story', name: 'Robin' };
    const { body: tokens } = await guest.call<{ accessToken: string }>('POST', '/auth/register', account);
    const customer = createVisitor(platform.gateway, { authorization: `Bearer ${tokens.accessToken}` });
    const { items } = (await customer.call<{ items: { id: string }[] }>('GET', '/orders')).body;
    expect(items).toMatchObject([{ id: orderId, status: 'paid' }]);
    expect((await guest.call('GET', `/orders/${orderId}`)).status).toBe(401);
  });

  test('a cart is bought once and as the buyer saw it, by whichever tab comes first, though its price changed', async () => {
    const [customer, productId] = [await newCustomer(platform.gateway), await newProduct(9)];
    const { body: seen } = await customer.call<Cart>('POST', '/cart/items', { productId, quantity: 2 });
    const buy = (cart: Partial<Cart>) =>
      customer.call<{ order: Order; actual: unknown }>(
        'POST',
        '/orders',
        {
          shippingAddress: address,
          payment: { method: 'card', token: 'tok_visa' },
          cartVersion: cart.version,
          expectedTotal: cart.total,
        },
        { 'idempotency-key': randomUUID() },
      );
    const price = { amount: 4999, currency: 'USD' };
    expect((await staff.call('PATCH', `/products/${productId}`, { price })).status).toBe(200);
    const refused = await buy(seen);
    const actual = { amount: 9998, currency: 'USD' };
    expect([refused.status, refused.body]).toMatchObject([
      409,
      { code: 'order.total-changed', expected: seen.total, actual },
    ]);
    const { body: newer } = await customer.call<Cart>('GET', '/cart');
    expect(newer.total).toEqual(actual);
    const tabs = await Promise.all([buy(newer), buy(newer), buy(newer)]);
    expect(tabs.map(({ status }) => status).toSorted()).toEqual([201, 409, 409]);
    const orderId = tabs.find(({ status }) => status === 201)?.body.order.id ?? '';
    expect((await customer.outcome(orderId)).status).toBe('paid');
    await eventually(async () => expect((await customer.call('GET', `/cart?after=${orderId}`)).status).toBe(200));
    expect([(await buy(newer)).body.code, await customer.stockOf(productId)]).toEqual(['order.cart-changed', 7]);
  });

  test('a purchase is one trace, from the public door over the job to the mail', async () => {
    const traceId = randomUUID().replaceAll('-', '');
    const guest = await newGuest(platform.gateway, {
      traceparent: `00-${traceId}-00f067aa0ba902b7-01`,
    });
    const { body } = await guest.order([{ productId: await newProduct(3), quantity: 1 }], {
      email: 'traced@customers.example',
    });
    const orderId = body.order.id;
    expect((await guest.outcome(orderId)).status).toBe('paid');

    const log = new pg.Client({ connectionString: platform.events });
    await log.connect();
    try {
      await eventually(async () => {
        const { rows } = await log.query<{ topic: string; type: string; trace: string }>(
          `SELECT topic, headers->>'type' AS type, substr(value::jsonb->>'traceparent', 4, 32) AS trace
           FROM event_log.records JOIN event_log.partitions ON id = partition_id WHERE value LIKE '%' || $1 || '%'`,
          [orderId],
        );
        // What the job did is told by the owners of stock and money, and by the order that heard of it.
        expect(new Set(rows.map(({ topic }) => topic))).toEqual(
          new Set(['order-events', 'payment-events', 'inventory-events']),
        );
        expect(rows.map(({ type }) => type)).toEqual(expect.arrayContaining(['order.placed.v1', 'order.paid.v1']));
        expect(rows.filter(({ trace }) => trace !== traceId)).toEqual([]);
      });
    } finally {
      await log.end();
    }
    // A shop may do without mails.
    const { mailer } = platform;
    if (mailer === undefined) return;
    await eventually(async () => {
      const text = await readFile(path.join(platform.folder, `logs/${mailer}.log`), 'utf8');
      const lines = text.split('\n').filter((line) => line.includes(orderId));
      expect(lines.length).toBeGreaterThan(0);
      expect(lines.filter((line) => !line.includes(`"traceId":"${traceId}"`))).toEqual([]);
    });
  });

  test.each([
    ['a negative quantity', { quantity: -1 }, 'items.0.quantity'],
    ['a fractional quantity', { quantity: 1.5 }, 'items.0.quantity'],
    ['a huge quantity', { quantity: 1e9 }, 'items.0.quantity'],
    ['a price of its own', { quantity: 1, unitPrice: 1 }, 'items.0'],
  ])('%s is refused with its path', async (_, item, path) => {
    const [customer, productId] = [await newCustomer(platform.gateway), await newProduct(3)];
    const { status, body } = await customer.order([{ productId, ...item }]);
    expect([status, body.code]).toEqual([400, 'request.invalid']);
    expect(body.errors?.some((error) => error.path.startsWith(path))).toBe(true);
  });

  test('the load script buys as a guest does, and its checks fail where a purchase does', async () => {
    await newProduct(5);
    const { turn } = await bundledScript({ SHOP: platform.gateway });
    const { checks, metrics } = await turn();
    expect(Object.keys(checks)).toHaveLength(5);
    expect(Object.values(checks).flat()).toEqual(expect.not.arrayContaining([false]));
    expect(metrics).toMatchObject({ purchases_paid: [1], purchase_ms: [expect.any(Number)] });
    const declined = await (await bundledScript({ SHOP: platform.gateway, CARD: 'tok_declined' })).turn();
    expect(declined.checks).toMatchObject({ 'the order is accepted': [true], 'the order is paid': [false] });
    expect(declined.metrics).not.toHaveProperty('purchases_paid');
  });

  test('after all of this the books agree; what is planted is named, and repaired in the name of who asks', async () => {
    const reconcile = async (...words: string[]) => {
      const { code, stdout, stderr } = await platform.cloudmart('reconcile', ...words, '--json');
      if (stdout === '') throw new Error(stderr);
      return { code, ...(JSON.parse(stdout) as { reconciliation: Reconciliation; drifts: Drift[] }) };
    };
    const clean = await reconcile('--dry-run');
    expect([clean.code, clean.drifts]).toEqual([0, []]);
    expect(clean.reconciliation.compared.orders).toBeGreaterThan(0);

    const [customer, productId] = [await newCustomer(platform.gateway), await newProduct(5)];
    const { body } = await customer.order([{ productId, quantity: 1 }]);
    const { id: orderId } = body.order;
    expect((await customer.outcome(orderId)).status).toBe('paid');
    const { databases } = JSON.parse(await readFile(path.join(platform.folder, 'state.json'), 'utf8'));
    const payments = new pg.Client({ connectionString: databases.payments });
    await payments.connect();
    await payments.query(
      `DELETE FROM ledger_entries e USING payments p WHERE p.id = e.payment_id AND p.order_id = $1`,
      [orderId],
    );
    await payments.query(`UPDATE payments SET status = 'authorised', captured = 0 WHERE order_id = $1`, [orderId]);
    await payments.query(
      `UPDATE sandbox.charges c SET status = 'authorised', captured = 0 FROM payments p WHERE p.id = c.key AND p.order_id = $1`,
      [orderId],
    );
    await payments.end();

    const about = { kind: 'payment-not-captured', orderId, repair: 'capture-payment' };
    const dry = await reconcile('--repair', '--dry-run');
    expect([dry.code, dry.drifts]).toEqual([1, [expect.objectContaining({ ...about, outcome: 'found' })]]);
    const made = await reconcile('--repair');
    expect([made.code, made.drifts]).toEqual([0, [expect.objectContaining({ ...about, outcome: 'repaired' })]]);
    expect(made.reconciliation).toMatchObject({ repair: true, askedBy: expect.stringMatching(/^usr_/) });
    expect((await reconcile()).drifts).toEqual([]);
    expect((await platform.cloudmart('reconcile', '--days', '0')).code).toBe(2);
  });

  test('after all of this every law holds', async () => {
    const { code, stdout, stderr } = await platform.cloudmart('laws', '--wait', '60', '--json');
    const { laws } = JSON.parse(stdout) as { laws: { id: string; checked: number; violations: unknown[] }[] };
    expect({ broken: laws.filter(({ violations }) => violations.length > 0), stderr }).toEqual({
      broken: [],
      stderr: expect.anything(),
    });
    expect([code, laws.length]).toEqual([0, 18]);
  });
});
