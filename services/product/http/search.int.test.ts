import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createProductRepository } from '../storage/product-repository.ts';
import { startProduct, type TestProduct } from '../testing/product-fixtures.ts';
import { indexProducts } from '../use-cases/index-products.ts';

let shop: TestProduct;
const films = [
  'Die Straße',
  'Œuvre complète',
  'Ziemia obiecana: Łódź',
  'Københavnske nætter',
  'Þrettándi stríðsmaðurinn',
  'Đavolja varoš',
  'Kışın ışık',
  'IŞIK',
  'Ο Δρόμος: Οδός Αθηνών',
  '千と千尋の神隠し',
  '花樣年華',
  '서울의 봄',
  'ต้มยำกุ้ง',
  'Ночной дозор',
  "Le Fabuleux Destin d'Amélie Poulain",
  'The Matrix Reloaded',
  'Tokyo物語 1953',
];
beforeAll(async () => {
  shop = await startProduct();
  for (const title of films) await shop.create({ title, attributes: { series: 'searchable' } });
});
afterAll(() => shop.stop());

const titlesOf = async (query: Record<string, string>): Promise<string[]> => {
  const answer = await shop.http.inject({ url: `/products?${new URLSearchParams({ limit: '100', ...query })}` });
  return answer.json().items.map(({ title }: { title: string }) => title);
};

const finds: [string, string[]][] = [
  ['STRASSE', ['Die Straße']],
  ['straße', ['Die Straße']],
  ['oeuvre', ['Œuvre complète']],
  ['lodz', ['Ziemia obiecana: Łódź']],
  ['ŁÓDŹ', ['Ziemia obiecana: Łódź']],
  ['kobenhavn', ['Københavnske nætter']],
  ['naetter', ['Københavnske nætter']],
  ['threttandi', ['Þrettándi stríðsmaðurinn']],
  ['davolja', ['Đavolja varoš']],
  ['ışık', ['IŞIK', 'Kışın ışık']],
  ['isik', ['IŞIK', 'Kışın ışık']],
  ['ΟΔΟΣ', ['Ο Δρόμος: Οδός Αθηνών']],
  ['οδός', ['Ο Δρόμος: Οδός Αθηνών']],
  ['神隠し', ['千と千尋の神隠し']],
  ['千尋', ['千と千尋の神隠し']],
  ['隠神', []],
  ['年華', ['花樣年華']],
  ['서울', ['서울의 봄']],
  ['ยำกุ้ง', ['ต้มยำกุ้ง']],
  ['дозор', ['Ночной дозор']],
  ['amelie', ["Le Fabuleux Destin d'Amélie Poulain"]],
  ['matr rel', ['The Matrix Reloaded']],
  ['tokyo物', ['Tokyo物語 1953']],
  ["ŉ' & | ! <-> :*", []],
  ['½ ℃ ㎏ ①', []],
];

describe('the search', () => {
  it.each(finds)('for %s finds %j', async (q, expected) => {
    expect(await titlesOf({ q, sort: 'title' })).toEqual(expected);
  });

  it('sorts letters with a stroke or a tie among those that people type for them', async () => {
    for (const title of ['Mars', 'Łuk', 'Lux', 'Đorđe', 'Dune', 'Œdipe', 'Odin', 'Omen', 'Zulu'])
      await shop.create({ title, category: 'Sorted' });
    expect(await titlesOf({ category: 'Sorted', sort: 'title' })).toEqual([
      ...['Đorđe', 'Dune', 'Łuk', 'Lux', 'Mars', 'Odin', 'Œdipe', 'Omen', 'Zulu'],
    ]);
  });

  it('sorts categories as titles', async () => {
    for (const category of ['Żaglowce', 'zebra', 'Ästhetik', 'apples', 'Łuki', 'Lamps', 'Mops'])
      await shop.create({ title: 'One of many', category });
    const { items } = (await shop.http.inject({ url: '/categories' })).json();
    const names = items.map(({ name }: { name: string }) => name);
    expect(names.filter((name: string) => !['Drama', 'Sorted'].includes(name))).toEqual([
      ...['apples', 'Ästhetik', 'Lamps', 'Łuki', 'Mops', 'Żaglowce', 'zebra'],
    ]);
  });

  it('finds in its new way what an earlier release made an index of', async () => {
    const search = (finding: [string, string[]]) => titlesOf({ q: finding[0], sort: 'title' });
    await shop.database.query("UPDATE products SET search = ''::tsvector, title_key = 'old', index_version = 1");
    expect(await search(['lodz', []])).toEqual([]);
    const repository = createProductRepository(shop.database);
    const done = await Promise.all([indexProducts({ products: repository }), indexProducts({ products: repository })]);
    expect(done[0] + done[1]).toBe(films.length + 9 + 7);
    for (const finding of finds) expect(await search(finding)).toEqual(finding[1]);
    expect(await indexProducts({ products: repository })).toBe(0);
  });
});
