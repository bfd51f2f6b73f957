import { expect, test } from '@jest/globals';
import { ask, newAccount, type People } from '../testing/people.ts';

/** https://owasp.org/API-Security/editions/2023/en/0xa4-unrestricted-resource-consumption/ */
export const unrestrictedResourceConsumption = (shop: () => People): void => {
  test.each([
    ['a body', { email: 'a@customers.example', password: 'x'.repeat(70_000) }, 413],
    ['a password', { email: 'a@customers.example', password: 'x'.repeat(129) }, 400],
    ['an address', { email: `${'a'.repeat(250)}@customers.example`, password: 'long enough' }, 400],
  ])('%s that is too long is refused', async (_what, body, status) => {
    const { gateway } = shop();
    expect((await ask(gateway, '/api/v1/auth/login', { method: 'POST', body })).status).toBe(status);
  });

  test.each(['/orders', '/staff', '/staff/changes', '/products', '/payments'])(
    'a page of %s has a hundred items at most',
    async (list) => {
      const { gateway, headersOf } = shop();
      const { status, text } = await ask(gateway, `/api/v1${list}?limit=101`, { headers: headersOf.admin });
      expect([status, JSON.parse(text).errors[0].path]).toEqual([400, 'limit']);
    },
  );

  test('an account keeps twenty addresses', async () => {
    const { gateway, keepAddress } = shop();
    const { headers } = await newAccount(gateway);
    for (let kept = 0; kept < 20; kept += 1) await keepAddress(headers);
    const body = { address: { street: 'One', city: 'Springfield', zip: '12345', country: 'US' } };
    const { status, code } = await ask(gateway, '/api/v1/me/addresses', { method: 'POST', headers, body });
    expect([status, code]).toEqual([409, 'user.too-many-addresses']);
  });

  test('a picture of a product has eight megabytes at most, and one member of staff has begun ten uploads at most', async () => {
    const { gateway, headersOf, productId } = shop();
    const begin = async (bytes: number) => {
      const body = { type: 'image/png', bytes, sha256: 'a'.repeat(64), alt: 'Front' };
      const url = `/api/v1/products/${productId}/images`;
      return ask(gateway, url, { method: 'POST', headers: headersOf.admin, body });
    };
    expect((await begin(8 * 1024 * 1024 + 1)).status).toBe(400);
    for (let begun = 0; begun < 10; begun += 1) await begin(1);
    const { status, code } = await begin(1);
    expect([status, code]).toEqual([429, 'image.too-many-begun']);
  });

  test('JSON that is deep is refused and hurts nobody', async () => {
    const { gateway } = shop();
    const body = `${'['.repeat(20_000)}${']'.repeat(20_000)}`;
    expect((await ask(gateway, '/api/v1/auth/login', { method: 'POST', body })).status).toBe(400);
    expect((await ask(gateway, '/api/v1/products')).status).toBe(200);
  });
};
