import { expect, test } from '@jest/globals';
import { systemIds } from '../../kit/system-ids.ts';
import { ask, newAccount, newGuestCookie, type People } from '../testing/people.ts';

/** https://owasp.org/API-Security/editions/2023/en/0xa1-broken-object-level-authorization/ */
export const brokenObjectLevelAuthorization = (shop: () => People): void => {
  test('an order of somebody else looks like one that was never placed', async () => {
    const { gateway, headersOf, orders } = shop();
    const asked = async (id: string) => {
      const { status, text } = await ask(gateway, `/api/v1/orders/${id}`, { headers: headersOf['other customer'] });
      const { detail, code } = JSON.parse(text);
      return { status, code, detail: String(detail).replaceAll(id, 'it') };
    };
    expect(await asked(orders.owner)).toEqual(await asked(systemIds.next('ord')));
    expect((await asked(orders.owner)).status).toBe(404);
  });

  test('an address of somebody else can be neither seen, nor changed, nor removed', async () => {
    const { gateway, headersOf, keepAddress } = shop();
    const addressId = await keepAddress(headersOf.owner);
    const at = `/api/v1/me/addresses/${addressId}`;
    const headers = headersOf['other customer'];
    for (const asked of [{ method: 'PATCH', body: { isDefault: true } }, { method: 'DELETE' }]) {
      const { status, code } = await ask(gateway, at, { ...asked, headers });
      expect([status, code]).toEqual([404, 'user.address-unknown']);
    }
    const { text } = await ask(gateway, '/api/v1/me/addresses', { headers: headersOf.owner });
    expect(text).toContain(addressId);
  });

  test('lists hold what is one’s own and nothing else', async () => {
    const { gateway, orders } = shop();
    for (const headers of [(await newAccount(gateway)).headers, await newGuestCookie(gateway)]) {
      const { text } = await ask(gateway, '/api/v1/orders?limit=100', { headers });
      expect(JSON.parse(text)).toEqual({ items: [], nextCursor: null });
    }
    expect(orders.owner).not.toBe(orders.guest);
  });

  test('a session of a guest that was made up opens nothing', async () => {
    const { gateway, orders } = shop();
    const headers = { 'x-session-id': systemIds.next('ses') };
    const { status } = await ask(gateway, `/api/v1/orders/${orders.guest}`, { headers });
    expect(status).toBe(401);
  });
};
