import { describe, expect, test } from '@jest/globals';
import { serviceTokenKey } from '../auth/service-token.ts';
import { systemClock } from '../system-clock.ts';
import { systemIds } from '../system-ids.ts';
import { testCallSecret, testContext } from '../testing/context.ts';
import { testManifest } from '../testing/manifest.ts';
import { methodlessToken } from '../testing/methodless-token.ts';
import { testTokens } from '../testing/tokens.ts';
import { createHttpServer } from './http-server.ts';

const userId = systemIds.next('usr');
const session = systemIds.next('ses');

const server = async () => {
  const tokens = await testTokens();
  const http = await createHttpServer({ context: testContext(testManifest(), { verifyToken: tokens.verifyToken }) });
  for (const access of ['public', 'customer', 'customer-or-guest', 'staff'] as const)
    http.get(`/${access}`, { config: { access } }, async (request) => request.caller);
  return { http, tokens };
};

describe('who may call', () => {
  test('is part of every route, or the service does not start', async () => {
    const { http } = await server();
    expect(() => http.get('/open', async () => 'hello')).toThrow(/route GET \/open does not say who may call it/);
  });

  // 0 is nobody, 1 a guest, 2 a bad token, 3 a customer, 4 staff.
  test.each([
    ['public', [200, 200, 200, 200, 200]],
    ['customer', [401, 401, 403, 200, 200]],
    ['customer-or-guest', [401, 200, 403, 200, 200]],
    ['staff', [401, 401, 403, 403, 200]],
  ])('%s answers nobody, a guest, a bad token, a customer and staff with %j', async (access, expected) => {
    const { http, tokens } = await server();
    const headers: Record<string, string>[] = [
      {},
      { 'x-session-id': session },
      { authorization: 'Bearer eyJhbGciOiJub25lIn0.e30.' },
      await tokens.bearer({ userId }),
      await tokens.bearer({ userId, roles: ['customer', 'staff'] }),
    ];
    const answers = await Promise.all(headers.map((each) => http.inject({ url: `/${access}`, headers: each })));
    expect(answers.map(({ statusCode }) => statusCode)).toEqual(expected);
  });

  test.each([
    ['beside no token of a person', (token: string) => ({ [serviceTokenKey]: token }), 401, 'token.missing'],
    ['in the place of one', (token: string) => ({ authorization: `Bearer ${token}` }), 403, 'token.invalid'],
  ])('is nobody who shows a token of a service that names no method %s', async (_where, showing, status, code) => {
    const { http } = await server();
    const token = await methodlessToken('order', 'sample', testCallSecret('order', 'sample'), systemClock.now());
    for (const access of ['customer', 'staff']) {
      const answer = await http.inject({ url: `/${access}`, headers: showing(token) });
      expect([answer.statusCode, answer.json().code]).toEqual([status, code]);
    }
  });

  test('is told with a code: no token, a bad token, no staff', async () => {
    const { http, tokens } = await server();
    const none = await http.inject('/customer');
    expect([none.json().code, none.headers['www-authenticate']]).toEqual(['token.missing', 'Bearer']);
    const bad = await http.inject({ url: '/customer', headers: { authorization: 'Basic dXNlcjpwdw==' } });
    expect(bad.json().code).toBe('token.invalid');
    const old = await tokens.bearer({ userId, expiresAt: new Date(Date.now() - 720_000) });
    const expired = await http.inject({ url: '/customer', headers: old });
    expect([expired.statusCode, expired.json().code, expired.headers['www-authenticate']]).toEqual([
      ...[401, 'token.expired', 'Bearer error="invalid_token"'],
    ]);
    const customer = await http.inject({ url: '/staff', headers: await tokens.bearer({ userId }) });
    expect(customer.json().code).toBe('caller.not-staff');
  });
});

describe('the caller of a request', () => {
  test('is the customer of the token, with the session that the browser still carries', async () => {
    const { http, tokens } = await server();
    const headers = await tokens.bearer({ userId, sessionId: 'login-1' });
    const customer = { kind: 'customer', userId, sessionId: 'login-1', roles: ['customer'] };
    expect((await http.inject({ url: '/customer', headers })).json()).toEqual(customer);
    const both = await http.inject({ url: '/customer', headers: { ...headers, 'x-session-id': session } });
    expect(both.json()).toEqual({ ...customer, guestSessionId: session });
  });

  test('is a guest by the id that a service passes on, and by no cookie', async () => {
    const { http } = await server();
    const guest = { kind: 'guest', sessionId: session };
    expect((await http.inject({ url: '/public', cookies: { cloudmart_session: session } })).json()).toEqual({
      kind: 'nobody',
    });
    expect((await http.inject({ url: '/public', headers: { 'x-session-id': session } })).json()).toEqual(guest);
  });

  test.each(['', 'ses_1', userId, `${session}'--`])('is nobody with the session %p', async (value) => {
    const { http } = await server();
    expect((await http.inject({ url: '/public', headers: { 'x-session-id': value } })).json()).toEqual({
      kind: 'nobody',
    });
  });

  test('is nobody on a public route with a bad token', async () => {
    const { http } = await server();
    const answer = await http.inject({ url: '/public', headers: { authorization: 'Bearer x.y.z' } });
    expect([answer.statusCode, answer.json()]).toEqual([200, { kind: 'nobody' }]);
  });
});
