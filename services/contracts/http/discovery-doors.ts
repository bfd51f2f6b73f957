/** What programs read before they call, at the root and not below `/api/v1`. */
import { z } from 'zod';
import type { Doors } from './door.ts';
import { siteConfigSchema } from './site-config.ts';

const anybody = { access: 'public', tags: ['discovery'], method: 'GET' } as const;

const keysAnswer = z.looseObject({ keys: z.array(z.record(z.string(), z.unknown())) }).meta({
  example: { keys: [{ kty: 'OKP', crv: 'Ed25519', kid: 'key-1', x: 'base64url', use: 'sig', alg: 'EdDSA' }] },
});

/** Answered by the gateway itself; a site has a file of that name beside its pages. */
export const siteDoors = {
  config: { ...anybody, path: '/config.json', summary: 'Where the API is', answers: { 200: siteConfigSchema } },
} as const satisfies Doors;

/** Answered by the user service. */
export const keyDoors = {
  keys: {
    ...anybody,
    path: '/.well-known/jwks.json',
    summary: 'Public keys of the access tokens (RFC 7517)',
    answers: { 200: keysAnswer },
    answerHeaders: z.object({ 'cache-control': z.string() }),
  },
} as const satisfies Doors;
