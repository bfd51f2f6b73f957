import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { cartEventSchema } from '../../contracts/events/cart-events.ts';
import { startCart, type TestCart } from '../testing/cart-fixtures.ts';

let shop: TestCart;
beforeAll(async () => {
  shop = await startCart();
});
afterAll(() => shop.stop());

afterEach(async () => {
  const { rows } = await shop.database.query(
    `SELECT aggregateid FROM (SELECT *, row_number() OVER (PARTITION BY aggregateid ORDER BY position) AS place FROM outbox) AS told
     WHERE sequence <> place`,
  );
  expect(rows).toEqual([]);
});

describe('whose cart it is', () => {
  it('nobody has none: 401 without user and session, 403 with a bad token', async () => {
    const nobody = shop.shopper({});
    const forger = shop.shopper({ authorization: 'Bearer a.b.c', 'x-session-id': shop.ids.next('ses') });
    const productId = shop.product();
    for (const [method, url, body] of [
      ['GET', '/cart', undefined],
      ['POST', '/cart/items', { productId, quantity: 1 }],
      ['PATCH', `/cart/items/${productId}`, { quantity: 1 }],
      ['DELETE', `/cart/items/${productId}`, undefined],
      ['DELETE', '/cart', undefined],
    ] as const) {
      expect((await nobody.call(method, url, body)).statusCode).toBe(401);
      expect((await forger.call(method, url, body)).statusCode).toBe(403);
    }
    expect((await shop.shopper({ 'x-session-id': 'ses_1' }).call('GET', '/cart')).statusCode).toBe(401);
  });

  it('each user and each session sees only the own', async () => {
    const people = [shop.guest(), shop.guest(), await shop.customer(), await shop.customer()];
    const products = people.map(() => shop.product());
    await Promise.all(people.map((person, at) => person.add(products[at] as string, at + 1)));
    for (const [at, person] of people.entries())
      expect(await person.quantities()).toEqual({ [products[at] as string]: at + 1 });
  });

  it('is the same under /api/v1', async () => {
    const sessionId = shop.ids.next('ses');
    const productId = shop.product();
    await shop.guest(sessionId).call('POST', '/api/v1/cart/items', { productId, quantity: 2 });
    expect(await shop.guest(sessionId).quantities()).toEqual({ [productId]: 2 });
  });
});

