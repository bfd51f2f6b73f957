import * as z from 'zod';
import type { HttpClient } from '../../kit/http/http-client.ts';
import type { HttpServer } from '../../kit/http/http-server.ts';

const configAnswer = z.strictObject({ apiBase: z.string() }).meta({ example: { apiBase: '/api/v1' } });
const jwksAnswer = z.looseObject({ keys: z.array(z.record(z.string(), z.unknown())) }).meta({
  example: { keys: [{ kty: 'OKP', crv: 'Ed25519', kid: 'key-1', x: 'base64url', use: 'sig', alg: 'EdDSA' }] },
});

/** What people and programs find before they call: the page about the API, where the API is, and the keys of its tokens. */
export const addBrowserRoutes = (http: HttpServer, users: HttpClient): void => {
  http.get('/', { config: { access: 'public' }, schema: { hide: true } }, async (_request, reply) =>
    reply
      .code(302)
      .header('location', '/docs')
      .type('text/plain; charset=utf-8')
      .send('The API of this shop is described at /docs.\n'),
  );

  http.get(
    '/config.json',
    {
      config: { access: 'public' },
      schema: { tags: ['discovery'], summary: 'Where the API is', response: { 200: configAnswer } },
    },
    async () => ({ apiBase: '/api/v1' }),
  );

  http.get(
    '/.well-known/jwks.json',
    {
      config: { access: 'public' },
      schema: {
        tags: ['discovery'],
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
