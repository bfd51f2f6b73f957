import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { systemIds } from '../../kit/identifiers.ts';
import { eventually } from '../../kit/testing/condition.ts';
import { anAddress } from '../testing/order-fixtures.ts';
import { startOrderService, type TestOrderService } from '../testing/running-order-service.ts';

type Headers = Record<string, string>;

let service: TestOrderService;
let staff: Headers;
beforeAll(async () => {
  service = await startOrderService();
  staff = await service.staff();
}, 120_000);
afterAll(() => service?.stop(), 60_000);

const call = (method: 'GET' | 'POST', url: string, headers: Headers, payload?: object) =>
  service.http.inject({ method, url, headers, ...(payload && { payload }) });
const place = async (headers: Headers, token = 'tok_visa'): Promise<string> => {
  const answer = await call(
    'POST',
    '/orders',
    { 'idempotency-key': systemIds.next('evt'), ...headers },
    {
      shippingAddress: { ...anAddress, name: 'Gwen Guest' },
      payment: { method: 'card', token },
      email: 'guest@example.com',
      items: [{ productId: service.offer(), quantity: 1 }],
    },
  );
  expect(answer.statusCode).toBe(201);
  return answer.json().order.id;
};
const statusFor = async (id: string, headers: Headers) => (await call('GET', `/orders/${id}`, headers)).statusCode;
const read = async (id: string, headers = staff) => (await call('GET', `/orders/${id}`, headers)).json().order;
const listed = async (headers: Headers): Promise<string[]> =>
  (await call('GET', '/orders', headers)).json().items.map(({ id }: { id: string }) => id);
const claims = async (id: string): Promise<number> => {
  const { items } = (await call('GET', `/orders/${id}/timeline`, staff)).json();
  return items.filter(({ type }: { type: string }) => type === 'order.claimed.v1').length;
};
const reaches = (id: string, status: string) =>
  eventually(async () => expect((await read(id)).status).toBe(status), { timeoutMs: 60_000, everyMs: 100 });

describe('the order of a guest who signs in', () => {
  test.each<[string, (id: string) => ['GET' | 'POST', string]]>([
    ['lists the orders', () => ['GET', '/orders']],
    ['reads one of them', (id) => ['GET', `/orders/${id}`]],
    ['reads the story of one of them', (id) => ['GET', `/orders/${id}/timeline`]],
    ['cancels one of them', (id) => ['POST', `/orders/${id}/cancel`]],
  ])('is in the account on every device as soon as the browser %s, and so are the others', async (_what, request) => {
    const [guest, account] = [service.guest(), await service.customer()];
    const ids = [await place(guest), await place(guest)];
    for (const id of ids) await reaches(id, 'paid');
    expect(await listed(account)).toEqual([]);
    const [method, url] = request(ids[0] ?? '');
    expect((await call(method, url, { ...account, ...guest })).statusCode).toBe(200);
    expect(await listed(account)).toEqual(ids.toReversed());
    for (const id of ids) expect(await claims(id)).toBe(1);
  });

  test('is shown to the account alone from then on', async () => {
    const [guest, account, next] = [service.guest(), await service.customer(), await service.customer()];
    const id = await place(guest);
    expect(await statusFor(id, { ...account, ...guest })).toBe(200);
    const people: [Headers, number][] = [
      [account, 200],
      [{ ...account, ...service.guest() }, 200],
      [staff, 200],
      [guest, 404],
      [next, 404],
      [{ ...next, ...guest }, 404],
      [service.guest(), 404],
      [{}, 401],
    ];
    for (const [headers, status] of people) expect(await statusFor(id, headers)).toBe(status);
    expect(await listed(guest)).toEqual([]);
    expect(await listed({ ...next, ...guest })).toEqual([]);
    expect((await call('POST', `/orders/${id}/cancel`, guest)).statusCode).toBe(404);
    expect(await claims(id)).toBe(1);
  });

  test('is not claimed by who lacks its session, nor by staff who look after it', async () => {
    const guest = service.guest();
    const id = await place(guest);
    const stranger = { ...(await service.customer()), ...service.guest() };
    expect(await statusFor(id, stranger)).toBe(404);
    expect((await call('POST', `/orders/${id}/cancel`, stranger)).statusCode).toBe(404);
    expect(await listed(stranger)).toEqual([]);
    expect(await statusFor(id, { ...staff, ...service.guest() })).toBe(200);
    expect(await claims(id)).toBe(0);
    expect(await statusFor(id, guest)).toBe(200);
  });

  test('leaves the orders of another account alone that were placed in the same browser', async () => {
    const [guest, first, second] = [service.guest(), await service.customer(), await service.customer()];
    const id = await place({ ...first, ...guest });
    expect(await listed({ ...second, ...guest })).toEqual([]);
    expect(await listed(first)).toEqual([id]);
    expect(await claims(id)).toBe(0);
  });

  test('goes to one of two accounts that claim it at the same moment', async () => {
    const guest = service.guest();
    const id = await place(guest);
    const accounts = await Promise.all(Array.from({ length: 6 }, () => service.customer()));
    await Promise.all(accounts.map((account) => call('GET', '/orders', { ...account, ...guest })));
    const owners = await Promise.all(accounts.map(listed));
    expect(owners.filter((ids) => ids.includes(id))).toHaveLength(1);
    expect(await claims(id)).toBe(1);
  });

  test('is bought once and mailed as before when it is claimed on its way', async () => {
    const [guest, account] = [service.guest(), await service.customer()];
    const ids = await Promise.all(Array.from({ length: 5 }, () => place(guest)));
    await call('GET', '/orders', { ...account, ...guest });
    for (const id of ids) {
      await reaches(id, 'paid');
      expect(await read(id, account)).toMatchObject({ email: 'guest@example.com' });
      expect(service.till.payments.get(id)).toMatchObject({ status: 'captured', captured: 1500 });
      expect(await claims(id)).toBe(1);
    }
    const { rows } = await service.store.database.query<{ customer: object }>(
      "SELECT payload -> 'data' -> 'customer' AS customer FROM outbox WHERE payload ->> 'type' = 'order.claimed.v1' AND aggregateid = $1",
      [ids[0]],
    );
    expect(rows).toEqual([{ customer: { userId: expect.stringMatching(/^usr_/), name: 'Gwen Guest' } }]);
  });

  test('has its time of cancelling neither cut nor begun anew', async () => {
    const [guest, account] = [service.guest(), await service.customer()];
    const id = await place(guest);
    await reaches(id, 'paid');
    const { updatedAt } = await read(id);
    expect(await read(id, { ...account, ...guest })).toMatchObject({ status: 'paid', updatedAt });
  });
});