describe('a cart', () => {
  it('is empty before anything was added, and looking makes none', async () => {
    const guest = shop.guest();
    const version = expect.stringMatching(/^[\w-]{22}$/);
    expect(await guest.cart()).toEqual({
      items: [],
      total: null,
      notice: null,
      version,
      degraded: false,
      updatedAt: null,
    });
    expect((await guest.call('DELETE', '/cart')).json()).toMatchObject({ items: [] });
    const { rows } = await shop.database.query('SELECT FROM carts WHERE session_id = $1', [
      guest.headers['x-session-id'],
    ]);
    expect(rows).toEqual([]);
  });

  it('has a version that changes with what it holds, and with nothing else', async () => {
    const sessionId = shop.ids.next('ses');
    const [guest, customer] = [shop.guest(sessionId), await shop.customer({ sessionId })];
    const [film, other] = [shop.product(), shop.product()];
    const version = async () => (await guest.cart()).version;
    const empty = await version();
    await guest.add(film, 2);
    const two = await version();
    await guest.add(other);
    const three = await version();
    await guest.call('DELETE', `/cart/items/${film}`);
    await guest.add(film, 2);
    expect(await version()).toBe(three);
    expect(new Set([empty, two, three]).size).toBe(3);
    shop.clock.advance(60_000);
    await guest.call('DELETE', `/cart/items/${other}`);
    expect(await version()).toBe(two);
    expect((await customer.cart()).version).toBe(two);
  });

  it('shows a price that changed at the latest a minute later, and at once to who asks for it', async () => {
    const [guest, film] = [shop.guest(), shop.product({ amount: 999 })];
    await guest.add(film);
    const product = shop.catalogue.products.get(film);
    if (product) shop.catalogue.products.set(film, { ...product, price: { amount: 4999, currency: 'USD' } });
    const total = async (url: string) => (await guest.call('GET', url)).json().total.amount;
    expect(await total('/cart')).toBe(999);
    expect(await total('/cart?prices=now')).toBe(4999);
    expect(await total('/cart')).toBe(4999);
  });

  it('shows titles, prices and what can be had, in the order in which it was filled', async () => {
    const guest = shop.guest();
    const [film, scarce] = [shop.product({ amount: 999 }), shop.product({ amount: 500, stock: 1 })];
    await guest.add(film, 2);
    shop.clock.advance(1000);
    const answer = await guest.add(scarce, 3);
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toEqual({
      items: [
        {
          productId: film,
          title: `Film ${film}`,
          quantity: 2,
          unitPrice: { amount: 999, currency: 'USD' },
          lineTotal: { amount: 1998, currency: 'USD' },
          available: true,
          notices: [],
        },
        {
          productId: scarce,
          title: `Film ${scarce}`,
          quantity: 3,
          unitPrice: { amount: 500, currency: 'USD' },
          lineTotal: { amount: 1500, currency: 'USD' },
          available: false,
          notices: [{ kind: 'stock-short', wanted: 3, left: 1 }],
        },
      ],
      total: { amount: 3498, currency: 'USD' },
      notice: { lines: 1, from: { amount: 3498, currency: 'USD' }, to: { amount: 3498, currency: 'USD' } },
      version: expect.stringMatching(/^[\w-]{22}$/),
      degraded: false,
      updatedAt: shop.clock.now().toISOString(),
    });
    expect(await guest.cart()).toEqual(answer.json());
  });

  it('changes, loses lines and is emptied, each told as an event of the promised form', async () => {
    const guest = shop.guest();
    const [film, other] = [shop.product(), shop.product()];
    await guest.add(film, 2);
    shop.clock.advance(1000);
    await guest.add(other);
    expect((await guest.call('PATCH', `/cart/items/${film}`, { quantity: 7 })).json().items[0]).toMatchObject({
      quantity: 7,
    });
    expect((await guest.call('DELETE', `/cart/items/${film}`)).json().items).toHaveLength(1);
    expect((await guest.call('DELETE', `/cart/items/${film}`)).json().items).toHaveLength(1);
    expect((await guest.call('DELETE', '/cart/items')).json().items).toEqual([]);
    const events = await shop.events();
    for (const event of events) expect(cartEventSchema.safeParse(event).error).toBeUndefined();
    const { subject } = events.findLast(({ data }) => data['productId'] === other) ?? { subject: '' };
    expect(
      events.filter((event) => event.subject === subject).map(({ type, data }) => [type, data['quantity']]),
    ).toEqual([
      ['cart.created.v1', undefined],
      ['cart.item-changed.v1', 2],
      ['cart.item-changed.v1', 1],
      ['cart.item-changed.v1', 7],
      ['cart.item-changed.v1', 0],
      ['cart.item-changed.v1', 0],
    ]);
  });

  it('adds up what is added at the same time, also as the very first thing', async () => {
    const guest = shop.guest();
    const products = [shop.product(), shop.product()] as const;
    await Promise.all(Array.from({ length: 40 }, (_, at) => guest.add(products[at % 2] as string, 1 + (at % 2))));
    expect(await guest.quantities()).toEqual({ [products[0]]: 20, [products[1]]: 40 });
  });

  it('holds 99 of a product, however many are added at once', async () => {
    const guest = shop.guest();
    const productId = shop.product();
    const answers = await Promise.all(Array.from({ length: 12 }, () => guest.add(productId, 10)));
    expect(answers.filter(({ statusCode }) => statusCode === 200)).toHaveLength(9);
    expect(answers.find(({ statusCode }) => statusCode !== 200)?.json()).toMatchObject({
      status: 409,
      code: 'cart.line-full',
    });
    expect(await guest.quantities()).toEqual({ [productId]: 90 });
  });

  it('holds 100 products, however many are added at once', async () => {
    const guest = shop.guest();
    const products = Array.from({ length: 105 }, () => shop.product());
    const answers = await Promise.all(products.map((productId) => guest.add(productId)));
    expect(answers.filter(({ statusCode }) => statusCode === 200)).toHaveLength(100);
    expect(answers.find(({ statusCode }) => statusCode !== 200)?.json()).toMatchObject({
      status: 409,
      code: 'cart.full',
    });
    expect(Object.keys(await guest.quantities())).toHaveLength(100);
  });

  it('cannot change what is not in it', async () => {
    const guest = shop.guest();
    const productId = shop.product();
    const missing = { status: 404, code: 'cart.line-missing' };
    expect((await guest.call('PATCH', `/cart/items/${productId}`, { quantity: 1 })).json()).toMatchObject(missing);
    await guest.add(shop.product());
    expect((await guest.call('PATCH', `/cart/items/${productId}`, { quantity: 1 })).json()).toMatchObject(missing);
  });

  it('takes no product that the catalogue does not know, and makes no cart for it', async () => {
    const guest = shop.guest();
    expect((await guest.add(shop.ids.next('prd'))).json()).toMatchObject({ status: 404, code: 'product.unknown' });
    expect((await guest.cart()).updatedAt).toBeNull();
  });

  it.each([
    ['no quantity', { quantity: undefined }, 'quantity'],
    ['zero units', { quantity: 0 }, 'quantity'],
    ['negative units', { quantity: -1 }, 'quantity'],
    ['half a unit', { quantity: 0.5 }, 'quantity'],
    ['100 units', { quantity: 100 }, 'quantity'],
    ['a huge number', { quantity: 10_000 }, 'quantity'],
    ['a number as text', { quantity: '1' }, 'quantity'],
    ['a malformed product', { productId: 'prd_1' }, 'productId'],
    ['a price of its own', { price: 1 }, 'price'],
  ])('refuses %s, naming the field', async (_what, wrong, path) => {
    const answer = await shop.guest().call('POST', '/cart/items', { productId: shop.product(), quantity: 1, ...wrong });
    expect(answer.json()).toMatchObject({ status: 400, code: 'request.invalid', errors: [{ path }] });
  });
});

