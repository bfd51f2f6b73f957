import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { systemIds } from '../../kit/system-ids.ts';
import { type RunningGateway, startGateway } from '../testing/running-gateway.ts';

let gateway: RunningGateway;
beforeAll(async () => {
  gateway = await startGateway({ ALLOWED_ORIGINS: ['https://shop.example'] }, { trustedProxies: ['10.9.0.0/24'] });
});
afterAll(() => gateway.stop());

type Cookie = { name: string; value: string; httpOnly?: boolean; sameSite?: string; secure?: boolean; path?: string };
type Answer = { cookies: readonly object[]; statusCode: number; json(): unknown; payload: string };
const cookiesOf = ({ cookies }: Answer) => (cookies as Cookie[]).filter(({ name }) => /access|refresh/.test(name));
const carried = (answer: Answer) => ({
  cookie: cookiesOf(answer)
    .map(({ name, value }) => `${name}=${value}`)
    .join('; '),
});
const call = (
  method: 'GET' | 'POST' | 'DELETE',
  path: string,
  headers: Record<string, string> = {},
  payload?: object,
) => gateway.http.inject({ method, url: `/api/v1${path}`, headers, ...(payload && { payload }) });
const account = () => ({ email: `${systemIds.next('usr')}@example.com`, password: 'a long password', name: 'Ada' });
const registered = () => call('POST', '/session/register', {}, account());

describe('a session of a browser', () => {
  it('is in cookies that no script reads, and no answer holds a token', async () => {
    const answer = await registered();
    expect([answer.statusCode, Object.keys(answer.json())]).toEqual([201, ['user']]);
    expect(cookiesOf(answer)).toEqual(
      ['cloudmart_access', 'cloudmart_refresh'].map((name) =>
        expect.objectContaining({ name, httpOnly: true, sameSite: 'Lax', path: '/' }),
      ),
    );
    for (const { value } of cookiesOf(answer)) expect(answer.payload).not.toContain(value);
  });

  it('over https is of this host alone', async () => {
    const answer = await gateway.http.inject({
      method: 'POST',
      url: '/api/v1/session/register',
      remoteAddress: '10.9.0.7',
      headers: { 'x-forwarded-for': '203.0.113.5', 'x-forwarded-proto': 'https' },
      payload: account(),
    });
    for (const cookie of cookiesOf(answer))
      expect(cookie).toMatchObject({ name: expect.stringMatching(/^__Host-/), secure: true, path: '/' });
  });

  it('opens what a token in the header opens, and says whose it is', async () => {
    const given = account();
    await call('POST', '/auth/register', {}, given);
    const { name, ...credentials } = given;
    const headers = carried(await call('POST', '/session', {}, credentials));
    expect((await call('GET', '/me', headers)).json()).toMatchObject({ email: given.email });
    const shown = await call('GET', '/session', headers);
    expect([shown.json(), shown.headers['cache-control']]).toEqual([
      { user: expect.objectContaining({ email: given.email, name }) },
      'no-store',
    ]);
    expect((await call('GET', '/session')).json()).toEqual({ user: null });
  });

  it('goes on with its refresh token, and ends where that is worth nothing', async () => {
    const headers = carried(await registered());
    const refreshed = await call('POST', '/session/refresh', headers);
    expect([refreshed.statusCode, cookiesOf(refreshed).length]).toEqual([200, 2]);
    expect((await call('GET', '/me', carried(refreshed))).statusCode).toBe(200);
    const over = await call('POST', '/session/refresh', { cookie: 'cloudmart_refresh=made-up' });
    expect([over.json(), cookiesOf(over).map(({ value }) => value)]).toEqual([{ user: null }, ['', '']]);
  });

  it('ends at once when its reader signs out', async () => {
    const headers = carried(await registered());
    const ended = await call('DELETE', '/session', headers);
    expect([ended.statusCode, cookiesOf(ended).map(({ value }) => value)]).toEqual([204, ['', '']]);
    expect((await call('GET', '/me', headers)).statusCode).toBe(401);
  });
});

describe('a request that another site makes a browser send', () => {
  const refused = { status: 403, code: 'request.cross-origin' };

  it.each([
    ['the browser says so', { 'sec-fetch-site': 'cross-site' }],
    ['it comes from a sibling host', { 'sec-fetch-site': 'same-site', origin: 'https://evil.shop.example' }],
    ['an old browser names its origin', { origin: 'https://evil.example' }],
    ['its origin is hidden', { origin: 'null' }],
  ])('is refused where %s', async (_, headers) => {
    const answer = await call('POST', '/session/register', headers as Record<string, string>, account());
    expect(answer.json()).toMatchObject(refused);
    expect(cookiesOf(answer)).toEqual([]);
  });

  it.each([
    ['the own page', { 'sec-fetch-site': 'same-origin' }],
    ['an old browser on the own page', { origin: 'http://localhost', host: 'localhost' }],
    ['a site that is allowed', { 'sec-fetch-site': 'cross-site', origin: 'https://shop.example' }],
    ['a program', {}],
  ])('is taken from %s', async (_, headers) => {
    const answer = await call('POST', '/session/register', headers as Record<string, string>, account());
    expect(answer.statusCode).toBe(201);
  });
});
