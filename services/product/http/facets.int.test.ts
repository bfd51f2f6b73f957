import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { productPage, suggestAnswer } from '../../contracts/http/catalogue/product-search-api.ts';
import { startProduct, type TestProduct } from '../testing/product-fixtures.ts';

const usd = (amount: number) => ({ amount, currency: 'USD' });
const films = [
  {
    title: 'The Matrix',
    category: 'Action',
    price: usd(1299),
    stock: 3,
    attributes: { rating: 'R', year: 1999, votes: 1 },
  },
  {
    title: 'The Matrix Reloaded',
    category: 'Action',
    price: usd(999),
    stock: 0,
    attributes: { rating: 'R', year: 2003, votes: 2 },
  },
  {
    title: 'Matrix of Love',
    category: 'Drama',
    price: usd(499),
    stock: 5,
    attributes: { rating: 'PG', year: 1999, votes: 3 },
  },
  {
    title: 'Amélie',
    category: 'Comedy',
    price: usd(2499),
    stock: 1,
    attributes: { rating: 'R', year: 2001, votes: 4 },
  },
  {
    title: 'Heat',
    category: 'Action',
    price: usd(0),
    stock: 1,
    attributes: { rating: 'R', year: 1995, votes: 5 },
    description: 'No matrix here.',
  },
];

let shop: TestProduct;
beforeAll(async () => {
  shop = await startProduct();
  for (const film of films) await shop.create({ description: '', ...film });
});
afterAll(() => shop.stop());

const list = async (query: Record<string, string> = {}) => {
  const answer = await shop.http.inject({ url: `/products?${new URLSearchParams(query)}` });
  if (answer.statusCode !== 200) throw new Error(answer.body);
  return productPage.parse(answer.json());
};
const titlesOf = async (query: Record<string, string>) => (await list(query)).items.map(({ title }) => title);
const suggested = async (q: string) => {
  const answer = await shop.http.inject({ url: `/products/suggest?${new URLSearchParams({ q })}` });
  return suggestAnswer.parse(answer.json()).items.map(({ title }) => title);
};

describe('a search', () => {
  it('lists the title that was meant first, then those that begin so, then those that only mention it', async () => {
    expect(await titlesOf({ q: 'the matrix' })).toEqual(['The Matrix', 'The Matrix Reloaded']);
    expect(await titlesOf({ q: 'matrix' })).toEqual(['Matrix of Love', 'The Matrix', 'The Matrix Reloaded', 'Heat']);
  });

  it('goes on page by page in the order of relevance', async () => {
    const seen: string[] = [];
    let cursor: string | null = '';
    do {
      const page: Awaited<ReturnType<typeof list>> = await list({ q: 'matrix', limit: '1', ...(cursor && { cursor }) });
      seen.push(...page.items.map(({ title }) => title));
      cursor = page.nextCursor;
    } while (cursor);
    expect(seen).toEqual(await titlesOf({ q: 'matrix' }));
  });

  it.each([
    ['matirx', 'The Matrix'],
    ['matrx reloded', 'The Matrix Reloaded'],
    ['ameile', 'Amélie'],
    ['haet', undefined],
    ['heta', undefined],
    ['hea', 'Heat'],
    ['heet', 'Heat'],
  ])('for "%s" finds %s', async (q, title) => {
    const { items } = await list({ q });
    if (title === undefined) expect(items).toEqual([]);
    else expect(items.map((item) => item.title)).toContain(title);
  });

  it('says when it guessed, and does not guess where filters alone leave nothing', async () => {
    expect((await list({ q: 'matrix' })).isGuess).toBe(false);
    expect((await list({ q: 'matirx' })).isGuess).toBe(true);
    const narrowed = await list({ q: 'matrix', category: 'Comedy' });
    expect([narrowed.items, narrowed.isGuess]).toEqual([[], false]);
    const unlike = await list({ q: 'zzzzzzzz' });
    expect(unlike.items).toEqual([]);
  });

  it.each(["'; DROP TABLE products; --", '\\', "a' | b", ':*', '!heat', '((', '\u0300'])(
    'takes %j as words',
    async (q) => {
      expect(Array.isArray(await titlesOf({ q }))).toBe(true);
    },
  );
});

