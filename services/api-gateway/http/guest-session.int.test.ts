import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { systemIds } from '../../kit/system-ids.ts';
import { isId } from '../../kit/values/identifiers.ts';
import { guestSessionSecret, type RunningGateway, startGateway } from '../testing/running-gateway.ts';

let gateway: RunningGateway;
beforeAll(async () => {
  gateway = await startGateway({}, { trustedProxies: ['10.9.0.0/24'] });
});
afterAll(() => gateway.stop());

type Cookie = { name: string; value: string; expires?: Date; secure?: boolean };
const cookiesOf = (answer: { cookies: readonly object[] }) => answer.cookies as Cookie[];
const overTls = { 'x-forwarded-for': '203.0.113.5', 'x-forwarded-proto': 'https' };
const call = (method: 'GET' | 'POST', path: string, headers: Record<string, string> = {}, payload?: object) =>
  gateway.http.inject({ method, url: `/api/v1${path}`, headers, ...(payload && { payload }) });
/** The session under which the last call reached the cart. */
const seenSession = () => gateway.peer.received.at(-1)?.headers['x-session-id'];
const credentials = () => ({ email: `${systemIds.next('usr')}@example.com`, password: 'a long password' });
const registered = async (headers: Record<string, string> = {}) => {
  const account = credentials();
  const answer = await call('POST', '/auth/register', headers, { ...account, name: 'Ada' });
  return { account, answer, token: { authorization: `Bearer ${answer.json().accessToken}` } };
};
const hasEnded = (answer: { cookies: readonly object[] }) =>
  cookiesOf(answer).some(({ value, expires }) => value === '' && expires !== undefined && expires.getTime() === 0);

describe('a guest', () => {
  it('begins with a session when it touches the cart, and keeps it', async () => {
    const first = await call('GET', '/cart');
    const [cookie] = cookiesOf(first);
    expect(cookie).toMatchObject({
      name: 'cloudmart_session',
      httpOnly: true,
      sameSite: 'Lax',
      path: '/',
      maxAge: 2_592_000,
    });
    expect(cookie).not.toHaveProperty('secure');
    const session = seenSession();
    expect(isId('ses', session)).toBe(true);
    const second = await call('GET', '/cart', { cookie: `cloudmart_session=${cookie?.value}` });
    expect([second.cookies, seenSession()]).toEqual([[], session]);
  });

  it('gets a cookie of this host alone over https, where the load balancer says so, whoever else says it', async () => {
    const cookieFor = async (remoteAddress: string) =>
      cookiesOf(await gateway.http.inject({ url: '/api/v1/cart', remoteAddress, headers: overTls }))[0];
    expect(await cookieFor('10.9.0.7')).toMatchObject({ name: '__Host-cloudmart_session', secure: true, path: '/' });
    expect(await cookieFor('10.9.0.7')).not.toHaveProperty('domain');
    expect(await cookieFor('10.10.0.1')).not.toHaveProperty('secure');
  });

  it('over https is not known by the cookie that a sibling host could have set', async () => {
    const { cookie } = await gateway.guest();
    const answer = await gateway.http.inject({
      url: '/api/v1/cart',
      remoteAddress: '10.9.0.7',
      headers: { ...overTls, cookie },
    });
    expect(cookiesOf(answer)[0]?.name).toBe('__Host-cloudmart_session');
  });

  // Every well-formed id was a session, whoever chose it (M3).
  it.each([
    ['an id', 'ses_0123456789abcdefghjkmnpqrs'],
    ['a key that nobody signed', `${'a'.repeat(32)}.t8z5k1.${'b'.repeat(43)}`],
    ['anything', "ses_' OR 1=1"],
  ])('is nobody with %s that was never issued', async (_case, key) => {
    expect((await call('GET', '/orders', { 'x-session-id': key })).statusCode).toBe(401);
    expect((await call('GET', '/orders', { cookie: `cloudmart_session=${key}` })).statusCode).toBe(401);
    const renewed = cookiesOf(await call('GET', '/cart', { cookie: `cloudmart_session=${key}` }))[0];
    expect(renewed?.value).toMatch(/^[\w-]{32}\.[0-9a-z]+\.[\w-]{43}$/);
  });

  it('is nobody with a key of which one letter was changed', async () => {
    const { cookie } = await gateway.guest();
    const forged = cookie.replace(/=(.)/, (_match, letter) => `=${letter === 'A' ? 'B' : 'A'}`);
    expect((await call('GET', '/orders', { cookie })).statusCode).toBe(200);
    expect((await call('GET', '/orders', { cookie: forged })).statusCode).toBe(401);
  });

  it('keeps the session over a rotation of the secret, while that of before is set', async () => {
    const { cookie } = await gateway.guest();
    const session = seenSession();
    const secret = 'the secret that came after the one of before';
    const readsCart = async (GUEST_SESSION_SECRET: { secret: string; previousSecret?: string }) => {
      const rotated = await startGateway({ GUEST_SESSION_SECRET });
      const answer = await rotated.http.inject({ url: '/api/v1/cart', headers: { cookie } });
      const seen = rotated.peer.received.at(-1)?.headers['x-session-id'];
      const [begun] = (await rotated.http.inject('/api/v1/cart')).cookies;
      await rotated.stop();
      return { cookies: answer.cookies, seen, begun: `cloudmart_session=${begun?.value}` };
    };
    const kept = await readsCart({ secret, previousSecret: guestSessionSecret });
    expect(kept).toMatchObject({ cookies: [], seen: session });
    // What begins from then on is signed with the newest.
    expect((await call('GET', '/orders', { cookie: kept.begun })).statusCode).toBe(401);
    expect((await readsCart({ secret })).seen).not.toBe(session);
  });

  it('is not begun by reading the catalogue, by a customer, or beside an invalid token', async () => {
    const { headers } = await gateway.users.signIn();
    expect((await call('GET', '/products')).cookies).toEqual([]);
    expect((await call('GET', '/cart', headers)).cookies).toEqual([]);
    const forged = await call('GET', '/cart', { authorization: 'Bearer x.y.z' });
    expect([forged.statusCode, forged.cookies]).toEqual([403, []]);
  });
});

