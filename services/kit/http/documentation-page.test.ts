import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { testContext } from '../testing/context.ts';
import { testManifest } from '../testing/manifest.ts';
import { createHttpServer, type HttpServer } from './http-server.ts';

let http: HttpServer;
let origin = '';
beforeAll(async () => {
  http = await createHttpServer({ context: testContext(testManifest({ summary: 'A <sample> & more.' })) });
  origin = await http.listen({ host: '127.0.0.1', port: 0 });
});
afterAll(() => http.close());

const visit = async (url: string) => {
  const answer = await fetch(url);
  return { answer, html: await answer.text() };
};

/** Addresses that a browser asks for once it has the page: each is resolved against where the page came from. */
const addressesIn = ({ answer, html }: { answer: Response; html: string }) =>
  [...html.matchAll(/<(?:script|link)[^>]* (?:src|href)="([^"]+)"/g)]
    .map(([, address = '']) => new URL(address, answer.url))
    .filter(({ protocol }) => protocol !== 'data:');

const scriptOf = async () => addressesIn(await visit(`${origin}/docs`))[0]?.pathname ?? '';

describe('the page of an API', () => {
  test.each(['/docs', '/docs/', '/docs?x=1', '/docs/?x=1#tag/operations'])(
    'is shown at %s, and its script is where a browser looks for it',
    async (path) => {
      const page = await visit(origin + path);
      expect([page.answer.status, page.answer.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
      const addresses = addressesIn(page);
      expect(addresses.map((address) => address.origin)).toEqual([origin]);
      const script = await fetch(addresses[0] ?? '');
      expect([script.status, script.headers.get('content-type')]).toEqual([200, 'text/javascript; charset=utf-8']);
      expect(script.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
      expect((await script.text()).length).toBeGreaterThan(1_000_000);
    },
  );

  test('may run its own script and the line that starts it, and load from nowhere else', async () => {
    const { answer, html } = await visit(`${origin}/docs`);
    const policy = answer.headers.get('content-security-policy') ?? '';
    const [, inline = ''] = /<script>(.*?)<\/script>/s.exec(html) ?? [];
    expect(policy).toContain(`script-src 'self' 'sha256-${createHash('sha256').update(inline).digest('base64')}';`);
    expect(policy).toMatch(/^default-src 'none';/);
    expect(policy).not.toMatch(/https?:|\*|unsafe-eval/);
    expect(answer.headers.get('cache-control')).toBe('no-cache');
  });

  test.each([
    ['br', 'gzip, deflate, br', brotliDecompressSync],
    ['gzip', 'GZIP;q=0.5, br;q=0', gunzipSync],
  ])('comes as %s to whom accepts %s', async (coding, accepted, unpack) => {
    for (const url of ['/docs', '/openapi.json', await scriptOf()]) {
      const answer = await http.inject({ url, headers: { 'accept-encoding': accepted } });
      const { 'content-encoding': used, vary, etag } = answer.headers;
      expect([answer.statusCode, used, vary]).toEqual([200, coding, 'accept-encoding']);
      // The tag names what was packed, and how.
      const content = createHash('sha256').update(unpack(answer.rawPayload)).digest('hex').slice(0, 16);
      expect(etag).toBe(`"${content}-${coding}"`);
    }
  });

  test('comes as it is to whom accepts nothing, but for its script, which would fill the memory of slow connections', async () => {
    const codingOf = async (url: string) => (await http.inject(url)).headers['content-encoding'];
    expect([await codingOf('/docs'), await codingOf('/openapi.json'), await codingOf(await scriptOf())]).toEqual([
      undefined,
      undefined,
      'gzip',
    ]);
    expect((await http.inject('/openapi.json')).json().openapi).toBe('3.1.0');
  });

  test('is not sent again to whom has it, nor to whom asks for its head', async () => {
    for (const url of ['/docs', '/openapi.json', await scriptOf()]) {
      const headers = { 'accept-encoding': 'br' };
      const first = await http.inject({ url, headers });
      const tag = String(first.headers.etag);
      const again = await http.inject({ url, headers: { ...headers, 'if-none-match': `"other", W/${tag}` } });
      expect([again.statusCode, again.body, again.headers.etag]).toEqual([304, '', tag]);
      const otherForm = await http.inject({ url, headers: { 'accept-encoding': 'gzip', 'if-none-match': tag } });
      expect(otherForm.statusCode).toBe(200);
      const head = await http.inject({ method: 'HEAD', url, headers });
      expect([head.statusCode, head.body, head.headers['content-length'], head.headers.etag]).toEqual([
        200,
        '',
        String(first.rawPayload.length),
        tag,
      ]);
    }
  });

  test('has nothing else below it, and says so like every other door, without repeating what was asked', async () => {
    for (const path of ['/docs/js/scalar.js', '/docs/secret-name', '/docs/%3Cscript%3E', '/docs/../docs/x'])
      for (const method of ['GET', 'POST'] as const) {
        const answer = await http.inject({ method, url: path });
        expect([answer.statusCode, answer.headers['content-type']]).toEqual([404, 'application/problem+json']);
        expect(answer.json()).toMatchObject({ code: 'route.missing', detail: 'There is nothing at this path.' });
        expect(answer.body).not.toMatch(/secret-name|script|scalar/i);
      }
  });

  test('gives the page of another release a script that is not kept', async () => {
    const answer = await http.inject('/docs/0123456789abcdef/page.js');
    expect([answer.statusCode, answer.headers['cache-control']]).toEqual([200, 'no-store']);
  });
});

describe('many visits of the page at once', () => {
  const mib = 2 ** 20;
  const heldMib = () => process.memoryUsage().arrayBuffers / mib;
  /** Asks, waits until the answer begins, and takes no more of it. */
  const askWithoutReading = async (path: string): Promise<Socket> => {
    const socket = connect(Number(new URL(origin).port), '127.0.0.1');
    socket.write(`GET ${path} HTTP/1.1\r\nhost: localhost\r\n\r\n`);
    await once(socket, 'readable');
    return socket;
  };

  test('send one copy of its script, however many read it and however slowly', async () => {
    const path = await scriptOf();
    const size = (await http.inject(path)).rawPayload.length / mib;
    const before = heldMib();
    const sockets = await Promise.all(Array.from({ length: 40 }, () => askWithoutReading(path)));
    // Forty copies would be 48 MiB, or 160 unpacked; what these sockets read ahead is 64 KiB each.
    expect(size).toBeGreaterThan(1);
    expect(heldMib() - before).toBeLessThan(6 * size);
    const scripts = await Promise.all(Array.from({ length: 10 }, async () => (await fetch(origin + path)).text()));
    expect(new Set(scripts).size).toBe(1);
    for (const socket of sockets) socket.destroy();
  });
});
