import { randomUUID } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { ownDataSchema, userSchema } from '../../contracts/http/accounts/auth-api.ts';
import { ask, type People, password } from '../testing/people.ts';

/** https://owasp.org/API-Security/editions/2023/en/0xa3-broken-object-property-level-authorization/ */
export const brokenObjectPropertyLevelAuthorization = (shop: () => People): void => {
  test.each([
    ['roles', ['staff']],
    ['emailVerified', true],
    ['id', 'usr_01jdq5w8m3k7x2r9v4t6y0z1ab'],
  ])('nobody gives himself %s, at registration or in the profile', async (field, value) => {
    const { gateway, headersOf } = shop();
    const account = { email: `${randomUUID()}@customers.example`, password, name: 'Robin', [field]: value };
    const asked = [
      await ask(gateway, '/api/v1/auth/register', { method: 'POST', body: account }),
      await ask(gateway, '/api/v1/me', {
        method: 'PATCH',
        body: { name: 'Robin', [field]: value },
        headers: headersOf.owner,
      }),
    ];
    for (const { status, code, text } of asked) {
      expect([status, code]).toEqual([400, 'request.invalid']);
      expect(JSON.parse(text).errors.map(({ path }: { path: string }) => path)).toEqual([field]);
    }
  });

  test('nobody names the price that he pays, or the state of his order', async () => {
    const { gateway, headersOf, productId } = shop();
    const order = {
      shippingAddress: { street: 'One', city: 'Springfield', zip: '12345', country: 'US' },
      payment: { method: 'card', token: 'tok_visa' },
      items: [{ productId, quantity: 1 }],
    };
    for (const more of [{ total: { amount: 1, currency: 'USD' } }, { status: 'paid' }]) {
      const headers = { ...headersOf.owner, 'idempotency-key': randomUUID() };
      const { status } = await ask(gateway, '/api/v1/orders', { method: 'POST', body: { ...order, ...more }, headers });
      expect(status).toBe(400);
    }
  });

  test('a profile and an export hold what the contract names, and no secret', async () => {
    const { gateway, headersOf } = shop();
    const profile = await ask(gateway, '/api/v1/me', { headers: headersOf.owner });
    expect(userSchema.strict().parse(profile.json())).toBeDefined();
    const exported = await ask(gateway, '/api/v1/me/export', { headers: headersOf.owner });
    expect(ownDataSchema.strict().parse(exported.json())).toBeDefined();
    for (const { text } of [profile, exported]) expect(text).not.toMatch(/argon2|password|refresh/i);
  });
};
