import { expect, test } from '@jest/globals';
import { ask, type People } from '../testing/people.ts';

/** https://owasp.org/API-Security/editions/2023/en/0xa8-security-misconfiguration/ */
export const securityMisconfiguration = (shop: () => People): void => {
  test('answers say how they may be used, and not what made them', async () => {
    const { gateway, headersOf } = shop();
    const { headers } = await ask(gateway, '/api/v1/me', { headers: headersOf.owner });
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('x-powered-by')).toBeNull();
    expect(headers.get('server')).toBeNull();
  });

  test('pages of other origins may not read answers', async () => {
    const { gateway, headersOf } = shop();
    const headers = { ...headersOf.owner, origin: 'https://evil.example' };
    const answer = await ask(gateway, '/api/v1/me', { headers });
    expect(answer.headers.get('access-control-allow-origin')).toBeNull();
  });

  test.each([
    ['an unknown path', '/api/v1/no-such-door', 'GET', 404],
    ['a method that nobody serves', '/api/v1/products', 'PUT', 405],
    ['a path that cannot be read', '/api/v1/products/%E0%A4%A', 'GET', 400],
  ])('%s is a problem without a word about the inside', async (_what, at, method, status) => {
    const answer = await ask(shop().gateway, at, { method });
    expect(answer.status).toBe(status);
    expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(answer.text).not.toMatch(/node_modules|\.ts:|at Object|services\//);
  });
};
