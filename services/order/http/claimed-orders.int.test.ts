import { describe, expect, test } from '@jest/globals';
import { anAddress } from '../testing/order-fixtures.ts';
import { type Headers, orderServiceUnderTest } from '../testing/order-service-under-test.ts';

const shop = orderServiceUnderTest();
const { call, read, reaches } = shop;
const place = async (guest: Headers): Promise<string> => {
  const shippingAddress = { ...anAddress, name: 'Gwen Guest' };
  const { id } = await shop.place(guest, shop.bodyFor({ shippingAddress, email: 'guest@example.com' }));
  return id;
};
const statusFor = async (id: string, headers: Headers) => (await call('GET', `/orders/${id}`, headers)).statusCode;
const listed = async (headers: Headers): Promise<string[]> =>
  (await call('GET', '/orders', headers)).json().items.map(({ id }: { id: string }) => id);
const claims = async (id: string): Promise<number> => {
  const { items } = (await call('GET', `/orders/${id}/timeline`, shop.staff)).json();
  return items.filter(({ type }: { type: string }) => type === 'order.claimed.v1').length;
};

describe('the order of a guest who signs in', () => {
  test.each<[string, (id: string) => ['GET' | 'POST', string]]>([
    ['lists the orders', () => ['GET', '/orders']],
    ['reads one of them', (id) => ['GET', `/orders/${id}`]],
    ['reads the story of one of them', (id) => ['GET', `/orders/${id}/timeline`]],
    ['cancels one of them', (id) => ['POST', `/orders/${id}/cancel`]],
  ])('is in the account on every device as soon as the browser %s, and so are the others', async (_what, request) => {
    const [guest, account] = [shop.service.guest(), await shop.service.customer()];
    const ids = [await place(guest), await place(guest)];
    for (const id of ids) await reaches(id, 'paid');
    expect(await listed(account)).toEqual([]);
    const [method, url] = request(ids[0] ?? '');
    expect((await call(method, url, { ...account, ...guest })).statusCode).toBe(200);
    expect(await listed(account)).toEqual(ids.toReversed());
    for (const id of ids) expect(await claims(id)).toBe(1);
  });

  test('is shown to the account alone from then on', async () => {
    const [guest, account, next] = [shop.service.guest(), await shop.service.customer(), await shop.service.customer()];
    const id = await place(guest);
    expect(await statusFor(id, { ...account, ...guest })).toBe(200);
    const people: [Headers, number][] = [
      [account, 200],
      [{ ...account, ...shop.service.guest() }, 200],
      [shop.staff, 200],
      [guest, 404],
      [next, 404],
      [{ ...next, ...guest }, 404],
      [shop.service.guest(), 404],
      [{}, 401],
    ];
    for (const [headers, status] of people) expect(await statusFor(id, headers)).toBe(status);
    expect(await listed(guest)).toEqual([]);
    expect(await listed({ ...next, ...guest })).toEqual([]);
    expect((await call('POST', `/orders/${id}/cancel`, guest)).statusCode).toBe(404);
    expect(await claims(id)).toBe(1);
  });

  test('is not claimed by who lacks its session, nor by staff who look after it', async () => {
    const guest = shop.service.guest();
    const id = await place(guest);
    const stranger = { ...(await shop.service.customer()), ...shop.service.guest() };
    expect(await statusFor(id, stranger)).toBe(404);
    expect((await call('POST', `/orders/${id}/cancel`, stranger)).statusCode).toBe(404);
    expect(await listed(stranger)).toEqual([]);
    expect(await statusFor(id, { ...shop.staff, ...shop.service.guest() })).toBe(200);
    expect(await claims(id)).toBe(0);
    expect(await statusFor(id, guest)).toBe(200);
  });

  test('leaves the orders of another account alone that were placed in the same browser', async () => {
    const [guest, first, second] = [shop.service.guest(), await shop.service.customer(), await shop.service.customer()];
    const id = await place({ ...first, ...guest });
    expect(await listed({ ...second, ...guest })).toEqual([]);
    expect(await listed(first)).toEqual([id]);
    expect(await claims(id)).toBe(0);
  });

  test('goes to one of two accounts that claim it at the same moment', async () => {
    const guest = shop.service.guest();
    const id = await place(guest);
    const accounts = await Promise.all(Array.from({ length: 6 }, () => shop.service.customer()));
    await Promise.all(accounts.map((account) => call('GET', '/orders', { ...account, ...guest })));
    const owners = await Promise.all(accounts.map(listed));
    expect(owners.filter((ids) => ids.includes(id))).toHaveLength(1);
    expect(await claims(id)).toBe(1);
  });

  test('is bought once and mailed as before when it is claimed on its way', async () => {
    const [guest, account] = [shop.service.guest(), await shop.service.customer()];
    const ids = await Promise.all(Array.from({ length: 5 }, () => place(guest)));
    await call('GET', '/orders', { ...account, ...guest });
    for (const id of ids) {
      await reaches(id, 'paid');
      expect(await read(id, account)).toMatchObject({ email: 'guest@example.com' });
      expect(shop.service.till.payments.get(id)).toMatchObject({ status: 'captured', captured: 1500 });
      expect(await claims(id)).toBe(1);
    }
    const { rows } = await shop.service.store.database.query<{ customer: object }>(
      "SELECT payload -> 'data' -> 'customer' AS customer FROM outbox WHERE payload ->> 'type' = 'order.claimed.v1' AND aggregateid = $1",
      [ids[0]],
    );
    expect(rows).toEqual([{ customer: { userId: expect.stringMatching(/^usr_/), name: 'Gwen Guest' } }]);
  });

  test('has its time of cancelling neither cut nor begun anew', async () => {
    const [guest, account] = [shop.service.guest(), await shop.service.customer()];
    const id = await place(guest);
    await reaches(id, 'paid');
    const { updatedAt } = await read(id);
    expect(await read(id, { ...account, ...guest })).toMatchObject({ status: 'paid', updatedAt });
  });
});