describe('signing in', () => {
  it('brings the guest cart along, once', async () => {
    const [sessionId, userId] = [shop.ids.next('ses'), shop.ids.next('usr')];
    const [both, mine, theirs] = [shop.product(), shop.product(), shop.product()];
    const before = await shop.customer({ userId });
    await before.add(both, 60);
    await before.add(mine, 1);
    const guest = shop.guest(sessionId);
    await guest.add(both, 60);
    await guest.add(theirs, 2);
    const signedIn = await shop.customer({ userId, sessionId });
    const looks = await Promise.all(Array.from({ length: 10 }, () => signedIn.quantities()));
    for (const look of [...looks, await signedIn.quantities()])
      expect(look).toEqual({ [both]: 99, [mine]: 1, [theirs]: 2 });
    expect((await guest.cart()).items).toEqual([]);
    const merges = (await shop.events()).filter(
      ({ type, data }) => type === 'cart.merged.v1' && data['userId'] === userId,
    );
    expect(merges).toMatchObject([{ data: { items: 2 } }]);
  });

  it('brings it into a cart that is made for it, and goes on with what is added then', async () => {
    const [sessionId, userId] = [shop.ids.next('ses'), shop.ids.next('usr')];
    const [early, late] = [shop.product(), shop.product()];
    await shop.guest(sessionId).add(early, 3);
    const signedIn = await shop.customer({ userId, sessionId });
    await Promise.all([signedIn.add(late), signedIn.add(early), signedIn.cart()]);
    expect(await signedIn.quantities()).toEqual({ [early]: 4, [late]: 1 });
  });

  it('of two users with one session gives its cart to the first', async () => {
    const sessionId = shop.ids.next('ses');
    const productId = shop.product();
    await shop.guest(sessionId).add(productId, 5);
    const users = await Promise.all([shop.customer({ sessionId }), shop.customer({ sessionId })]);
    const carts = await Promise.all(users.map((user) => user.quantities()));
    expect(carts.map((cart) => cart[productId] ?? 0).toSorted()).toEqual([0, 5]);
  });

  it('while the guest still adds loses nothing', async () => {
    const [sessionId, userId] = [shop.ids.next('ses'), shop.ids.next('usr')];
    const productId = shop.product();
    const guest = shop.guest(sessionId);
    const signedIn = await shop.customer({ userId, sessionId });
    const adds = await Promise.all(
      Array.from({ length: 40 }, (_, at) => (at % 4 === 3 ? signedIn.call('GET', '/cart') : guest.add(productId))),
    );
    expect(adds.every(({ statusCode }) => statusCode === 200)).toBe(true);
    expect(await signedIn.quantities()).toEqual({ [productId]: 30 });
  });
});
