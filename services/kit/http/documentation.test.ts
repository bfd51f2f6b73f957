import { describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import { testContext } from '../testing/context.ts';
import { testManifest } from '../testing/manifest.ts';
import { addDoors } from './doors.ts';
import { createHttpServer } from './http-server.ts';

const description = async () => {
  const http = await createHttpServer({ context: testContext(testManifest()) });
  http.post(
    '/orders/:id/cancel',
    {
      config: { access: 'customer-or-guest' },
      schema: {
        params: z.strictObject({ id: z.string() }),
        body: z.strictObject({ reason: z.string().max(200) }),
        response: { 200: z.strictObject({ status: z.string() }) },
      },
    },
    async () => ({ status: 'cancelled' }),
  );
  http.get('/bare', { config: { access: 'staff' } }, async () => ({}));
  const open = {
    method: 'GET',
    path: '/open',
    access: 'customer-or-guest',
    tags: ['shop'],
    summary: 'Begins a session',
  } as const;
  addDoors(
    http,
    { open: { ...open, newGuest: 'goes-on', answers: { 204: z.null() } } },
    { open: async () => undefined },
  );
  return (await http.inject('/openapi.json')).json();
};

describe('the description of an API', () => {
  test('has every route with its schemas, who may call it and how it says no', async () => {
    const { paths } = await description();
    const cancel = paths['/orders/{id}/cancel'].post;
    expect(cancel.security).toEqual([{ accessToken: [] }, { guestSession: [] }]);
    expect(cancel.requestBody.content['application/json'].schema.properties.reason.maxLength).toBe(200);
    expect(cancel.responses['200'].content['application/json'].schema.required).toEqual(['status']);
    expect(cancel.responses.default.content['application/problem+json'].schema).toEqual({
      $ref: '#/components/schemas/Problem',
    });
    expect(paths['/bare'].get.security).toEqual([{ accessToken: [] }]);
    expect(paths['/open'].get.security).toEqual([{}, { accessToken: [] }, { guestSession: [] }]);
    expect(Object.keys(paths['/bare'].get.responses)).toEqual(['200', 'default']);
  });

  test('puts the doors of the service before those that keep it alive', async () => {
    const { paths, tags } = await description();
    expect(tags.map(({ name }: { name: string }) => name)).toEqual(['shop', 'operations']);
    expect(Object.keys(paths)).toEqual([
      '/orders/{id}/cancel',
      '/bare',
      '/open',
      '/health',
      '/health/live',
      '/health/startup',
      '/health/ready',
      '/health/detailed',
      '/metrics',
    ]);
  });

  test('has the routes of the kit, and not the pages about itself', async () => {
    const { paths, components } = await description();
    expect(Object.keys(paths)).toEqual(expect.arrayContaining(['/health', '/health/ready', '/metrics']));
    expect(Object.keys(paths).filter((path) => /docs|openapi/.test(path))).toEqual([]);
    expect(Object.keys(paths['/metrics'].get.responses['200'].content)).toEqual(['text/plain']);
    expect(components.schemas.Problem.required).toContain('code');
  });
});
