import { afterEach, describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import { testContext } from '../testing/context.ts';
import { testManifest } from '../testing/manifest.ts';
import { Refusal } from '../values/refusal.ts';
import { NotModified } from './conditional-answers.ts';
import { addDoors, type ServedDoors } from './doors.ts';
import { createHttpServer, type HttpServer } from './http-server.ts';

const open: HttpServer[] = [];
afterEach(async () => {
  for (const http of open.splice(0)) await http.close();
});

const all = {
  method: 'GET',
  access: 'public',
  tags: ['boxes'],
  summary: 'A box',
  cacheControl: 'public, no-cache',
} as const;
const doors = {
  find: {
    ...all,
    path: '/boxes/:name',
    params: z.strictObject({ name: z.string() }),
    answers: { 200: z.strictObject({ name: z.string(), size: z.int() }) },
    errors: ['box.unknown'],
  },
  picture: {
    ...all,
    path: '/picture',
    answers: { 200: z.instanceof(Uint8Array) },
    answerHeaders: z.object({ 'content-type': z.string(), 'cache-control': z.string() }),
    media: ['image/png'],
  },
} as const satisfies ServedDoors;

const serve = async () => {
  const http = await createHttpServer({ context: testContext(testManifest()) });
  open.push(http);
  let size = 1;
  addDoors(http, doors, {
    find: async ({ params: { name } }) => {
      if (name === 'unknown') throw new Refusal('missing', 'box.unknown', 'There is no such box.');
      if (name === 'behind') return new NotModified({ etag: 'W/"1"', 'cache-control': 'no-cache', server: 'x' });
      return { name, size };
    },
    picture: async () => ({
      headers: { 'content-type': 'image/png', 'cache-control': 'public, immutable' },
      body: new Uint8Array([0, 255, 13, 10]),
    }),
  });
  return {
    http,
    grow: () => {
      size += 1;
    },
    ask: (path: string, tag?: string) =>
      http.inject({ url: path, headers: tag === undefined ? {} : { 'if-none-match': tag } }),
  };
};

describe('a door whose answer may be kept', () => {
  test('tells how, with a tag; and 304 without a body to whom has it', async () => {
    const { ask, grow } = await serve();
    const first = await ask('/boxes/a');
    expect(first.headers).toMatchObject({
      etag: expect.stringMatching(/^W\/"[\w-]{27}"$/),
      'cache-control': 'public, no-cache',
    });
    const tag = String(first.headers.etag);
    for (const known of [tag, tag.slice(2), `"other", ${tag}`, '*']) {
      const again = await ask('/boxes/a', known);
      expect([known, again.statusCode, again.body, again.headers.etag]).toEqual([known, 304, '', tag]);
      expect(again.headers).not.toHaveProperty('content-type');
      expect(again.headers).toMatchObject({ 'cache-control': 'public, no-cache' });
    }
    grow();
    const changed = await ask('/boxes/a', tag);
    expect([changed.statusCode, changed.json()]).toEqual([200, { name: 'a', size: 2 }]);
    expect(changed.headers.etag).not.toBe(tag);
  });

  test('answers a HEAD likewise', async () => {
    const { http, ask } = await serve();
    const { etag } = (await ask('/boxes/a')).headers;
    const head = await http.inject({ method: 'HEAD', url: '/boxes/a' });
    expect([head.statusCode, head.body, head.headers.etag]).toEqual([200, '', etag]);
  });

  test('lets nobody keep a refusal', async () => {
    const { ask } = await serve();
    const { statusCode, headers } = await ask('/boxes/unknown', '*');
    expect([statusCode, headers['cache-control'], headers.etag]).toEqual([404, 'no-store', undefined]);
  });

  test('passes on that nothing changed, with what a cache needs and nothing else', async () => {
    const { ask } = await serve();
    const { statusCode, headers, body } = await ask('/boxes/behind');
    expect([statusCode, headers.etag, headers['cache-control'], headers['server'], body]).toEqual([
      304,
      'W/"1"',
      'no-cache',
      undefined,
      '',
    ]);
  });
});

describe('a door that answers bytes', () => {
  test('sends them as they are, with the headers of its handler, to pages of anybody', async () => {
    const { ask } = await serve();
    const { rawPayload, headers } = await ask('/picture');
    expect([...rawPayload]).toEqual([0, 255, 13, 10]);
    expect(headers).toMatchObject({
      'content-type': 'image/png',
      'cache-control': 'public, immutable',
      'cross-origin-resource-policy': 'cross-origin',
      'x-content-type-options': 'nosniff',
    });
    expect((await ask('/picture', headers.etag)).statusCode).toBe(304);
  });

  test('is described by its media types', async () => {
    const { http } = await serve();
    const description = (await http.inject('/openapi.json')).json();
    expect(description.paths['/picture'].get.responses[200].content).toEqual({
      'image/png': { schema: { type: 'string', format: 'binary' } },
    });
  });
});
