import { expect, test } from '@jest/globals';
import { addressOf } from '../../contracts/http/address-of.ts';
import { ask, type People } from '../testing/people.ts';
import { shopDoors } from '../testing/shop-doors.ts';

const reserved = shopDoors.filter(({ access }) => access === 'staff' || access === 'admin');
const example = { id: 'ord_01jdq5w8m3k7x2r9v4t6y0z1ab', productId: 'prd_01jdq5w8m3k7x2r9v4t6y0z1ab' };

/** https://owasp.org/API-Security/editions/2023/en/0xa5-broken-function-level-authorization/ */
export const brokenFunctionLevelAuthorization = (shop: () => People): void => {
  test('what is reserved says so before it reads what was sent', async () => {
    const { gateway, headersOf } = shop();
    expect(reserved.length).toBeGreaterThan(10);
    for (const door of reserved) {
      const at = addressOf({ path: door.at }, { params: example });
      const hasBody = door.method !== 'GET' && door.method !== 'DELETE';
      const { status } = await ask(gateway, at, {
        method: door.method,
        headers: headersOf['other customer'],
        ...(hasBody && { body: '{"not": "JSON"' }),
      });
      expect([door.name, status]).toEqual([door.name, 403]);
    }
  });

  test('a header or another spelling of the path makes nobody staff', async () => {
    const { gateway, headersOf } = shop();
    const headers = { ...headersOf['other customer'], 'x-role': 'admin', 'x-original-url': '/api/v1/products' };
    expect((await ask(gateway, '/api/v1/staff', { headers })).status).toBe(403);
    for (const at of ['/api/v1/STAFF', '/api/v1//staff', '/api/v1/staff/', '/api/v1/products/../staff'])
      expect([403, 404]).toContain((await ask(gateway, at, { headers })).status);
    const overridden = { ...headers, 'x-http-method-override': 'DELETE' };
    const { status } = await ask(gateway, `/api/v1/products/${shop().productId}`, { headers: overridden });
    expect(status).toBe(200);
  });

  test('staff give no roles', async () => {
    const { gateway, headersOf, accounts } = shop();
    const body = { email: accounts.colleague.email, role: 'admin' };
    const { status, code } = await ask(gateway, '/api/v1/staff', { method: 'POST', body, headers: headersOf.staff });
    expect([status, code]).toEqual([403, 'caller.not-admin']);
  });
};
