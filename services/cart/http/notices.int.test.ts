import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '../../kit/testing/condition.ts';
import { startCart, type TestCart } from '../testing/cart-fixtures.ts';

let shop: TestCart;
beforeAll(async () => {
  shop = await startCart();
});
afterAll(() => shop.stop());

const usd = (amount: number) => ({ amount, currency: 'USD' });

/** Changes what the catalogue says of a product. */
const change = (id: string, parts: { amount?: number; currency?: string; stock?: number }) => {
  const product = shop.catalogue.products.get(id);
  if (!product) throw new Error(`there is no ${id}`);
  const { amount = product.price.amount, currency = product.price.currency, stock = product.stock } = parts;
  shop.catalogue.products.set(id, { ...product, price: { amount, currency }, stock });
};

type Person = ReturnType<TestCart['guest']>;
/** The cart as it is told with the prices of this moment. */
const look = async (person: Person) => (await person.call('GET', '/cart?prices=now')).json();
const noticesOf = async (person: Person) => {
  const { items } = await look(person);
  return items.flatMap(({ notices }: { notices: object[] }) => notices);
};
/** Puts a product in, a moment after what is there. */
const add = (person: Person, productId: string, quantity = 1) => {
  shop.clock.advance(1_000);
  return person.add(productId, quantity);
};
const agree = (person: Person, ...prices: { productId: string; unitPrice: object }[]) =>
  person.call('POST', '/cart/prices', { prices });

