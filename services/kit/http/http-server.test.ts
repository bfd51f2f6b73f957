import { afterEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import * as z from 'zod';
import { createLogger } from '../telemetry/logger.ts';
import { testContext } from '../testing/context.ts';
import { testManifest } from '../testing/manifest.ts';
import { Refusal } from '../values/refusal.ts';
import { createHttpServer, type HttpServer } from './http-server.ts';

const open: HttpServer[] = [];
afterEach(async () => {
  for (const http of open.splice(0)) await http.close();
});

const access = { config: { access: 'public' as const } };
const item = z.strictObject({ quantity: z.int().min(1).max(99), note: z.string().max(5).optional() });
const body = z.strictObject({ name: z.string().min(1), items: z.array(item).max(10).optional() });

const server = async () => {
  const lines: string[] = [];
  const logger = createLogger('sample', 'info', { write: (line: string) => lines.push(line) });
  const context = testContext(testManifest(), { logger });
  const http = await createHttpServer({ context });
  open.push(http);
  http.post('/echo', { ...access, schema: { body } }, async (request) => request.body);
  http.delete('/items/:id', access, async ({ body: given }) => ({ isGiven: given !== undefined }));
  http.post('/items/:id/close', { ...access, schema: { body: body.nullish() } }, async ({ body: given }) => ({
    isGiven: given !== null && given !== undefined,
  }));
  http.get(
    '/items/:id',
    { ...access, schema: { querystring: z.strictObject({ limit: z.string().optional() }) } },
    async (request) => request.query,
  );
  http.delete(
    '/parts/:id',
    {
      ...access,
      schema: {
        params: z.strictObject({ id: z.string().max(3) }),
        headers: z.looseObject({ 'if-match': z.string() }),
      },
    },
    async () => ({}),
  );
  http.get(
    '/leak',
    { ...access, schema: { response: { 200: z.strictObject({ id: z.string() }) } } },
    async () => ({ id: '1', password: 'hunter2' }) as { id: string },
  );
  http.get('/boom', access, async () => {
    throw new Error('password is hunter2');
  });
  http.get('/refused', access, async () => {
    throw new Refusal('unavailable', 'stock.away', 'Stock does not answer.', { retryAfterSeconds: 7 });
  });
  http.get(
    '/late',
    { ...access, handlerTimeout: 20 },
    (request) => new Promise((resolve) => request.signal.addEventListener('abort', () => resolve({}))),
  );
  const post = (
    payload: string | Buffer | object,
    headers: Record<string, string> = { 'content-type': 'application/json' },
  ) => http.inject({ method: 'POST', url: '/echo', payload, headers });
  return { http, post, lines, context };
};

describe('the body of a request', () => {
  test('is passed on when it has the expected form', async () => {
    const { post } = await server();
    const answer = await post({ name: 'a', items: [{ quantity: 2 }] });
    expect([answer.statusCode, answer.json()]).toEqual([200, { name: 'a', items: [{ quantity: 2 }] }]);
  });

  test('is refused with the path of each wrong and each unknown field', async () => {
    const { post } = await server();
    const answer = await post({ name: '', items: [{ quantity: 1.5, price: 0 }], role: 'staff' });
    expect(answer.statusCode).toBe(400);
    expect(answer.headers['content-type']).toContain('application/problem+json');
    const problem = answer.json();
    expect(problem).toMatchObject({
      status: 400,
      code: 'request.invalid',
      title: 'Bad Request',
      type: 'urn:cloudmart:problem:request.invalid',
    });
    expect(problem.traceId).toMatch(/^[0-9a-f]{32}$/);
    expect(problem.errors.map(({ path }: { path: string }) => path).sort()).toEqual([
      'items.0.price',
      'items.0.quantity',
      'name',
      'role',
    ]);
  });

  test.each([
    ['a negative quantity', { name: 'a', items: [{ quantity: -1 }] }],
    ['a huge quantity', { name: 'a', items: [{ quantity: 1e300 }] }],
    ['null', null],
    ['a list', []],
  ])('is refused for %s', async (_case, payload) => {
    const { post } = await server();
    const answer = await post(JSON.stringify(payload));
    expect([answer.statusCode, answer.json().code]).toEqual([400, 'request.invalid']);
  });

  test.each([
    ['half a document', '{"name":'],
    ['nothing', ''],
    ['a key named __proto__', '{"name":"a","__proto__":{"role":"staff"}}'],
    ['a constructor with a prototype', '{"name":"a","constructor":{"prototype":{"role":"staff"}}}'],
    ['bytes that are no text', Buffer.from([0xff, 0xfe, 0x00])],
  ])('is refused for %s', async (_case, payload) => {
    const { post } = await server();
    const answer = await post(payload);
    expect([answer.statusCode, answer.json().code]).toEqual([400, 'request.not-json']);
  });

  test.each([
    ['DELETE', '/items/1'],
    ['POST', '/items/1/close'],
  ] as const)('may be empty JSON where %s %s needs none', async (method, url) => {
    const { http } = await server();
    for (const type of ['application/json', 'application/json; charset=utf-8']) {
      const answer = await http.inject({ method, url, headers: { 'content-type': type }, payload: '' });
      expect([answer.statusCode, answer.json()]).toEqual([200, { isGiven: false }]);
    }
    const broken = await http.inject({ method, url, headers: { 'content-type': 'application/json' }, payload: '{' });
    expect([broken.statusCode, broken.json().code]).toEqual([400, 'request.not-json']);
  });

  test.each(['text/plain', 'application/xml', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x'])(
    'is refused as %s',
    async (type) => {
      const { post } = await server();
      const answer = await post('{"name":"a"}', { 'content-type': type });
      expect([answer.statusCode, answer.json().code]).toEqual([415, 'request.media-type']);
    },
  );

  test('of any JSON at all is accepted or refused, and never our fault', async () => {
    const { post } = await server();
    await fc.assert(
      fc.asyncProperty(fc.json({ maxDepth: 5 }), async (json) => {
        const { statusCode } = await post(json);
        expect([200, 400]).toContain(statusCode);
      }),
      { numRuns: 200 },
    );
  });

  test('is accepted up to 64 KiB and refused one byte later', async () => {
    const { post } = await server();
    const ofSize = (bytes: number) => JSON.stringify({ name: 'x'.repeat(bytes - '{"name":""}'.length) });
    expect((await post(ofSize(65_536))).statusCode).toBe(200);
    const answer = await post(ofSize(65_537));
    expect([answer.statusCode, answer.json().code]).toEqual([413, 'request.too-large']);
  });
});

describe('the address of a request', () => {
  test.each([
    ['/items/1?limit=1&limit=2', 400, 'request.query-repeated'],
    ['/items/1?limit[a]=1', 400, 'request.invalid'],
    ['/items/1?colour=red', 400, 'request.invalid'],
    [`/items/1?limit=${'9'.repeat(3000)}`, 400, 'request.query-too-long'],
    ['/items/%zz', 400, 'request.url'],
    [`/items/${'a'.repeat(101)}`, 414, 'request.url'],
    ['/nowhere', 404, 'route.missing'],
    ['/items', 404, 'route.missing'],
    ['/items/1/', 404, 'route.missing'],
  ])('%s is answered with %d %s', async (url, status, code) => {
    const { http } = await server();
    const answer = await http.inject({ method: 'GET', url });
    expect([answer.statusCode, answer.json().code]).toEqual([status, code]);
    expect(answer.json().traceId).toMatch(/[1-9a-f]/);
  });

  test('with a method that it does not have is 405 and says which it has', async () => {
    const { http } = await server();
    const answer = await http.inject({ method: 'PATCH', url: '/items/1?x=1' });
    expect([answer.statusCode, answer.json().code, answer.headers['allow']]).toEqual([
      405,
      'route.method',
      'DELETE, GET, HEAD',
    ]);
  });

  test('is limited to 120 misses a minute from one address', async () => {
    const { http } = await server();
    const probe = () => http.inject({ method: 'GET', url: '/.env' });
    for (let i = 0; i < 120; i++) expect((await probe()).statusCode).toBe(404);
    const answer = await probe();
    expect([answer.statusCode, answer.json().code]).toEqual([429, 'request.too-many']);
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
    expect((await http.inject('/health')).statusCode).toBe(200);
  });
});

describe('a request without the expected form', () => {
  test.each([
    ['POST', '/echo', 'The body does not have'],
    ['GET', '/items/1?offset=2', 'The query does not have'],
    ['DELETE', '/parts/1234', 'The path does not have'],
    ['DELETE', '/parts/1', 'The headers do not have'],
  ] as const)('is told in plain English where it is wrong: %s %s', async (method, url, start) => {
    const { http } = await server();
    const answer = await http.inject({ method, url, ...(method === 'POST' && { payload: {} }) });
    expect([answer.statusCode, answer.json().detail]).toEqual([
      400,
      `${start} the expected form; "errors" names each field.`,
    ]);
  });
});

describe('an answer', () => {
  test('of an unknown error reveals nothing and is logged with its trace', async () => {
    const { http, lines } = await server();
    const answer = await http.inject('/boom');
    expect([answer.statusCode, answer.json().code]).toEqual([500, 'internal']);
    expect(answer.body).not.toContain('hunter2');
    const logged = lines.map((line) => JSON.parse(line)).find(({ level }) => level === 'error');
    expect(logged).toMatchObject({ traceId: answer.json().traceId, error: { message: 'password is hunter2' } });
  });

  test('with a field that its schema does not have is withheld', async () => {
    const { http } = await server();
    const answer = await http.inject('/leak');
    expect(answer.statusCode).toBe(500);
    expect(answer.body).not.toContain('hunter2');
  });

  test('of a refusal carries its kind, code, sentence and Retry-After', async () => {
    const { http } = await server();
    const answer = await http.inject('/refused');
    expect(answer.json()).toMatchObject({ status: 503, code: 'stock.away', detail: 'Stock does not answer.' });
    expect(answer.headers['retry-after']).toBe('7');
  });

  test('that misses its deadline is 503, and the handler is told', async () => {
    const { http } = await server();
    const answer = await http.inject('/late');
    expect([answer.statusCode, answer.json().code, answer.headers['retry-after']]).toEqual([
      503,
      'request.deadline',
      '1',
    ]);
  });

  test("continues the caller's trace and names the request", async () => {
    const { http } = await server();
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    const answer = await http.inject({ url: '/refused', headers: { traceparent } });
    expect(answer.json().traceId).toBe('4bf92f3577b34da6a3ce929d0e0e4736');
    expect(answer.headers['traceparent']).toMatch(/^00-4bf92f3577b34da6a3ce929d0e0e4736-/);
    expect(answer.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
  });

  test('has the headers that keep browsers careful', async () => {
    const { http } = await server();
    const { headers } = await http.inject('/health');
    expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'x-frame-options': 'SAMEORIGIN' });
    expect(headers['content-security-policy']).toContain("default-src 'none'");
    expect(headers).not.toHaveProperty('x-powered-by');
  });

  test('is counted by route pattern, never by address', async () => {
    const { http, context } = await server();
    for (let i = 0; i < 5; i++) await http.inject(`/items/${i}`);
    for (let i = 0; i < 5; i++) await http.inject(`/nowhere/${i}`);
    const { text } = await context.metrics.page();
    expect(text).toContain('http_requests_total{method="GET",route="/items/:id",status="200",service="sample"} 5');
    expect(text).toContain('http_requests_total{method="any",route="unmatched",status="404",service="sample"} 5');
    expect(text).toContain('http_request_duration_seconds_bucket');
    expect(text).not.toContain('/nowhere');
  });
});
