import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { decodeJwt, decodeProtectedHeader, type JWTPayload, SignJWT } from 'jose';
import { createTokenVerifier } from '../../kit/auth/token-verifier.ts';
import type { TestDatabase } from '../../kit/testing/postgres.ts';
import { Refusal } from '../../kit/values/refusal.ts';
import { createSigningKeyRepository } from '../storage/signing-key-repository.ts';
import {
  type RunningUserService,
  staffEmail,
  staffPassword,
  startUserService,
  userDatabase,
} from '../testing/running-user-service.ts';

let store: TestDatabase;
let service: RunningUserService;
let accessToken: string;
let signing: { kid: string; privateKey: KeyObject; publicPem: string };
let jwksUrl: string;
beforeAll(async () => {
  store = await userDatabase();
  service = await startUserService(store);
  accessToken =
    (await service.users.authenticate({ email: staffEmail, password: staffPassword })).tokens?.accessToken ?? '';
  const { kid } = decodeProtectedHeader(accessToken);
  const keys = await createSigningKeyRepository(
    store.database,
    service.context.config.own.KEY_ENCRYPTION_SECRET,
  ).list();
  const key = keys.find((each) => each.kid === kid);
  if (!kid || !key?.privateKey) throw new Error('the token names a key that is not there');
  const publicPem = createPublicKey({ key: key.publicJwk, format: 'jwk' })
    .export({ format: 'pem', type: 'spki' })
    .toString();
  signing = { kid, privateKey: key.privateKey, publicPem };
  jwksUrl = `${await service.app.http.listen({ host: '127.0.0.1', port: 0 })}/.well-known/jwks.json`;
});
afterAll(async () => {
  await service.stop();
  await store.drop();
});

type Header = { alg: string; typ?: string; kid?: string; [name: string]: unknown };
const now = () => Math.floor(Date.now() / 1000);
const base64 = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** The good token with parts of it changed, signed with the real key unless another is given. */
const forge = (changes: { header?: Partial<Header>; payload?: JWTPayload; key?: KeyObject | Uint8Array } = {}) => {
  const payload: JWTPayload = { ...decodeJwt(accessToken), ...changes.payload };
  for (const [name, value] of Object.entries(payload)) if (value === undefined) delete payload[name];
  return new SignJWT(payload)
    .setProtectedHeader({ ...decodeProtectedHeader(accessToken), alg: 'EdDSA', ...changes.header })
    .sign(changes.key ?? signing.privateKey);
};
const stranger = () => generateKeyPairSync('ed25519');
const [head, body, signature] = ['header', 'payload', 'signature'].map(
  (_, index) => () => accessToken.split('.')[index] ?? '',
) as [() => string, () => string, () => string];

const attacks: [string, () => Promise<string> | string][] = [
  ['an unsigned token', () => `${base64({ ...decodeProtectedHeader(accessToken), alg: 'none' })}.${body()}.`],
  [
    'an unsigned token that keeps the signature',
    () => `${base64({ ...decodeProtectedHeader(accessToken), alg: 'none' })}.${body()}.${signature()}`,
  ],
  [
    'HS256 with the public key as secret',
    () => forge({ header: { alg: 'HS256' }, key: Buffer.from(signing.publicPem) }),
  ],
  ['the key of a stranger under our key id', () => forge({ key: stranger().privateKey })],
  ['a key id that nobody published', () => forge({ header: { kid: 'unknown' } })],
  [
    'a key in the header',
    () => {
      const pair = stranger();
      return forge({ header: { jwk: pair.publicKey.export({ format: 'jwk' }) }, key: pair.privateKey });
    },
  ],
  ['a URL of keys in the header', () => forge({ header: { jku: 'https://evil.example/jwks.json' } })],
  ['a URL of certificates in the header', () => forge({ header: { x5u: 'https://evil.example/cert.pem' } })],
  [
    'a critical header that nobody knows',
    () => `${base64({ ...decodeProtectedHeader(accessToken), crit: ['b64'], b64: false })}.${body()}.${signature()}`,
  ],
  ['another issuer', () => forge({ payload: { iss: 'evil' } })],
  ['another audience', () => forge({ payload: { aud: 'cloudmart-admin' } })],
  ['no audience', () => forge({ payload: { aud: undefined } as JWTPayload })],
  ['another type', () => forge({ header: { typ: 'JWT' } })],
  ['no type', () => forge({ header: { typ: undefined } as Partial<Header> })],
  ['no expiry', () => forge({ payload: { exp: undefined } as JWTPayload })],
  ['a token of the future', () => forge({ payload: { nbf: now() + 600 } })],
  ['no account', () => forge({ payload: { sub: undefined } as JWTPayload })],
  ['an account id of another kind', () => forge({ payload: { sub: 'ord_01jf0000000000000000000001' } })],
  ['no session', () => forge({ payload: { sid: undefined } as JWTPayload })],
  ['a role that does not exist', () => forge({ payload: { roles: ['owner'] } })],
  ['roles that are no list', () => forge({ payload: { roles: 'staff' } })],
  ['a changed payload', () => `${head()}.${base64({ ...decodeJwt(accessToken), roles: ['staff'] })}.${signature()}`],
  ['a cut signature', () => accessToken.slice(0, -4)],
  ['no signature', () => `${head()}.${body()}.`],
  ['five parts', () => `${accessToken}.x.y`],
  ['no token at all', () => 'x'],
  ['a very long token', () => `${head()}.${'A'.repeat(6_000)}.${signature()}`],
];

describe('an access token', () => {
  it('opens the door of the user service and that of any service with its public keys', async () => {
    const { user } = await service.users.getProfile({}, { authorization: `Bearer ${await forge()}` });
    expect(user?.email).toBe(staffEmail);
    expect(await createTokenVerifier({ jwksUrl })(accessToken)).toMatchObject({
      userId: user?.id,
      roles: ['customer', 'staff', 'admin'],
    });
  });

  it('whose time is over is told so, here and elsewhere', async () => {
    const token = await forge({ payload: { exp: now() - 60 } });
    const refused = { kind: 'unauthenticated', code: 'token.expired' };
    await expect(service.users.getProfile({}, { authorization: `Bearer ${token}` })).rejects.toMatchObject(refused);
    await expect(createTokenVerifier({ jwksUrl })(token)).rejects.toMatchObject(refused);
  });

  it.each(attacks)('is refused with %s, here and elsewhere', async (_title, make) => {
    const token = await make();
    const refused = { kind: 'forbidden', code: 'token.invalid' };
    await expect(service.users.getProfile({}, { authorization: `Bearer ${token}` })).rejects.toMatchObject(refused);
    await expect(createTokenVerifier({ jwksUrl })(token)).rejects.toMatchObject(refused);
  });

  it('with unknown key ids makes a verifier fetch the keys once, not once for each', async () => {
    let refused = 0;
    const verify = createTokenVerifier({ jwksUrl });
    service.context.metrics.registry.resetMetrics();
    for (let i = 0; i < 10; i += 1)
      await verify(await forge({ header: { kid: `unknown-${i}` } })).catch((problem: unknown) => {
        if (problem instanceof Refusal) refused += 1;
      });
    expect(refused).toBe(10);
    const { text } = await service.context.metrics.page();
    const answered = /http_requests_total\{[^}]*jwks[^}]*\} (\d+)/.exec(text)?.[1];
    expect(Number(answered)).toBeLessThanOrEqual(2);
  });
});