describe('the notice of what changed', () => {
  it('tells each price that went up or down with both amounts, and both totals of the whole, until the buyer agrees', async () => {
    const guest = shop.guest();
    const [dearer, cheaper, same] = [shop.product({ amount: 999 }), shop.product({ amount: 500 }), shop.product()];
    await add(guest, dearer, 2);
    await add(guest, cheaper);
    await add(guest, same);
    expect((await look(guest)).notice).toBeNull();

    change(dearer, { amount: 1299 });
    change(cheaper, { amount: 450 });
    const told = await look(guest);
    expect(told.items.map(({ notices }: { notices: object[] }) => notices)).toEqual([
      [{ kind: 'price-up', from: usd(999), to: usd(1299) }],
      [{ kind: 'price-down', from: usd(500), to: usd(450) }],
      [],
    ]);
    expect(told.notice).toEqual({ lines: 2, from: usd(3797), to: usd(4347) });
    expect(told.version).toBe((await guest.cart()).version);

    const answer = await agree(guest, { productId: dearer, unitPrice: usd(1299) });
    expect(answer.json().notice).toEqual({ lines: 1, from: usd(4397), to: usd(4347) });
    await agree(guest, { productId: cheaper, unitPrice: usd(450) });
    expect((await look(guest)).notice).toBeNull();
  });

  it('stays where the price is another one again than the buyer saw', async () => {
    const [guest, film] = [shop.guest(), shop.product({ amount: 100 })];
    await add(guest, film);
    change(film, { amount: 300 });
    const answer = await agree(guest, { productId: film, unitPrice: usd(200) });
    expect(answer.json().items[0].notices).toEqual([{ kind: 'price-up', from: usd(100), to: usd(300) }]);
    expect(await noticesOf(guest)).toHaveLength(1);
  });

  it('ends with a change of the line, whose answer still tells it', async () => {
    const guest = shop.guest();
    const [added, changed] = [shop.product({ amount: 100 }), shop.product({ amount: 100 })];
    await add(guest, added);
    await add(guest, changed);
    for (const film of [added, changed]) change(film, { amount: 300 });
    await look(guest);
    const up = { kind: 'price-up', from: usd(100), to: usd(300) };
    expect((await add(guest, added)).json().items[0].notices).toEqual([up]);
    const answer = await guest.call('PATCH', `/cart/items/${changed}`, { quantity: 3 });
    expect(answer.json().items[1].notices).toEqual([up]);
    expect(await noticesOf(guest)).toEqual([]);
  });

  it('tells how many are left, until the line wants no more than that', async () => {
    const [guest, film] = [shop.guest(), shop.product({ stock: 5 })];
    await add(guest, film, 4);
    expect(await noticesOf(guest)).toEqual([]);
    change(film, { stock: 2 });
    const short = { kind: 'stock-short', wanted: 4, left: 2 };
    expect(await noticesOf(guest)).toEqual([short]);
    await agree(guest, { productId: film, unitPrice: usd(1299) });
    expect(await noticesOf(guest)).toEqual([short]);
    await guest.call('PATCH', `/cart/items/${film}`, { quantity: 2 });
    expect(await noticesOf(guest)).toEqual([]);
  });

  it('tells that a product is gone, until its line is taken out', async () => {
    const [guest, gone, stays] = [shop.guest(), shop.product(), shop.product({ amount: 100 })];
    await add(guest, gone);
    await add(guest, stays);
    shop.catalogue.products.delete(gone);
    const told = await look(guest);
    expect(told.items[0].notices).toEqual([{ kind: 'gone' }]);
    expect(told.notice).toEqual({ lines: 1, from: usd(1399), to: usd(100) });
    await guest.call('DELETE', `/cart/items/${gone}`);
    expect((await look(guest)).notice).toBeNull();
  });

  it('compares no amounts of two currencies', async () => {
    const [guest, film] = [shop.guest(), shop.product({ amount: 100 })];
    await add(guest, film);
    change(film, { currency: 'EUR' });
    expect(await noticesOf(guest)).toEqual([
      { kind: 'currency-changed', from: usd(100), to: { amount: 100, currency: 'EUR' } },
    ]);
  });

  it('goes along when a guest signs in, and what the customer saw himself comes first', async () => {
    const [sessionId, userId] = [shop.ids.next('ses'), shop.ids.next('usr')];
    const [both, theirs] = [shop.product({ amount: 100 }), shop.product({ amount: 100 })];
    const customer = await shop.customer({ userId });
    await add(customer, both);
    change(both, { amount: 200 });
    await look(customer);
    const guest = shop.guest(sessionId);
    await add(guest, both);
    await add(guest, theirs);
    change(theirs, { amount: 90 });
    await look(guest);
    expect(await noticesOf(await shop.customer({ userId, sessionId }))).toEqual([
      { kind: 'price-up', from: usd(100), to: usd(200) },
      { kind: 'price-down', from: usd(100), to: usd(90) },
    ]);
  });

  it('is another for each owner: what one agrees to changes nothing for others', async () => {
    const [one, other, film] = [shop.guest(), shop.guest(), shop.product({ amount: 100 })];
    await add(one, film);
    await add(other, film);
    change(film, { amount: 200 });
    await agree(one, { productId: film, unitPrice: usd(200) });
    expect([await noticesOf(one), await noticesOf(other)].map(({ length }) => length)).toEqual([0, 1]);
  });

  it('is not there for lines of before, whose prices nobody noted', async () => {
    const [guest, film] = [shop.guest(), shop.product({ amount: 100 })];
    await add(guest, film);
    await shop.database.query('UPDATE cart_items SET seen_amount = NULL, seen_currency = NULL WHERE product_id = $1', [
      film,
    ]);
    change(film, { amount: 200 });
    expect((await look(guest)).notice).toBeNull();
  });

  it('cannot be ended while the catalogue is away, and nothing is told then', async () => {
    const [guest, film] = [shop.guest(), shop.product({ amount: 100 })];
    await add(guest, film);
    change(film, { amount: 200 });
    await shop.catalogue.stop();
    try {
      const refused = await agree(guest, { productId: film, unitPrice: usd(200) });
      expect(refused.json()).toMatchObject({ status: 503, code: 'product.unavailable' });
    } finally {
      await shop.catalogue.start();
    }
    await eventually(async () => expect(await noticesOf(guest)).toHaveLength(1), { everyMs: 1_000 });
  });
});

it.each([
  ['no prices', [], 'prices'],
  ['a product twice', Array(2).fill({ productId: `prd_${'0'.repeat(26)}`, unitPrice: usd(1) }), 'prices'],
  [
    'more prices than a cart has lines',
    Array(101).fill({ productId: `prd_${'0'.repeat(26)}`, unitPrice: usd(1) }),
    'prices',
  ],
  ['a price below nothing', [{ productId: `prd_${'0'.repeat(26)}`, unitPrice: usd(-1) }], 'prices.0.unitPrice.amount'],
])('agreeing refuses %s, naming the field', async (_what, prices, path) => {
  const answer = await shop.guest().call('POST', '/cart/prices', { prices });
  expect(answer.json()).toMatchObject({ status: 400, code: 'request.invalid', errors: [{ path }] });
});

it('agreeing to the price of what is not in the cart changes nothing, and makes no cart', async () => {
  const [guest, film] = [shop.guest(), shop.product({ amount: 100 })];
  const answer = await agree(guest, { productId: film, unitPrice: usd(100) });
  expect(answer.json()).toMatchObject({ items: [], notice: null, updatedAt: null });
});
