import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startProduct, type TestProduct } from '../testing/product-fixtures.ts';

let shop: TestProduct;
beforeAll(async () => {
  shop = await startProduct();
});
afterAll(() => shop.stop());

const find = async (id: string): Promise<{ imageUrl: string; title: string }> =>
  (await shop.http.inject({ url: `/products/${id}` })).json();
/** Asks the service itself for what a page would ask the shop for. */
const ask = (imageUrl: string, headers: Record<string, string> = {}) =>
  shop.http.inject({ url: imageUrl.replace('/api/v1', ''), headers });

describe('the picture of a product', () => {
  it('is a poster where staff gave none, at an address that may be kept for ever', async () => {
    const id = await shop.create({ title: 'Metropolis', attributes: { year: 1927 } });
    const { imageUrl } = await find(id);
    expect(imageUrl).toMatch(new RegExp(`^/api/v1/products/${id}/image\\?v=\\w+$`));
    const answer = await ask(imageUrl);
    expect(answer.headers).toMatchObject({
      'content-type': 'image/svg+xml',
      'cache-control': 'public, max-age=31536000, immutable',
    });
    expect(answer.headers['content-security-policy']).toContain("default-src 'none'");
    expect(answer.body).toMatch(/^<svg .*1927.*<\/svg>$/);
    expect((await ask(imageUrl, { 'if-none-match': String(answer.headers.etag) })).statusCode).toBe(304);
  });

  it('has another address once it would look different, and the old one is kept no longer', async () => {
    const id = await shop.create({ title: 'Metropolis' });
    const before = (await find(id)).imageUrl;
    const payload = { title: 'M' };
    await shop.http.inject({ method: 'PATCH', url: `/products/${id}`, headers: shop.staff, payload });
    const after = (await find(id)).imageUrl;
    expect(after).not.toBe(before);
    const old = await ask(before);
    expect([old.statusCode, old.headers['cache-control']]).toEqual([200, 'public, no-cache']);
    expect(old.body).toBe((await ask(after)).body);
  });

  it('comes in the widths of the contract, small ones with larger letters', async () => {
    const id = await shop.create({ title: 'Metropolis', attributes: { year: 1927 } });
    const { imageUrl } = await find(id);
    const widths = [90, 300, 600, 1200];
    for (const width of widths) expect((await ask(`${imageUrl}&width=${width}`)).body).toContain(` width="${width}" `);
    expect((await ask(`${imageUrl}&width=90`)).body).not.toContain('1927');
    const odd = await ask(`${imageUrl}&width=91`);
    expect([odd.statusCode, odd.json().errors[0].path]).toEqual([400, 'width']);
  });

  it('is where staff say that it is, and the poster is still at its door', async () => {
    const id = await shop.create({ imageUrl: 'https://pictures.example/m.jpg' });
    expect((await find(id)).imageUrl).toBe('https://pictures.example/m.jpg');
    const poster = await ask(`/products/${id}/image`);
    expect([poster.statusCode, poster.headers['cache-control']]).toEqual([200, 'public, no-cache']);
  });

  it('of a product that is not there is refused', async () => {
    const answer = await ask(`/products/${shop.ids.next('prd')}/image`);
    expect([answer.statusCode, answer.json().code, answer.headers['cache-control']]).toEqual([
      404,
      'product.unknown',
      'no-store',
    ]);
  });
});
