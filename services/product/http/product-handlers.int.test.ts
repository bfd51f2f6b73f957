import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { productSchema } from '../../contracts/http/catalogue/product-api.ts';
import { productPage } from '../../contracts/http/catalogue/product-search-api.ts';
import { maxAmount } from '../../contracts/http/values.ts';
import { aProduct, startProduct, type TestProduct } from '../testing/product-fixtures.ts';
import { brokenSequences, brokenStock } from '../testing/stock-invariants.ts';

let shop: TestProduct;
beforeAll(async () => {
  shop = await startProduct();
});
afterAll(async () => {
  expect(await brokenStock(shop.database)).toEqual([]);
  expect(await brokenSequences(shop.database)).toEqual([]);
  await shop.stop();
});

type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';
const call = (method: Method, url: string, payload?: object, headers: Record<string, string> = {}) =>
  shop.http.inject({ method, url, headers, ...(payload && { payload }) });
const asStaff = (method: Method, url: string, payload?: object) => call(method, url, payload, shop.staff);

const titlesOf = async (query: string): Promise<string[]> => {
  const titles: string[] = [];
  let cursor: string | null = null;
  do {
    const answer = await call('GET', `/products?${query}${cursor ? `&cursor=${cursor}` : ''}`);
    const page = productPage.parse(answer.json());
    titles.push(...page.items.map(({ title }) => title));
    cursor = page.nextCursor;
  } while (cursor !== null);
  return titles;
};

describe('who may do what', () => {
  const writes = (id: string): [Method, string, object | undefined][] => [
    ['POST', '/products', aProduct()],
    ['PATCH', `/products/${id}`, { title: 'Other' }],
    ['POST', `/products/${id}/stock`, { change: 1, reason: 'delivery' }],
    ['POST', '/products/import', { items: [aProduct({ reference: 'r' })] }],
    ['DELETE', `/products/${id}`, undefined],
  ];

  it('everybody reads, and only staff write', async () => {
    const id = await shop.create();
    for (const url of ['/products', `/products/${id}`, '/categories'])
      expect((await call('GET', url)).statusCode).toBe(200);
    const guest = { 'x-session-id': shop.ids.next('ses') };
    for (const [method, url, body] of writes(id)) {
      expect((await call(method, url, body)).statusCode).toBe(401);
      expect((await call(method, url, body, guest)).statusCode).toBe(401);
      expect((await call(method, url, body, { authorization: 'Bearer x.y.z' })).statusCode).toBe(403);
      expect((await call(method, url, body, shop.customer)).json()).toMatchObject({
        status: 403,
        code: 'caller.not-staff',
      });
    }
    expect((await call('GET', `/products/${id}`)).json()).toMatchObject({ title: 'The Land Girls', stock: 10 });
  });
});

