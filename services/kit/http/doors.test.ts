import { afterEach, describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import { testContext } from '../testing/context.ts';
import { requireDeclaredRefusals } from '../testing/declared-refusals.ts';
import { testManifest } from '../testing/manifest.ts';
import { Refusal } from '../values/refusal.ts';
import { addDoors, type DoorHandlers, type ServedDoors } from './doors.ts';
import { createHttpServer, type HttpServer } from './http-server.ts';

const open: HttpServer[] = [];
afterEach(async () => {
  for (const http of open.splice(0)) await http.close();
});

const box = z.strictObject({ name: z.string(), size: z.int() });
const all = { access: 'public', tags: ['boxes'], summary: 'A box' } as const;
const doors = {
  make: {
    ...all,
    method: 'POST',
    path: '/boxes',
    headers: z.looseObject({ 'x-colour': z.string().optional() }),
    body: box,
    answers: { 201: box },
    answerHeaders: z.object({ location: z.string(), 'x-again': z.literal('true').optional() }),
    errors: ['box.taken'],
  },
  find: {
    ...all,
    method: 'GET',
    path: '/boxes/:name',
    params: z.strictObject({ name: z.string() }),
    query: z.strictObject({ size: z.coerce.number().int().default(7) }),
    answers: { 200: box },
  },
  remove: { ...all, method: 'DELETE', path: '/boxes/:name', access: 'staff', answers: { 204: z.null() } },
} as const satisfies ServedDoors;

const handlers: DoorHandlers<typeof doors> = {
  make: async ({ body, headers }) => {
    if (body.name === 'taken') throw new Refusal('conflict', 'box.taken', 'There is such a box.');
    if (body.name === 'odd') throw new Refusal('conflict', 'box.odd', 'Nobody knows this code.');
    const again = headers['x-colour'] === 'red' ? ({ 'x-again': 'true' } as const) : {};
    return { headers: { location: `/boxes/${body.name}`, ...again }, body };
  },
  find: async ({ params: { name }, query: { size } }) => ({ name, size }),
  remove: async () => {},
};

const serve = async (prefix?: string) => {
  const context = testContext(testManifest());
  const http = await createHttpServer({ context });
  open.push(http);
  addDoors(http, doors, handlers, prefix === undefined ? {} : { prefix });
  const make = (name: string, headers: Record<string, string> = {}) =>
    http.inject({ method: 'POST', url: `${prefix ?? ''}/boxes`, headers, payload: { name, size: 1 } });
  return { context, http, make };
};

describe('a table of doors', () => {
  test('does not compile without a handler for each, nor with one that answers something else', () => {
    // @ts-expect-error `remove` is missing.
    const incomplete: DoorHandlers<typeof doors> = { make: handlers.make, find: handlers.find };
    // @ts-expect-error A box has a size.
    const wrong: DoorHandlers<typeof doors> = { ...handlers, find: async () => ({ name: 'a' }) };
    expect(Object.keys(wrong)).not.toEqual(Object.keys(incomplete));
  });

  test('answers with the status of each, and hands checked values to its handler', async () => {
    const { http, make } = await serve();
    expect((await make('a')).statusCode).toBe(201);
    expect((await http.inject('/boxes/a')).json()).toEqual({ name: 'a', size: 7 });
    expect((await http.inject('/boxes/a?size=1.5')).statusCode).toBe(400);
    expect((await http.inject({ method: 'POST', url: '/boxes', payload: { name: 'a' } })).statusCode).toBe(400);
  });

  test('sends the headers that a door promises, and a place below the prefix under which it is served', async () => {
    const { make } = await serve('/api/v9');
    expect((await make('a')).headers).toMatchObject({ location: '/api/v9/boxes/a' });
    expect((await make('a')).headers).not.toHaveProperty('x-again');
    expect((await make('a', { 'x-colour': 'red' })).headers['x-again']).toBe('true');
  });

  test('describes these headers', async () => {
    const { http } = await serve();
    const { paths } = (await http.inject('/openapi.json')).json();
    expect(paths['/boxes'].post.responses[201].headers).toEqual({
      location: { schema: { type: 'string' } },
      'x-again': { schema: { type: 'string', const: 'true' } },
    });
  });

  test('lets in whom the table lets in', async () => {
    const { http } = await serve();
    expect((await http.inject({ method: 'DELETE', url: '/boxes/a' })).statusCode).toBe(401);
  });

  test('has in each route what its door has, and nothing that is undefined', async () => {
    const schemas: object[] = [];
    const http = await createHttpServer({ context: testContext(testManifest()) });
    open.push(http);
    http.addHook('onRoute', ({ config, schema }) => {
      if (config?.door) schemas.push(schema ?? {});
    });
    addDoors(http, doors, handlers);
    expect(schemas.length).toBeGreaterThan(2);
    for (const schema of schemas) expect(Object.values(schema)).not.toContain(undefined);
  });

  test('tells the events of a door until the last, each under its name', async () => {
    const context = testContext(testManifest());
    const http = await createHttpServer({ context });
    open.push(http);
    const watch = {
      ...all,
      method: 'GET',
      path: '/boxes/:name/events',
      params: z.strictObject({ name: z.string() }),
      answers: {},
      events: { name: 'box', data: box, isLast: ({ size }: z.output<typeof box>) => size === 2 },
    } as const satisfies ServedDoors[string];
    let opened = 0;
    const handler: DoorHandlers<{ watch: typeof watch }> = {
      watch: async function* ({ params: { name } }) {
        opened += 1;
        for (const size of [1, 2]) yield { id: size, data: { name, size } };
      },
    };
    expect(() => addDoors(http, { watch }, handler)).toThrow('stopping');
    addDoors(http, { watch }, handler, { stopping: context.stopping });
    const { body } = await http.inject('/boxes/a/events');
    expect(body).toBe(
      'id: 1\nevent: box\ndata: {"name":"a","size":1}\n\nid: 2\nevent: box\ndata: {"name":"a","size":2}\n\n',
    );
    const after = await http.inject({ url: '/boxes/a/events', headers: { 'last-event-id': '2' } });
    expect([after.statusCode, after.body]).toEqual([200, expect.not.stringContaining('id: 1')]);
    expect(opened).toBe(2);

    // It could not be seen, would count, and would end after a quarter of an hour (L7).
    expect((await http.inject({ method: 'HEAD', url: '/boxes/a/events' })).statusCode).toBe(405);
    expect(opened).toBe(2);
  });

  test('counts the refusals that the table does not name', async () => {
    const { context, http, make } = await serve();
    expect((await make('taken')).statusCode).toBe(409);
    await http.inject('/boxes/a?colour=red');
    await requireDeclaredRefusals(context);
    expect((await make('odd')).statusCode).toBe(409);
    await expect(requireDeclaredRefusals(context)).rejects.toThrow('code="box.odd"');
  });
});
