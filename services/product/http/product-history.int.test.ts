import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startProduct, type TestProduct } from '../testing/product-fixtures.ts';

let shop: TestProduct;
beforeAll(async () => {
  shop = await startProduct();
});
afterAll(() => shop.stop());

const staff = (method: 'GET' | 'POST' | 'PATCH', url: string, payload?: object) =>
  shop.http.inject({ method, url, headers: shop.staff, ...(payload && { payload }) });
const usd = (amount: number) => ({ amount, currency: 'USD' });

describe('the version of a product', () => {
  it('rises with each change, and a change meant for another one is refused with both', async () => {
    const id = await shop.create();
    const first = await staff('PATCH', `/products/${id}`, { title: 'One', version: 1 });
    expect([first.statusCode, first.json().version]).toEqual([200, 2]);
    const late = await staff('PATCH', `/products/${id}`, { title: 'Two', version: 1 });
    expect([late.statusCode, late.json()]).toMatchObject([
      409,
      { code: 'product.changed', expected: { version: 1 }, actual: { version: 2 } },
    ]);
    const read = (await shop.http.inject({ url: `/products/${id}` })).json();
    expect([read.title, read.version]).toEqual(['One', 2]);
    expect((await staff('PATCH', `/products/${id}`, { title: 'Three' })).json().version).toBe(3);
  });

  it('lets exactly one of many who saw the same one change it', async () => {
    const id = await shop.create();
    const attempts = Array.from({ length: 10 }, (_, index) =>
      staff('PATCH', `/products/${id}`, { price: usd(1000 + index), version: 1 }),
    );
    const statuses = (await Promise.all(attempts)).map(({ statusCode }) => statusCode);
    expect(statuses.toSorted()).toEqual([200, ...Array(9).fill(409)]);
    expect((await staff('GET', `/products/${id}/prices`)).json().items).toHaveLength(2);
  });

  it('is not moved by stock, and alone is no change', async () => {
    const id = await shop.create();
    expect((await staff('POST', `/products/${id}/stock`, { change: 1, reason: 'found' })).json().version).toBe(1);
    expect((await staff('PATCH', `/products/${id}`, { version: 1 })).statusCode).toBe(400);
  });
});

describe('the history of prices', () => {
  it('has each price with its version and who set it, newest first, page by page', async () => {
    const id = await shop.create({ price: usd(1000) });
    for (const changes of [{ price: usd(900) }, { title: 'Same price' }, { price: usd(800) }])
      await staff('PATCH', `/products/${id}`, changes);
    const url = `/products/${id}/prices`;
    const first = (await staff('GET', `${url}?limit=2`)).json();
    const second = (await staff('GET', `${url}?limit=2&cursor=${first.nextCursor}`)).json();
    const items = [...first.items, ...second.items];
    expect(items.map(({ version, price }) => [version, price.amount])).toEqual([
      [4, 800],
      [2, 900],
      [1, 1000],
    ]);
    expect(second.nextCursor).toBeNull();
    expect(new Set(items.map(({ by }) => by))).toEqual(new Set([expect.stringMatching(/^usr_/)]));
  });

  it('is told of by a bulk load as well, and no row of it can be rewritten', async () => {
    const item = { reference: 'history', title: 'M', category: 'Crime', price: usd(500) };
    await staff('POST', '/products/import', { items: [item] });
    await staff('POST', '/products/import', { items: [item] });
    await staff('POST', '/products/import', { items: [{ ...item, price: usd(600) }] });
    const { items } = (await shop.http.inject({ url: '/products?category=Crime' })).json();
    const { id, version } = items[0];
    const prices = (await staff('GET', `/products/${id}/prices`)).json().items;
    expect([version, prices.map(({ price }: { price: { amount: number } }) => price.amount)]).toEqual([2, [600, 500]]);
    await expect(shop.database.query('UPDATE product_prices SET amount = 1')).rejects.toThrow('append-only');
  });
});

describe('the history of stock', () => {
  it('says who changed it, by how much and why', async () => {
    const id = await shop.create({ stock: 10 });
    await staff('POST', `/products/${id}/stock`, { change: 5, reason: 'delivery' });
    await staff('POST', `/products/${id}/stock`, { change: -2, reason: 'broken' });
    await staff('POST', `/products/${id}/stock`, { change: -99, reason: 'too many' });
    const { items } = (await staff('GET', `/products/${id}/stock`)).json();
    expect(items).toMatchObject([
      { kind: 'outbound', change: -2, reason: 'broken', by: expect.stringMatching(/^usr_/) },
      { kind: 'inbound', change: 5, reason: 'delivery' },
      { kind: 'initial', change: 10, reason: 'initial stock' },
    ]);
  });

  it.each(['0', '-1', 'x', '1e3', '99999999999999999999'])('has no page behind the cursor %j', async (cursor) => {
    const id = await shop.create();
    const answer = await staff('GET', `/products/${id}/stock?cursor=${cursor}`);
    expect([answer.statusCode, answer.json().code]).toEqual([400, 'request.invalid']);
  });

  it('of a product that is not there is refused', async () => {
    const answer = await staff('GET', `/products/${shop.ids.next('prd')}/stock`);
    expect([answer.statusCode, answer.json().code]).toEqual([404, 'product.unknown']);
  });
});