describe('a product', () => {
  it('is what staff say, with its first units told as an event', async () => {
    const answer = await asStaff('POST', '/products', aProduct({ title: '  Amélie ' }));
    expect(answer.statusCode).toBe(201);
    const product = productSchema.parse(answer.json());
    expect(answer.headers['location']).toBe(`/products/${product.id}`);
    const { imageUrl, ...said } = aProduct();
    expect([imageUrl, product]).toMatchObject([null, { ...said, title: 'Amélie' }]);
    expect((await call('GET', `/products/${product.id}`)).json()).toEqual(product);
    expect(await shop.eventsOf(product.id)).toMatchObject([
      { type: 'inventory.adjusted.v1', sequence: 1, data: { productId: product.id, change: 10, free: 10 } },
    ]);
  });

  it.each([
    [1_500_000_000, 'IDR'],
    [maxAmount, 'IRR'],
  ])('may cost %i minor units of %s', async (amount, currency) => {
    const answer = await asStaff('POST', '/products', aProduct({ price: { amount, currency } }));
    expect(answer.statusCode).toBe(201);
    expect((await call('GET', `/products/${answer.json().id}`)).json().price).toEqual({ amount, currency });
  });

  it('changes in the fields that are given', async () => {
    const id = await shop.create({ imageUrl: '/images/1.jpg' });
    shop.clock.advance(1000);
    const changed = await asStaff('PATCH', `/products/${id}`, { title: 'Slam', imageUrl: null });
    expect(changed.json()).toMatchObject({
      ...aProduct(),
      title: 'Slam',
      imageUrl: expect.stringContaining(`${id}/image`),
    });
    expect(changed.json().updatedAt > changed.json().createdAt).toBe(true);
    expect(await titlesOf('q=slam')).toContain('Slam');
    expect((await call('GET', `/products/${id}`)).json()).toEqual(changed.json());
  });

  it('loses no change when two are made at the same time', async () => {
    const id = await shop.create();
    await Promise.all([
      asStaff('PATCH', `/products/${id}`, { title: 'New title' }),
      asStaff('PATCH', `/products/${id}`, { description: 'New words' }),
      asStaff('PATCH', `/products/${id}`, { price: { amount: 1, currency: 'EUR' } }),
    ]);
    expect((await call('GET', `/products/${id}`)).json()).toMatchObject({
      title: 'New title',
      description: 'New words',
      price: { amount: 1, currency: 'EUR' },
    });
  });

  it('that is taken out is gone for everybody, and a second time is unknown', async () => {
    const id = await shop.create({ title: 'Gone With the Wind' });
    expect((await asStaff('DELETE', `/products/${id}`)).statusCode).toBe(204);
    const unknown = { status: 404, code: 'product.unknown' };
    expect((await call('GET', `/products/${id}`)).json()).toMatchObject(unknown);
    for (const [method, url, body] of [
      ['DELETE', `/products/${id}`, undefined],
      ['PATCH', `/products/${id}`, { title: 'x' }],
      ['POST', `/products/${id}/stock`, { change: 1, reason: 'x' }],
    ] as const)
      expect((await asStaff(method, url, body)).json()).toMatchObject(unknown);
    expect(await titlesOf('q=gone')).toEqual([]);
  });

  it.each([
    ['an unknown field', { colour: 'red' }, 'colour'],
    ['no title', { title: undefined }, 'title'],
    ['a title of spaces', { title: '   ' }, 'title'],
    ['a title with half a surrogate pair', { title: 'a\ud800' }, 'title'],
    ['a description with U+0000', { description: 'a\0b' }, 'description'],
    ['an attribute with U+0000', { attributes: { note: '\0' } }, 'attributes.note'],
    ['a negative price', { price: { amount: -1, currency: 'USD' } }, 'price.amount'],
    ['a price with a fraction', { price: { amount: 1.5, currency: 'USD' } }, 'price.amount'],
    ['a huge price', { price: { amount: maxAmount + 1, currency: 'USD' } }, 'price.amount'],
    ['a price as text', { price: { amount: '1', currency: 'USD' } }, 'price.amount'],
    ['a malformed currency', { price: { amount: 1, currency: 'dollar' } }, 'price.currency'],
    ['a currency that nobody has', { price: { amount: 1, currency: 'QQQ' } }, 'price.currency'],
    ['an address of a script', { imageUrl: 'javascript:alert(1)' }, 'imageUrl'],
    ['negative stock', { stock: -1 }, 'stock'],
    ['half a unit', { stock: 0.5 }, 'stock'],
  ])('with %s is refused, naming the field', async (_what, wrong, path) => {
    const answer = await asStaff('POST', '/products', aProduct(wrong));
    expect(answer.json()).toMatchObject({ status: 400, code: 'request.invalid', errors: [{ path }] });
  });

  it('has an id that is checked before anything else', async () => {
    expect((await call('GET', '/products/1')).json()).toMatchObject({ status: 400, code: 'request.invalid' });
    expect((await call('GET', `/products/${shop.ids.next('prd')}`)).json()).toMatchObject({
      status: 404,
      code: 'product.unknown',
    });
  });
});

