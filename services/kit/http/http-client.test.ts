import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { afterEach, describe, expect, test } from '@jest/globals';
import { createBreaker } from '../calls/breaker.ts';
import { testContext } from '../testing/context.ts';
import { hangUp, listen } from '../testing/loopback.ts';
import { testManifest } from '../testing/manifest.ts';
import { inRequest } from '../testing/traces/in-request.ts';
import { Refusal } from '../values/refusal.ts';
import { createHttpClient, type HttpClientOptions } from './http-client.ts';
import { createHttpServer } from './http-server.ts';

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';

const peer = async (
  answer: (request: IncomingMessage, response: ServerResponse) => void,
  options: Partial<HttpClientOptions> = {},
) => {
  const server = createServer(answer);
  const baseUrl = `http://127.0.0.1:${await listen(server)}/base`;
  closers.push(() => hangUp(server));
  const client = createHttpClient({ baseUrl, service: 'cart', deadlineMs: 60_000, ...options });
  closers.push(() => client.close());
  return client;
};

describe('a request to another service', () => {
  test('carries JSON, its headers and the trace, under the base path', async () => {
    const seen: { url?: string; body: string; headers: IncomingMessage['headers'] }[] = [];
    const client = await peer((request, response) => {
      let body = '';
      request.on('data', (part) => {
        body += part;
      });
      request.on('end', () => {
        seen.push({ ...(request.url && { url: request.url }), body, headers: request.headers });
        response.writeHead(201, { 'content-type': 'application/json' }).end('{"id":"crt_1"}');
      });
    });
    const answer = await inRequest({ traceparent }, () =>
      client.request({
        method: 'POST',
        path: '/cart/items?x=1',
        body: { quantity: 1 },
        headers: { authorization: 'Bearer t' },
      }),
    );
    expect([answer.status, answer.body]).toEqual([201, { id: 'crt_1' }]);
    expect(seen[0]).toMatchObject({ url: '/base/cart/items?x=1', body: '{"quantity":1}' });
    expect(seen[0]?.headers).toMatchObject({
      authorization: 'Bearer t',
      'content-type': 'application/json',
      traceparent,
    });
  });

  test('brings the refusal of a kit server back as it was thrown', async () => {
    const http = await createHttpServer({ context: testContext(testManifest()) });
    const refusal = {
      errors: [{ path: 'items.0', message: 'gone' }],
      retryAfterSeconds: 4,
      difference: { expected: { amount: 1 }, actual: null },
    };
    http.get('/refused', { config: { access: 'public' } }, async () => {
      throw new Refusal('conflict', 'cart.changed', 'The cart changed.', refusal);
    });
    closers.push(() => http.close());
    const client = createHttpClient({
      baseUrl: await http.listen({ host: '127.0.0.1', port: 0 }),
      service: 'cart',
      deadlineMs: 60_000,
    });
    closers.push(() => client.close());
    await expect(client.request({ method: 'GET', path: '/refused' })).rejects.toMatchObject({
      kind: 'conflict',
      code: 'cart.changed',
      message: 'The cart changed.',
      ...refusal,
    });
    await expect(client.request({ method: 'GET', path: '/nowhere' })).rejects.toMatchObject({
      kind: 'missing',
      code: 'route.missing',
    });
  });

  test.each([
    [500, '{"code":"internal","detail":"secret of the peer"}', 'unavailable', 'cart.unavailable'],
    [502, '<html>Bad gateway</html>', 'unavailable', 'cart.unavailable'],
    [418, '{}', 'invalid', 'cart.refused'],
  ])('answered with %d becomes a refusal of its own words', async (status, body, kind, code) => {
    const client = await peer((_request, response) => response.writeHead(status).end(body));
    const problem = await client.request({ method: 'GET', path: '/' }).catch((thrown: unknown) => thrown);
    expect(problem).toMatchObject({ kind, code });
    expect((problem as Error).message).not.toContain('secret');
  });

  test.each([
    ['no JSON', (response: ServerResponse) => response.end('<html>')],
    ['a broken connection', (response: ServerResponse) => response.destroy()],
    ['nothing in time', () => undefined],
  ])('answered with %s is unavailable', async (_case, answer) => {
    const client = await peer((_request, response) => answer(response), { answerLimit: 1_000 });
    await expect(client.request({ method: 'GET', path: '/', deadlineMs: 100 })).rejects.toMatchObject({
      kind: 'unavailable',
      code: 'cart.unavailable',
    });
  });

  // It is there, and asking again changes nothing: told as away it would open breakers and wake the wrong people (M4, M6).
  test('that is too large, or whose answer is, is a fault and not an absence', async () => {
    const client = await peer((_request, response) => response.end(`"${'x'.repeat(5_000)}"`), { answerLimit: 1_000 });
    const answered = await client.request({ method: 'GET', path: '/' }).catch((thrown: unknown) => thrown);
    const deep = JSON.parse(`${'['.repeat(50_000)}${']'.repeat(50_000)}`) as unknown;
    const asked = await client.request({ method: 'POST', path: '/', body: deep }).catch((thrown: unknown) => thrown);
    for (const problem of [answered, asked]) {
      expect(problem).not.toHaveProperty('kind');
      expect(String(problem)).toContain('too large');
    }
  });

  test('to a service that is not there is unavailable', async () => {
    const client = createHttpClient({ baseUrl: 'http://127.0.0.1:1', service: 'cart', deadlineMs: 5_000 });
    await expect(client.request({ method: 'GET', path: '/' })).rejects.toMatchObject({
      kind: 'unavailable',
      retryAfterSeconds: 1,
    });
  });

  test('does not start when the request being served has no time left', async () => {
    let asked = 0;
    const client = await peer((_request, response) => {
      asked += 1;
      response.end('{}');
    });
    const late = inRequest({ traceparent, deadlineAt: Date.now() + 5 }, () =>
      client.request({ method: 'GET', path: '/' }),
    );
    await expect(late).rejects.toMatchObject({ kind: 'unavailable' });
    expect(asked).toBe(0);
  });

  test('stops at an open breaker', async () => {
    const { health, metrics, logger } = testContext(testManifest());
    const breaker = createBreaker({ name: 'cart', health, metrics, logger, leastActions: 2 });
    closers.push(() => breaker.close());
    let asked = 0;
    const client = await peer(
      (_request, response) => {
        asked += 1;
        response.writeHead(500).end();
      },
      { breaker },
    );
    for (let i = 0; i < 4; i++) await client.request({ method: 'GET', path: '/' }).catch(() => undefined);
    expect([asked, breaker.state]).toEqual([2, 'open']);
  });
});
