import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { FastifyInstance } from 'fastify';
import { createLogger } from '../telemetry/logger.ts';
import { closedPort, hangUp, listen } from '../testing/loopback.ts';
import { createFileServer } from './file-server.ts';

const config = { api: '/api/v1', environment: 'local' };
const headers = { 'content-security-policy': "default-src 'self'", 'x-content-type-options': 'nosniff' };
const logger = createLogger('test', 'silent');
const page = '<!doctype html><title>Shop</title>';

let place: string;
let api: Server;
let app: FastifyInstance;
let url: string;

beforeAll(async () => {
  place = await mkdtemp(path.join(tmpdir(), 'files-'));
  const folder = path.join(place, 'dist');
  await mkdir(path.join(folder, 'assets'), { recursive: true });
  await writeFile(path.join(folder, 'index.html'), page);
  await writeFile(path.join(folder, 'assets/app.js'), 'export {}');
  await writeFile(path.join(folder, 'assets/font.woff2'), 'letters');
  await writeFile(path.join(folder, 'config.json'), '{"api":"http://elsewhere.example"}');
  await writeFile(path.join(place, 'secret.txt'), 'not for browsers');
  api = createServer((request, response) => {
    if (request.url === '/api/v1/events') {
      // Begun and never ended, as events of an order are.
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: 1\n\n');
      return;
    }
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () =>
      response
        .writeHead(201, { 'content-type': 'application/json', 'set-cookie': 'session=ses_1; HttpOnly' })
        .end(JSON.stringify({ method: request.method, url: request.url, body: Buffer.concat(chunks).toString() })),
    );
  });
  app = await createFileServer({ folder, config, headers, apiUrl: `http://127.0.0.1:${await listen(api)}`, logger });
  url = await app.listen({ host: '127.0.0.1', port: 0 });
});
afterAll(async () => {
  await app?.close();
  await hangUp(api);
  await rm(place, { recursive: true });
});

describe('files for browsers', () => {
  test('come compressed where they are text and the browser takes that, as from CloudFront', async () => {
    const asked = { url: '/assets/app.js', headers: { 'accept-encoding': 'gzip, deflate, br' } };
    const answer = await app.inject(asked);
    expect(answer.headers).toMatchObject({ 'content-encoding': 'gzip', vary: 'accept-encoding' });
    expect(answer.headers).not.toHaveProperty('content-length');
    expect(gunzipSync(answer.rawPayload).toString()).toBe('export {}');
    const etag = String(answer.headers['etag']);
    const known = await app.inject({ ...asked, headers: { ...asked.headers, 'if-none-match': etag } });
    expect([known.statusCode, known.headers['content-encoding'], known.payload]).toEqual([304, undefined, '']);
    const plain = await app.inject('/assets/app.js');
    expect([plain.headers['content-encoding'], plain.headers['vary'], plain.payload]).toEqual([
      undefined,
      'accept-encoding',
      'export {}',
    ]);
    const picture = await app.inject({ ...asked, url: '/assets/font.woff2' });
    expect([picture.headers['content-encoding'], picture.payload]).toEqual([undefined, 'letters']);
  });

  test.each([
    ['/', 'text/html; charset=utf-8', 'no-cache', page],
    ['/index.html', 'text/html; charset=utf-8', 'no-cache', page],
    ['/assets/app.js', 'application/javascript; charset=utf-8', 'public, max-age=31536000, immutable', 'export {}'],
    ['/orders/ord_1', 'text/html; charset=utf-8', 'no-cache', page],
  ])(
    '%s comes with its type, how long it is fresh, and the headers of every file',
    async (address, type, fresh, text) => {
      const answer = await fetch(`${url}${address}`);
      expect(answer.status).toBe(200);
      expect(Object.fromEntries(answer.headers)).toMatchObject({
        ...headers,
        'content-type': type,
        'cache-control': fresh,
      });
      expect(await answer.text()).toBe(text);
    },
  );

  // By injection: fetch adds cache-control to a conditional request, which asks for the whole file.
  test('a file that the browser has is not sent again', async () => {
    const first = await app.inject({ method: 'GET', url: '/assets/app.js' });
    const etag = String(first.headers.etag);
    const again = await app.inject({ method: 'GET', url: '/assets/app.js', headers: { 'if-none-match': etag } });
    expect([first.statusCode, again.statusCode, again.payload]).toEqual([200, 304, '']);
  });

  test('the configuration is that of the platform, never a file that the build left', async () => {
    const answer = await fetch(`${url}/config.json`);
    expect(await answer.json()).toEqual(config);
    expect(answer.headers.get('cache-control')).toBe('no-cache');
  });

  test.each(['/../secret.txt', '/%2e%2e/secret.txt', '/assets/..%2f..%2fsecret.txt', '/.\\..\\secret.txt'])(
    'nothing outside the folder is served at %s',
    async (address) => {
      const { payload } = await app.inject({ method: 'GET', url: address });
      expect(payload).not.toContain('not for browsers');
    },
  );

  test('a script of an earlier version is missing, and no page', async () => {
    const { statusCode, payload } = await app.inject({ method: 'GET', url: '/assets/app-of-before.js' });
    expect([statusCode, payload]).toEqual([404, '']);
  });

  test('files are only read', async () => {
    for (const method of ['POST', 'PUT', 'DELETE']) {
      const answer = await fetch(`${url}/assets/app.js`, { method });
      expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
    }
  });
});

describe('the API under the same origin', () => {
  test('is asked as it was, and answers as it does, cookies included, without the headers of files', async () => {
    const answer = await fetch(`${url}/api/v1/orders?limit=1`, {
      method: 'POST',
      body: '{"a":1}',
      headers: { 'content-type': 'application/json' },
    });
    expect(answer.status).toBe(201);
    expect(await answer.json()).toEqual({ method: 'POST', url: '/api/v1/orders?limit=1', body: '{"a":1}' });
    expect(answer.headers.get('set-cookie')).toBe('session=ses_1; HttpOnly');
    expect(answer.headers.get('content-security-policy')).toBeNull();
  });

  test('streams events as they come', async () => {
    const leaving = new AbortController();
    const answer = await fetch(`${url}/api/v1/events`, { signal: leaving.signal });
    const { value } = await (answer.body as ReadableStream<Uint8Array>).getReader().read();
    expect(Buffer.from(value ?? []).toString()).toBe('data: 1\n\n');
    leaving.abort();
  });

  test('that is away is told as a problem, and not as a page', async () => {
    const alone = await createFileServer({
      folder: place,
      config,
      headers,
      apiUrl: `http://127.0.0.1:${closedPort}`,
      logger,
    });
    const answer = await alone.inject({ method: 'GET', url: '/api/v1/products' });
    await alone.close();
    expect([answer.statusCode, answer.headers['content-type']]).toEqual([
      502,
      expect.stringMatching(/^application\/problem\+json/),
    ]);
    expect(answer.json()).toMatchObject({ status: 502, code: 'api.unreachable' });
  });
});