describe('a filter', () => {
  it('by price takes both bounds in', async () => {
    expect(await titlesOf({ priceMin: '999', priceMax: '1299' })).toEqual(['The Matrix', 'The Matrix Reloaded']);
    expect(await titlesOf({ priceMax: '0' })).toEqual(['Heat']);
  });

  it('by stock takes what can be bought now', async () => {
    expect(await titlesOf({ q: 'matrix', inStock: 'true' })).not.toContain('The Matrix Reloaded');
  });

  it('by attributes takes one of the values of each', async () => {
    const attributes = (filter: object) => titlesOf({ attributes: JSON.stringify(filter) });
    expect(await attributes({ rating: ['PG'] })).toEqual(['Matrix of Love']);
    expect(await attributes({ rating: ['R', 'PG'], year: [1999] })).toEqual(['Matrix of Love', 'The Matrix']);
    expect(await attributes({ year: ['1999'] })).toEqual([]);
  });

  it.each(['', '{', '[]', '{"rating":"R"}', '{"rating":[]}', '{"a b":["x"]}', '{"a":[{"b":1}]}', '"x"'])(
    'by attributes is refused where it says %j',
    async (attributes) => {
      const answer = await shop.http.inject({ url: `/products?${new URLSearchParams({ attributes })}` });
      expect([answer.statusCode, answer.json().errors[0].path]).toEqual([400, 'attributes']);
    },
  );

  it('holds on every page', async () => {
    const first = await list({ priceMin: '1', sort: 'price-descending', limit: '2' });
    const second = await list({ priceMin: '1', sort: 'price-descending', limit: '2', cursor: first.nextCursor ?? '' });
    expect([...first.items, ...second.items].map(({ price }) => price.amount)).toEqual([2499, 1299, 999, 499]);
  });
});

describe('facets', () => {
  it('are not counted unless they are asked for', async () => {
    expect((await list()).facets).toBeNull();
  });

  it('count categories, bands of prices, stock, and attributes whose values repeat', async () => {
    expect((await list({ facets: 'true' })).facets).toEqual({
      counted: 5,
      isComplete: true,
      inStock: 4,
      categories: [
        { value: 'Action', count: 3 },
        { value: 'Comedy', count: 1 },
        { value: 'Drama', count: 1 },
      ],
      prices: [
        { currency: 'USD', from: 0, to: 0, count: 1 },
        { currency: 'USD', from: 200, to: 499, count: 1 },
        { currency: 'USD', from: 500, to: 999, count: 1 },
        { currency: 'USD', from: 1000, to: 1999, count: 1 },
        { currency: 'USD', from: 2000, to: 4999, count: 1 },
      ],
      attributes: [
        {
          name: 'rating',
          values: [
            { value: 'R', count: 4 },
            { value: 'PG', count: 1 },
          ],
        },
      ],
    });
  });

  it('count what else there is to choose where they are filtered by, and what is left elsewhere', async () => {
    const { facets } = await list({ facets: 'true', category: 'Action', attributes: '{"rating":["PG"]}' });
    expect(facets).toMatchObject({ counted: 0, inStock: 0, prices: [] });
    expect(facets?.categories).toEqual([{ value: 'Drama', count: 1 }]);
    expect(facets?.attributes).toEqual([{ name: 'rating', values: [{ value: 'R', count: 3 }] }]);
  });

  it('belong to the search, come with an empty page too, and are the same on the next one', async () => {
    const none = await list({ facets: 'true', q: 'zzzzzzzz' });
    expect([none.items, none.facets?.counted]).toEqual([[], 0]);
    const first = await list({ facets: 'true', q: 'matrix', limit: '1' });
    const second = await list({ facets: 'true', q: 'matrix', limit: '1', cursor: first.nextCursor ?? '' });
    expect(first.facets?.counted).toBe(4);
    expect(second.facets).toEqual(first.facets);
  });
});

describe('suggestions', () => {
  it('begin with titles that begin so, then those that hold the words', async () => {
    expect(await suggested('matr')).toEqual(['Matrix of Love', 'Heat', 'The Matrix', 'The Matrix Reloaded']);
    expect(await suggested('AME')).toEqual(['Amélie']);
  });
  it('come from the first letter on, and for what is mistyped', async () => {
    expect(await suggested('h')).toEqual(['Heat']);
    expect(await suggested('matirx relo')).toEqual(['The Matrix Reloaded']);
    expect(await suggested('?')).toEqual([]);
  });
});

describe('categories', () => {
  const counts = async () => {
    const { items } = (await shop.http.inject({ url: '/categories' })).json();
    return Object.fromEntries(items.map(({ name, products }: { name: string; products: number }) => [name, products]));
  };
  it('are counted as products come, move and go', async () => {
    const id = await shop.create({ title: 'Unforgiven', category: 'Western' });
    expect(await counts()).toEqual({ Action: 3, Comedy: 1, Drama: 1, Western: 1 });
    const url = `/products/${id}`;
    await shop.http.inject({ method: 'PATCH', url, headers: shop.staff, payload: { category: 'Drama' } });
    expect(await counts()).toEqual({ Action: 3, Comedy: 1, Drama: 2 });
    await shop.http.inject({ method: 'DELETE', url, headers: shop.staff });
    await shop.http.inject({ method: 'DELETE', url, headers: shop.staff });
    expect(await counts()).toEqual({ Action: 3, Comedy: 1, Drama: 1 });
  });
});
