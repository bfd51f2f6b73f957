import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { testContext } from '../testing/context.ts';
import { testManifest } from '../testing/manifest.ts';
import { createHttpServer } from './http-server.ts';
import { requireModestJson } from './json-body.ts';

const server = async () => {
  const http = await createHttpServer({ context: testContext(testManifest()), bodyLimit: 8 * 2 ** 20 });
  http.post('/echo', { config: { access: 'public' } }, async ({ body }) => body);
  return (payload: string) =>
    http.inject({ method: 'POST', url: '/echo', payload, headers: { 'content-type': 'application/json' } });
};

describe('a body of JSON (M6)', () => {
  test.each([
    ['has millions of empty objects', `{"items":[[{}${',{}'.repeat(2_600_000)}]]}`],
    ['has millions of nested lists', '['.repeat(3_900_000)],
    ['is small and deep', `${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}`],
    ['has thousands of numbers', `[1${',1'.repeat(60_000)}]`],
  ])('that %s is refused before any of it is made', async (_case, payload) => {
    const answer = await (await server())(payload);
    expect([answer.statusCode, answer.json().code]).toEqual([400, 'request.too-complex']);
  });

  test('may be as large as its door allows where it is text', async () => {
    const text = JSON.stringify({ text: '[{,"\\'.repeat(600_000) });
    const answer = await (await server())(text);
    expect([answer.statusCode, answer.json()]).toEqual([200, JSON.parse(text)]);
  });

  test('is never refused for what its strings say', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
        requireModestJson(JSON.stringify(value));
      }),
    );
    expect(() =>
      requireModestJson(JSON.stringify(['['.repeat(100), '{"'.repeat(100), '\\"['.repeat(100)])),
    ).not.toThrow();
  });

  test('that is none at all is refused as before', async () => {
    const send = await server();
    for (const payload of ['"', '"\\', '[', '{"a"', ']]]]', '{,,,'])
      expect((await send(payload)).json().code).toBe('request.not-json');
  });
});
