import { describe, expect, test } from '@jest/globals';
import type { Cache } from '../cache/cache.ts';
import { openCache } from '../cache/open-cache.ts';
import { systemIds } from '../system-ids.ts';
import { testContext } from '../testing/context.ts';
import { fakeClock } from '../testing/fake-clock.ts';
import { testManifest } from '../testing/manifest.ts';
import { testTokens } from '../testing/tokens.ts';
import { createHttpServer, type HttpServerOptions } from './http-server.ts';

const tokens = await testTokens();

const server = async (options: Omit<HttpServerOptions, 'context'> = {}) => {
  const http = await createHttpServer({
    context: testContext(testManifest(), { verifyToken: tokens.verifyToken, clock: fakeClock() }),
    ...options,
  });
  const limited = (max: number) => ({
    config: { access: 'public' as const, rateLimit: { max, timeWindow: 86_400_000 } },
  });
  http.get('/a', limited(2), async () => ({}));
  http.get('/b', limited(1), async () => ({}));
  return http;
};

type Http = Awaited<ReturnType<typeof server>>;
const call = async (http: Http, url: string, more: { headers?: Record<string, string>; remoteAddress?: string } = {}) =>
  (await http.inject({ url, ...more })).statusCode;

describe('a rate limit', () => {
  test('answers 429 with a code and when to come back', async () => {
    const http = await server();
    expect(await call(http, '/b')).toBe(200);
    const answer = await http.inject('/b');
    expect([answer.statusCode, answer.json().code]).toEqual([429, 'request.too-many']);
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
  });

  test('holds for two replicas together when they share a cache, and for each route alone', async () => {
    const cache = openCache('memory:');
    const [one, two] = [await server({ cache }), await server({ cache })];
    expect([await call(one, '/a'), await call(two, '/a'), await call(one, '/a'), await call(two, '/a')]).toEqual([
      200, 200, 429, 429,
    ]);
    expect(await call(two, '/b')).toBe(200);
  });

  test('counts a signed-in person wherever they come from, and everybody else by address', async () => {
    const http = await server();
    const headers = await tokens.bearer({ userId: systemIds.next('usr') });
    expect(await call(http, '/b', { headers, remoteAddress: '10.0.0.1' })).toBe(200);
    expect(await call(http, '/b', { headers, remoteAddress: '10.0.0.2' })).toBe(429);
    expect(await call(http, '/b', { remoteAddress: '10.0.0.1' })).toBe(200);
    expect(await call(http, '/b', { remoteAddress: '10.0.0.3' })).toBe(200);
  });

  test('believes x-forwarded-for only from a configured proxy', async () => {
    const forwarded = (address: string) => ({ headers: { 'x-forwarded-for': address }, remoteAddress: '10.9.9.9' });
    const http = await server();
    expect([await call(http, '/b', forwarded('1.1.1.1')), await call(http, '/b', forwarded('2.2.2.2'))]).toEqual([
      200, 429,
    ]);
    const behind = await server({ trustedProxies: ['10.9.9.9'] });
    expect([await call(behind, '/b', forwarded('1.1.1.1')), await call(behind, '/b', forwarded('2.2.2.2'))]).toEqual([
      200, 200,
    ]);
    expect(await call(behind, '/b', forwarded('1.1.1.1'))).toBe(429);
  });

  test('counts the address that the proxy saw, whatever the visitor put before it', async () => {
    const http = await server({ trustedProxies: ['10.9.0.0/24', '10.9.1.0/24'] });
    const from = (remoteAddress: string, ...said: string[]) =>
      call(http, '/b', { headers: { 'x-forwarded-for': said.join(', ') }, remoteAddress });
    expect(await from('10.9.0.7', '1.1.1.1', '203.0.113.5')).toBe(200);
    expect(await from('10.9.1.8', '2.2.2.2', '203.0.113.5')).toBe(429);
    expect(await from('10.9.0.7', '10.9.0.99', '203.0.113.5')).toBe(429);
    expect([await from('10.10.0.1', '3.3.3.3'), await from('10.10.0.1', '4.4.4.4')]).toEqual([200, 429]);
  });

  test.each<[string, Cache['increment']]>([
    ['throws', async () => Promise.reject(new Error('away'))],
    ['says nothing', async () => 0],
  ])('holds in each process by itself while the cache %s', async (_case, increment) => {
    const away: Cache = { ...openCache('memory:'), increment };
    const [one, two] = [await server({ cache: away }), await server({ cache: away })];
    expect([await call(one, '/b'), await call(one, '/b'), await call(two, '/b')]).toEqual([200, 429, 200]);
  });
});
