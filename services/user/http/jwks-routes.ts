import { z } from 'zod';
import type { HttpServer } from '../../kit/http/fastify-zod.ts';
import type { KeyRing } from '../clients/key-ring.ts';

const jwksAnswer = z.object({ keys: z.array(z.record(z.string(), z.unknown())) });

/** The public halves of the next, the current and the previous signing key (RFC 7517). */
export const addJwksRoutes = (http: HttpServer, keyRing: KeyRing): void => {
  http.get(
    '/.well-known/jwks.json',
    { config: { access: 'public' }, schema: { response: { 200: jwksAnswer } } },
    async (_request, reply) => {
      reply.header('cache-control', 'public, max-age=300');
      return jwksAnswer.parse(await keyRing.published());
    },
  );
};