describe('the list', () => {
  const films = [
    ['Alien', 'ListScience', 500],
    ['Äon Flux', 'ListScience', 300],
    ['Aliens', 'ListScience', 500],
    ['Amarcord', 'ListDrama', 900],
    ['Zodiac', 'ListDrama', 100],
  ] as const;
  beforeAll(async () => {
    for (const [title, category, amount] of films) {
      shop.clock.advance(1000);
      await shop.create({ title, category, price: { amount, currency: 'USD' }, attributes: { studio: 'Listopolis' } });
    }
  });

  it.each([
    ['title', ['Alien', 'Aliens', 'Amarcord', 'Äon Flux', 'Zodiac']],
    ['newest', ['Zodiac', 'Amarcord', 'Aliens', 'Äon Flux', 'Alien']],
    ['price-ascending', ['Zodiac', 'Äon Flux', 'Alien', 'Aliens', 'Amarcord']],
    ['price-descending', ['Amarcord', 'Aliens', 'Alien', 'Äon Flux', 'Zodiac']],
  ])('comes by %s, page by page as in one', async (sort, expected) => {
    for (const limit of [1, 2, 100])
      expect(await titlesOf(`q=listopolis&sort=${sort}&limit=${limit}`)).toEqual(expected);
  });

  it('shows what has a category, and every word as a beginning', async () => {
    expect(await titlesOf('category=ListScience&limit=2')).toEqual(['Alien', 'Aliens', 'Äon Flux']);
    expect(await titlesOf('category=ListScience&q=ALI%20listo&sort=newest')).toEqual(['Aliens', 'Alien']);
    expect(await titlesOf('q=aon')).toEqual(['Äon Flux']);
    expect(await titlesOf('q=%26%20%7C%20!')).toEqual([]);
    expect(await titlesOf(`q=${encodeURIComponent("'; DROP TABLE products; --")}`)).toEqual([]);
  });

  it('goes on where it was when products come and go between two pages', async () => {
    const first = (await call('GET', '/products?category=ListDrama&limit=1')).json();
    await shop.create({ title: 'Aaron', category: 'ListDrama' });
    const second = (await call('GET', `/products?category=ListDrama&limit=1&cursor=${first.nextCursor}`)).json();
    expect([first, second].map(({ items }) => items[0].title)).toEqual(['Amarcord', 'Zodiac']);
  });

  it('counts products by category', async () => {
    const { items } = (await call('GET', '/categories')).json();
    expect(items).toEqual(expect.arrayContaining([{ name: 'ListScience', products: 3 }]));
  });

  it.each([
    'limit=0',
    'limit=101',
    'limit=x',
    'sort=best',
    'cursor=x',
    `cursor=${Buffer.from('["title","\\u0000","prd_01jf0000000000000000000001"]').toString('base64url')}`,
    'colour=red',
    `q=${'x'.repeat(101)}`,
    'q=',
    'limit=1&limit=2',
  ])('is refused with %s', async (query) => {
    expect((await call('GET', `/products?${query}`)).json()).toMatchObject({ status: 400 });
  });

  it('refuses the cursor of another sort', async () => {
    const { nextCursor } = (await call('GET', '/products?limit=1&sort=title')).json();
    const answer = await call('GET', `/products?sort=newest&cursor=${nextCursor}`);
    expect(answer.json()).toMatchObject({ status: 400, code: 'request.invalid', errors: [{ path: 'cursor' }] });
  });
});

describe('a change of stock', () => {
  it('adds to what is free or takes from it, and is told in order', async () => {
    const id = await shop.create({ stock: 1 });
    expect((await asStaff('POST', `/products/${id}/stock`, { change: 5, reason: 'delivery' })).json()).toMatchObject({
      stock: 6,
    });
    expect((await asStaff('POST', `/products/${id}/stock`, { change: -6, reason: 'broken' })).json()).toMatchObject({
      stock: 0,
    });
    expect((await shop.eventsOf(id)).map(({ sequence, data }) => [sequence, data['change'], data['free']])).toEqual([
      [1, 1, 1],
      [2, 5, 6],
      [3, -6, 0],
    ]);
  });

  it('takes no more than is free, however many do so at once', async () => {
    const id = await shop.create({ stock: 5 });
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => asStaff('POST', `/products/${id}/stock`, { change: -1, reason: 'broken' })),
    );
    expect(answers.filter(({ statusCode }) => statusCode === 200)).toHaveLength(5);
    const refused = answers.find(({ statusCode }) => statusCode !== 200);
    expect(refused?.json()).toMatchObject({ status: 409, code: 'stock.insufficient' });
  });

  it('never touches reserved units', async () => {
    const id = await shop.create({ stock: 5 });
    const door = shop.grpcClient();
    await door.reserveStock({ orderId: shop.ids.next('ord'), lines: [{ productId: id, quantity: 4 }] });
    expect((await asStaff('POST', `/products/${id}/stock`, { change: -2, reason: 'broken' })).statusCode).toBe(409);
    expect(await shop.stockOf(id)).toEqual({ free: 1, reserved: 4, sold: 0 });
  });

  it.each([{ change: 0 }, { change: 1.5 }, { change: 2_000_000 }, { change: 1, reason: '' }, { change: 1, by: 'me' }])(
    'is refused with %p',
    async (wrong) => {
      const id = await shop.create();
      expect((await asStaff('POST', `/products/${id}/stock`, { reason: 'x', ...wrong })).statusCode).toBe(400);
    },
  );
});

