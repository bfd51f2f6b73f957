import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { tokensSchema, userSchema } from '../../contracts/http/accounts/auth-api.ts';
import { problemSchema } from '../../contracts/http/problem.ts';
import { eventually } from '../../kit/testing/condition.ts';
import { type RunningGateway, startGateway } from '../testing/running-gateway.ts';

let gateway: RunningGateway;
let people = 0;
beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway.stop());

type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';
const send = (method: Method, path: string, payload?: object | string, headers: Record<string, string> = {}) =>
  gateway.http.inject({ method, url: `/api/v1${path}`, headers, ...(payload !== undefined && { payload }) });
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const register = async () => {
  people += 1;
  const body = { email: `person-${people}@example.com`, password: 'a long password', name: 'Ada' };
  const answer = await send('POST', '/auth/register', body);
  return { ...body, answer, tokens: tokensSchema.parse(answer.json()) };
};
const errorsOf = (answer: { json(): unknown }) =>
  problemSchema
    .parse(answer.json())
    .errors?.map(({ path }) => path)
    .toSorted();

describe('accounts through the gateway', () => {
  it('sign up, read and change the profile, stay signed in and sign in again', async () => {
    const { answer, email, password, tokens } = await register();
    expect(answer.statusCode).toBe(201);
    const me = await send('GET', '/me', undefined, bearer(tokens.accessToken));
    expect(userSchema.parse(me.json())).toEqual(tokens.user);
    const changed = await send('PATCH', '/me', { name: 'Grace' }, bearer(tokens.accessToken));
    expect(userSchema.parse(changed.json()).name).toBe('Grace');
    const refreshed = await send('POST', '/auth/refresh', { refreshToken: tokens.refreshToken });
    expect(refreshed.statusCode).toBe(200);
    expect(tokensSchema.parse(refreshed.json()).refreshToken).not.toBe(tokens.refreshToken);
    expect((await send('POST', '/auth/login', { email: email.toUpperCase(), password })).statusCode).toBe(200);
  });

  it('pass on what the user service refuses, word for word', async () => {
    const { email } = await register();
    const taken = await send('POST', '/auth/register', { email, password: 'a long password', name: 'Eve' });
    expect([taken.statusCode, problemSchema.parse(taken.json()).code]).toEqual([409, 'user.email-taken']);
    const wrong = await send('POST', '/auth/login', { email, password: 'not the password' });
    expect([wrong.statusCode, problemSchema.parse(wrong.json()).code]).toEqual([401, 'auth.invalid-credentials']);
    expect(wrong.headers['content-type']).toMatch(/^application\/problem\+json/);
  });

  it.each([
    ['a missing field', { email: 'a@example.com', name: 'A' }, ['password']],
    ['a short password', { email: 'a@example.com', password: 'short', name: 'A' }, ['password']],
    ['a malformed address', { email: 'nobody', password: 'long enough', name: 'A' }, ['email']],
    ['an unknown field', { email: 'a@example.com', password: 'long enough', name: 'A', roles: ['staff'] }, ['roles']],
    ['everything at once', { email: 5, password: 'x', name: '' }, ['email', 'name', 'password']],
  ])('name the field of %s', async (_title, body, paths) => {
    const answer = await send('POST', '/auth/register', body);
    expect(answer.statusCode).toBe(400);
    expect(errorsOf(answer)).toEqual(paths);
  });

  it('ask for the current password when a new one is set', async () => {
    const { tokens } = await register();
    const answer = await send('PATCH', '/me', { password: 'another long one' }, bearer(tokens.accessToken));
    expect([answer.statusCode, errorsOf(answer)]).toEqual([400, ['currentPassword']]);
  });

  it.each([
    ['not JSON', '{"email":', 'application/json', 400],
    ['another media type', 'email=a', 'application/x-www-form-urlencoded', 415],
    ['too large', JSON.stringify({ email: 'x'.repeat(70_000) }), 'application/json', 413],
    ['a forbidden key', '{"__proto__": {"roles": ["staff"]}}', 'application/json', 400],
  ])('refuse a body that is %s', async (_title, payload, type, status) => {
    const answer = await send('POST', '/auth/login', payload, { 'content-type': type });
    expect([answer.statusCode, problemSchema.parse(answer.json()).status]).toEqual([status, status]);
  });
});