describe('the session of a guest who signs in (M3, T11)', () => {
  const claims = () =>
    gateway.orders.requests.flatMap(({ method, caller }) =>
      method === 'listOrders' && caller.kind === 'customer' && caller.guestSessionId ? [caller] : [],
    );

  it.each(['register', 'login'])('is taken over once by %s, for cart and orders, and ends with that', async (door) => {
    const { account } = await registered();
    const guest = await gateway.guest();
    const session = seenSession();
    const body = door === 'login' ? account : { ...credentials(), name: 'Ada' };
    const before = claims().length;
    const answer = await call('POST', `/auth/${door}`, guest, body);
    expect(hasEnded(answer)).toBe(true);
    expect(claims().slice(before)).toEqual([
      expect.objectContaining({ userId: answer.json().user.id, guestSessionId: session }),
    ]);
    expect(gateway.peer.received.at(-1)).toMatchObject({
      url: '/cart',
      headers: { authorization: `Bearer ${answer.json().accessToken}`, 'x-session-id': session },
    });
  });

  it('does nothing in the account any more, whoever kept its key', async () => {
    const { token } = await registered();
    const guest = await gateway.guest();
    const before = claims().length;
    await call('GET', '/orders', { ...token, ...guest });
    await call('POST', '/cart/items', { ...token, ...guest }, { productId: systemIds.next('prd'), quantity: 7 });
    expect(seenSession()).toBeUndefined();
    expect(claims()).toHaveLength(before);
  });

  it('ends at log-out, so that the next one at this browser takes over nothing', async () => {
    const { token } = await registered();
    expect(hasEnded(await call('POST', '/auth/logout', { ...token, ...(await gateway.guest()) }))).toBe(true);
  });

  it('stays as it is when the password was wrong, and when nobody could take it over', async () => {
    const { account } = await registered();
    const guest = await gateway.guest();
    const wrong = await call('POST', '/auth/login', guest, { ...account, password: 'wrong' });
    expect([wrong.statusCode, wrong.cookies]).toEqual([401, []]);
    const alone = await startGateway();
    await alone.peer.http.close();
    const headers = await gateway.guest();
    const answer = await alone.http.inject({
      method: 'POST',
      url: '/api/v1/auth/register',
      headers,
      payload: { ...credentials(), name: 'Ada' },
    });
    expect([answer.statusCode, answer.cookies]).toEqual([201, []]);
    await alone.stop();
  });
});
