import { describe, expect, test } from '@jest/globals';
import type { InjectOptions } from 'fastify';
import type { Cache } from '../cache/cache.ts';
import { openCache } from '../cache/open-cache.ts';
import { systemIds } from '../system-ids.ts';
import { testContext } from '../testing/context.ts';
import { fakeClock } from '../testing/fake-clock.ts';
import { testManifest } from '../testing/manifest.ts';
import { testTokens } from '../testing/tokens.ts';
import { proofHeader, viewerHeader } from '../values/viewer-headers.ts';
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

  test('counts the viewer for whom the content delivery network vouches, and believes nobody without its proof', async () => {
    const [cdnProof, proofBefore] = ['the-proof-of-the-network-of-this-test', 'the-proof-before-its-rotation'];
    const http = await server({ cdnProofs: [cdnProof, proofBefore] });
    const from = (viewer: string, proof?: string) => {
      const headers = { [viewerHeader]: viewer, ...(proof === undefined ? {} : { [proofHeader]: proof }) };
      return call(http, '/b', { headers, remoteAddress: '198.51.100.1' });
    };
    expect([await from('203.0.113.1', cdnProof), await from('203.0.113.2', proofBefore)]).toEqual([200, 200]);
    expect([await from('203.0.113.1', cdnProof), await from('2001:db8::1', cdnProof)]).toEqual([429, 200]);
    expect(await from('2001:db8::2', cdnProof)).toBe(429);
    expect([
      await from('203.0.113.3'),
      await from('203.0.113.4', 'guessed'),
      await from('no address', cdnProof),
    ]).toEqual([200, 429, 429]);
    const without = await server();
    expect([
      await call(without, '/b', { headers: { [viewerHeader]: '203.0.113.1', [proofHeader]: '' } }),
      await call(without, '/b', { headers: { [viewerHeader]: '203.0.113.2', [proofHeader]: 'undefined' } }),
    ]).toEqual([200, 429]);
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

describe('the limit of all requests', () => {
  const limited = async (requestsPerMinute = 3) => {
    const http = await createHttpServer({
      context: testContext(testManifest(), { verifyToken: tokens.verifyToken, clock: fakeClock() }),
      requestsPerMinute,
      allowedOrigins: ['https://shop.example'],
    });
    http.get('/mine', { config: { access: 'customer' } }, async () => ({}));
    http.get('/staff', { config: { access: 'staff' } }, async () => ({}));
    http.post('/items', { config: { access: 'public' } }, async () => ({}));
    return http;
  };
  const bearer = async () => tokens.bearer({ userId: systemIds.next('usr') });

  // What a request is refused for comes after the count, or refusals would be free (L1).
  test.each<[string, InjectOptions, number]>([
    ['no token', { url: '/mine' }, 401],
    ['a bad token', { url: '/mine', headers: { authorization: 'Bearer x.y.z' } }, 403],
    [
      'broken JSON',
      { method: 'POST', url: '/items', payload: '{', headers: { 'content-type': 'application/json' } },
      400,
    ],
    ['a URL that is none', { url: '/mine/%zz' }, 400],
    ['a path that is not there', { url: '/nothing' }, 404],
    [
      'the question of a browser from elsewhere',
      {
        method: 'OPTIONS',
        url: '/items',
        headers: { origin: 'https://shop.example', 'access-control-request-method': 'POST' },
      },
      204,
    ],
  ])('counts %s', async (_case, request, status) => {
    const http = await limited();
    const statuses: number[] = [];
    for (let i = 0; i < 4; i += 1) statuses.push((await http.inject(request)).statusCode);
    expect(statuses).toEqual([status, status, status, 429]);
    expect(await call(http, '/health/live')).toBe(200);
  });

  test('counts a customer without the role', async () => {
    const http = await limited();
    const headers = await bearer();
    const statuses: number[] = [];
    for (let i = 0; i < 4; i += 1) statuses.push(await call(http, '/staff', { headers }));
    expect(statuses).toEqual([403, 403, 403, 429]);
  });

  test('ends for a network too, however many accounts it makes, and not for another (L2)', async () => {
    const http = await limited();
    const outcomes: number[] = [];
    for (let account = 0; account < 7; account += 1) {
      const headers = await bearer();
      for (let i = 0; i < 3; i += 1)
        outcomes.push(await call(http, '/mine', { headers, remoteAddress: `2001:db8::${account}` }));
    }
    expect(outcomes.filter((status) => status === 200)).toHaveLength(15);
    expect(await call(http, '/mine', { headers: await bearer(), remoteAddress: '2001:db8:0:1::1' })).toBe(200);
  });
});
