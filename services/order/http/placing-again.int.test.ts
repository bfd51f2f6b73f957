import { describe, expect, test } from '@jest/globals';
import { type Headers, orderServiceUnderTest } from '../testing/order-service-under-test.ts';

const shop = orderServiceUnderTest();
const { post, newKey, call } = shop;
const requestOf = () => [shop.bodyFor({ email: 'guest@example.com' }), newKey()] as const;
const ordersOf = async (headers: Headers): Promise<string[]> =>
  (await call('GET', '/orders', headers)).json().items.map(({ id }: { id: string }) => id);

describe('an order whose answer was lost', () => {
  const people = async (): Promise<Record<'guest' | 'signedIn' | 'elsewhere', Headers>> => {
    const [guest, customer] = [shop.service.guest(), await shop.service.customer()];
    return { guest, signedIn: { ...customer, ...guest }, elsewhere: customer };
  };

  test.each([
    ['signed in since', 'guest', 'signedIn'],
    ['signed out since', 'signedIn', 'guest'],
    ['changed the device since', 'signedIn', 'elsewhere'],
  ] as const)('is the same order for a buyer who has %s', async (_what, first, then) => {
    const [who, [body, key]] = [await people(), requestOf()];
    const placed = await post(who[first], body, key);
    const again = await post(who[then], body, key);
    expect([placed.statusCode, again.statusCode, again.headers['idempotent-replayed']]).toEqual([201, 201, 'true']);
    expect(again.json().order.id).toBe(placed.json().order.id);
  });

  test('is the same order for an account that has taken it in by looking, under a session of another day', async () => {
    const [who, [body, key]] = [await people(), requestOf()];
    const { id } = (await post(who.guest, body, key)).json().order;
    expect(await ordersOf(who.signedIn)).toEqual([id]);
    const again = await post({ ...who.elsewhere, ...shop.service.guest() }, body, key);
    expect([again.statusCode, again.json().order.id]).toEqual([201, id]);
  });

  test('is neither bought again nor shown when another account or session repeats the very request', async () => {
    const [who, [body, key]] = [await people(), requestOf()];
    await post(who.signedIn, body, key);
    const others = [
      shop.service.guest(),
      await shop.service.customer(),
      { ...(await people()).elsewhere, ...who.guest },
    ];
    for (const other of others) {
      const answer = await post(other, body, key);
      expect([answer.statusCode, answer.json().code]).toEqual([409, 'order.placed-as-another']);
      expect(await ordersOf(other)).toEqual([]);
    }
  });

  test('is one order when signed in, signed out and other devices ask at once', async () => {
    const [who, [body, key]] = [await people(), requestOf()];
    const callers = Array.from({ length: 24 }, (_, n) => [who.guest, who.signedIn, who.elsewhere][n % 3] as Headers);
    const answers = await Promise.all(callers.map((caller) => post(caller, body, key)));
    const ids = answers.filter(({ statusCode }) => statusCode === 201).map((answer) => answer.json().order.id);
    expect(new Set(ids).size).toBe(1);
    // 503 where a crowded machine lets a neighbour answer late.
    for (const { statusCode } of answers) expect([201, 409, 503]).toContain(statusCode);
    const all = [...(await ordersOf(who.guest)), ...(await ordersOf(who.elsewhere))];
    expect(all).toEqual([ids[0]]);
  });

  test('is refused under the same key with another body, signed in or not', async () => {
    const [who, [body, key]] = [await people(), requestOf()];
    await post(who.guest, body, key);
    const other = await post(who.signedIn, shop.bodyFor(), key);
    expect([other.statusCode, other.json().code]).toEqual([422, 'order.key-reused']);
  });

  test('leaves the key to others for orders of their own', async () => {
    const [who, [body, key]] = [await people(), requestOf()];
    await post(who.signedIn, body, key);
    const own = await post(await shop.service.customer(), shop.bodyFor(), key);
    expect(own.statusCode).toBe(201);
  });
});