describe('a bulk load', () => {
  const item = (reference: string, parts: object = {}) =>
    aProduct({ reference, title: `Film ${reference}`, category: 'Bulk', ...parts });
  const load = (items: unknown[]) => asStaff('POST', '/products/import', { items });

  it('makes what is new, updates what is there, and never doubles products or stock', async () => {
    const items = Array.from({ length: 500 }, (_, at) => item(`bulk-${at}`));
    expect((await load(items)).json()).toEqual({ created: 500, updated: 0, refused: [] });
    expect((await load(items)).json()).toEqual({ created: 0, updated: 500, refused: [] });
    const changed = [item('bulk-0', { title: 'Renamed', stock: 99 }), item('bulk-new')];
    expect((await load(changed)).json()).toEqual({ created: 1, updated: 1, refused: [] });
    const { rows } = await shop.database.query(
      'SELECT count(*)::int AS count, sum(free)::int AS free FROM products JOIN stock ON product_id = id WHERE category = $1',
      ['Bulk'],
    );
    expect(rows).toEqual([{ count: 501, free: 5010 }]);
    expect(await titlesOf('category=Bulk&q=renamed')).toEqual(['Renamed']);
  });

  it('refuses each wrong item by itself and takes the others', async () => {
    const answer = await load([
      item('mixed-1'),
      item('mixed-2', { price: { amount: -1, currency: 'USD' } }),
      'nonsense',
      item('mixed-1', { title: 'Again' }),
      item('mixed-3', { price: { amount: 1, currency: 'QQQ' } }),
      item('mixed-4'),
    ]);
    expect(answer.json()).toMatchObject({
      created: 2,
      updated: 0,
      refused: [
        { index: 1, code: 'product.invalid', message: expect.stringContaining('price.amount') },
        { index: 2, code: 'product.invalid' },
        { index: 3, code: 'product.reference-repeated' },
        { index: 4, code: 'product.invalid', message: expect.stringContaining('price.currency') },
      ],
    });
  });

  it('at the same time from two sides makes each product once', async () => {
    const items = Array.from({ length: 100 }, (_, at) => item(`twice-${at}`));
    const reports = (await Promise.all([load(items), load(items.toReversed())])).map((answer) => answer.json());
    expect(reports.reduce((sum, { created }) => sum + created, 0)).toBe(100);
  });

  it('does not bring back what staff took out', async () => {
    await load([item('removed')]);
    const [product] = (await call('GET', '/products?q=removed&category=Bulk')).json().items;
    await asStaff('DELETE', `/products/${product.id}`);
    expect((await load([item('removed')])).json()).toMatchObject({
      created: 0,
      updated: 0,
      refused: [{ code: 'product.removed' }],
    });
  });

  it.each([[[]], [Array.from({ length: 501 }, (_, at) => item(`many-${at}`))]])(
    'is refused when it has no item or too many',
    async (items) => {
      expect((await load(items)).json()).toMatchObject({ status: 400, code: 'request.invalid' });
    },
  );
});

describe('health', () => {
  it('says healthy, and unhealthy while the database is away', async () => {
    expect((await call('GET', '/health')).json()).toMatchObject({
      status: 'healthy',
      checks: { database: { status: 'up' } },
    });
    const admit = await shop.store.refuseConnections();
    shop.clock.advance(5000);
    const down = await call('GET', '/health');
    const read = await call('GET', '/products');
    await admit();
    expect(down).toMatchObject({ statusCode: 503 });
    expect(down.json()).toMatchObject({
      status: 'unhealthy',
      checks: { database: { status: 'down', critical: true } },
    });
    expect(read.json()).toMatchObject({ status: 503, code: 'database.unavailable' });
    expect(read.headers['retry-after']).toBeDefined();
    shop.clock.advance(5000);
    expect((await call('GET', '/health')).json()).toMatchObject({ status: 'healthy' });
  });
});