describe('signing out', () => {
  it('ends the access token at once', async () => {
    const { tokens } = await register();
    const headers = bearer(tokens.accessToken);
    expect((await send('GET', '/me', undefined, headers)).statusCode).toBe(200);
    expect((await send('POST', '/auth/logout', { refreshToken: tokens.refreshToken }, headers)).statusCode).toBe(204);
    for (const [method, path] of [
      ['GET', '/me'],
      ['GET', '/orders'],
      ['GET', '/cart'],
    ] as const) {
      const answer = await send(method, path, undefined, headers);
      expect([path, answer.statusCode, answer.json().code]).toEqual([path, 401, 'auth.session-ended']);
    }
    expect((await send('GET', '/products', undefined, headers)).statusCode).toBe(200);
  });

  it('works with the access token alone and with the refresh token alone, and needs one of them', async () => {
    const one = await register();
    expect((await send('POST', '/auth/logout', undefined, bearer(one.tokens.accessToken))).statusCode).toBe(204);
    expect((await send('POST', '/auth/refresh', { refreshToken: one.tokens.refreshToken })).statusCode).toBe(401);
    const two = await register();
    expect((await send('POST', '/auth/logout', { refreshToken: two.tokens.refreshToken })).statusCode).toBe(204);
    expect((await send('POST', '/auth/refresh', { refreshToken: two.tokens.refreshToken })).statusCode).toBe(401);
    const none = await send('POST', '/auth/logout', {});
    expect([none.statusCode, none.json().code]).toEqual([401, 'token.missing']);
  });

  it.each([
    ['everywhere', 'POST', '/auth/logout-everywhere', undefined],
    ['by deleting the account', 'DELETE', '/me', { password: 'a long password' }],
  ] as const)('%s ends the access token at once', async (_how, method, path, body) => {
    const { tokens } = await register();
    const headers = bearer(tokens.accessToken);
    expect((await send('GET', '/me', undefined, headers)).statusCode).toBe(200);
    expect((await send(method, path, body, headers)).statusCode).toBe(204);
    const answer = await send('GET', '/orders', undefined, headers);
    expect([answer.statusCode, answer.json().code]).toEqual([401, 'auth.session-ended']);
  });

  it('somewhere else arrives here within seconds, and is asked about once for many requests', async () => {
    const { headers } = await gateway.users.signIn();
    const before = gateway.users.checks();
    const answerChecks = gateway.users.holdChecks();
    const waiting = Array.from({ length: 30 }, () => send('GET', '/me', undefined, headers));
    await eventually(() => expect(gateway.users.checks()).toBe(before + 1));
    // Several requests that came later are answered: by now all thirty wait for the one answer.
    for (let later = 0; later < 5; later++) expect((await send('GET', '/products')).statusCode).toBe(200);
    answerChecks();
    expect((await Promise.all(waiting)).map(({ statusCode }) => statusCode)).toEqual(Array(30).fill(200));
    expect(gateway.users.checks()).toBe(before + 1);
    gateway.users.endAllSessions();
    await eventually(async () => {
      expect((await send('GET', '/me', undefined, headers)).json().code).toBe('auth.session-ended');
    });
  });
});

describe('while the user service is away', () => {
  let alone: RunningGateway;
  afterEach(() => alone.stop());

  it('people read the catalogue, their cart and their orders, and nobody changes anything', async () => {
    alone = await startGateway();
    const customer = await alone.users.signIn();
    const staff = await alone.users.signIn(['customer', 'staff']);
    await alone.users.grpc.close();
    const status = async (method: Method, url: string, headers: Record<string, string>, payload?: object) => {
      const answer = await alone.http.inject({ method, url: `/api/v1${url}`, headers, ...(payload && { payload }) });
      return [answer.statusCode, answer.statusCode === 503 ? answer.json().code : ''];
    };
    const away = [503, 'user.unavailable'];
    expect(await status('GET', '/products', customer.headers)).toEqual([200, '']);
    expect(await status('GET', '/cart', customer.headers)).toEqual([200, '']);
    expect(await status('GET', '/orders', customer.headers)).toEqual([200, '']);
    expect(await status('GET', '/cart', await alone.guest())).toEqual([200, '']);
    expect(await status('GET', '/me', customer.headers)).toEqual(away);
    const item = { productId: 'prd_01jf0000000000000000000001', quantity: 1 };
    expect(await status('POST', '/cart/items', customer.headers, item)).toEqual(away);
    expect(await status('GET', '/payments', staff.headers)).toEqual(away);
    expect(await status('POST', '/auth/login', {}, { email: 'a@example.com', password: 'x' })).toEqual(away);
  });
});
