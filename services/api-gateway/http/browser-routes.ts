import * as z from 'zod';
import type { HttpClient } from '../../kit/http/http-client.ts';
import type { HttpServer } from '../../kit/http/http-server.ts';

const configAnswer = z.strictObject({ apiBase: z.string() });
const jwksAnswer = z.looseObject({ keys: z.array(z.record(z.string(), z.unknown())) });

/** What browsers and other programs read before they call: where the API is, and the keys of its tokens. */
export const addBrowserRoutes = (http: HttpServer, users: HttpClient): void => {
  http.get(
    '/config.json',
    {
      config: { access: 'public' },
      schema: { tags: ['start'], summary: 'Where the API is', response: { 200: configAnswer } },
    },
    async () => ({ apiBase: '/api/v1' }),
  );

  http.get(
    '/.well-known/jwks.json',
    {
      config: { access: 'public' },
      schema: {
        tags: ['start'],
        summary: 'Public keys of the access tokens (RFC 7517)',
        response: { 200: jwksAnswer },
      },
    },
    async (_request, reply) => {
      const { body } = await users.request({ method: 'GET', path: '/.well-known/jwks.json' });
      reply.header('cache-control', 'public, max-age=300');
      return jwksAnswer.parse(body);
    },
  );
};
