import { createServer } from 'node:http';
import { afterEach, describe, expect, jest, test } from '@jest/globals';
import {
  exportJWK,
  exportSPKI,
  generateKeyPair,
  type JWTHeaderParameters,
  type JWTPayload,
  SignJWT,
  UnsecuredJWT,
} from 'jose';
import { systemIds } from '../system-ids.ts';
import { eventually } from '../testing/condition.ts';
import { closedPort, hangUp, listen } from '../testing/loopback.ts';
import { clockToleranceSeconds } from './clock-tolerance.ts';
import { createTokenVerifier } from './token-verifier.ts';

const key = await generateKeyPair('ES256', { extractable: true });
const stranger = await generateKeyPair('ES256', { extractable: true });
const jwk = { ...(await exportJWK(key.publicKey)), kid: 'now', alg: 'ES256', use: 'sig' };
const userId = systemIds.next('usr');

const seconds = () => Math.floor(Date.now() / 1000);
const claims = (changes: JWTPayload = {}): JWTPayload => ({
  iss: 'cloudmart',
  aud: 'cloudmart-api',
  sub: userId,
  sid: 'login-1',
  roles: ['customer'],
  iat: seconds(),
  exp: seconds() + 600,
  ...changes,
});
const header = (changes: Partial<JWTHeaderParameters> = {}) => ({
  alg: 'ES256',
  typ: 'at+jwt',
  kid: 'now',
  ...changes,
});
const sign = (payload: JWTPayload, parameters = header(), by = key) =>
  new SignJWT(payload).setProtectedHeader(parameters).sign(by.privateKey);

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  jest.useRealTimers();
  for (const close of closers.splice(0)) await close();
});

const everythingButDate = [
  ...(['hrtime', 'nextTick', 'performance', 'queueMicrotask', 'setImmediate', 'clearImmediate'] as const),
  ...(['setInterval', 'clearInterval', 'setTimeout', 'clearTimeout'] as const),
];

/** The user service's door for keys, counting how often it is asked. */
const keyDoor = async (keys: object[] = [jwk]) => {
  const door = { asked: 0, status: 200, url: '' };
  const server = createServer((_request, response) => {
    door.asked += 1;
    response.writeHead(door.status, { 'content-type': 'application/json' }).end(JSON.stringify({ keys }));
  });
  door.url = `http://127.0.0.1:${await listen(server)}/.well-known/jwks.json`;
  closers.push(() => hangUp(server));
  return door;
};

const refused = { kind: 'forbidden', code: 'token.invalid' };

describe('an access token', () => {
  test('becomes its customer', async () => {
    const { url } = await keyDoor();
    const verify = createTokenVerifier({ jwksUrl: url });
    expect(await verify(await sign(claims({ roles: ['customer', 'staff'] })))).toEqual({
      kind: 'customer',
      userId,
      sessionId: 'login-1',
      roles: ['customer', 'staff'],
    });
  });

  const hs256 = async () =>
    new SignJWT(claims())
      .setProtectedHeader(header({ alg: 'HS256' }))
      .sign(new TextEncoder().encode(await exportSPKI(key.publicKey)));
  const altered = async () => {
    const [head, , signature] = (await sign(claims())).split('.');
    return [head, Buffer.from(JSON.stringify(claims({ roles: ['staff'] }))).toString('base64url'), signature].join('.');
  };

  test.each<[string, () => Promise<string> | string]>([
    ['has no signature', () => new UnsecuredJWT(claims()).encode()],
    ['is signed with the public key as a secret', hs256],
    ['was altered', altered],
    ['brings its own key', () => sign(claims(), header({ jwk }))],
    ['names a place for keys', () => sign(claims(), header({ jku: 'https://attacker.example/jwks' }))],
    ['names a certificate', () => sign(claims(), header({ x5u: 'https://attacker.example/cert' }))],
    ['brings a certificate', () => sign(claims(), header({ x5c: ['MIIB'] }))],
    ['is signed by a stranger under our key id', () => sign(claims(), header(), stranger)],
    ['names an unknown key', () => sign(claims(), header({ kid: 'never' }))],
    ['is for another audience', () => sign(claims({ aud: 'payment' }))],
    ['is of another issuer', () => sign(claims({ iss: 'somebody' }))],
    ['is of another type', () => sign(claims(), header({ typ: 'JWT' }))],
    ['is signed by a stranger and expired', () => sign(claims({ exp: seconds() - 720 }), header(), stranger)],
    ['is not valid yet', () => sign(claims({ nbf: seconds() + 60 }))],
    ['never expires', () => sign(claims({ exp: undefined }))],
    ['names no session', () => sign(claims({ sid: undefined }))],
    ['names no user', () => sign(claims({ sub: 'ord_1' }))],
    ['has a role that does not exist', () => sign(claims({ roles: ['root'] }))],
    ['has no roles', () => sign(claims({ roles: undefined }))],
    ['is no token', () => 'rubbish'],
    ['is empty parts', () => '..'],
    ['has a header that is no JSON', () => 'AAAA.e30.AAAA'],
  ])('is refused when it %s', async (_case, token) => {
    const { url } = await keyDoor();
    await expect(createTokenVerifier({ jwksUrl: url })(await token())).rejects.toMatchObject(refused);
  });
});

describe('an access token whose time is over', () => {
  const verified = async (exp: number) => {
    const { url } = await keyDoor();
    return createTokenVerifier({ jwksUrl: url })(await sign(claims({ exp })));
  };

  test('is told so: its owner has only to refresh it', async () => {
    for (const age of [60, 720])
      await expect(verified(seconds() - age)).rejects.toMatchObject({ kind: 'unauthenticated', code: 'token.expired' });
  });

  test('is good a little longer, because the clocks of two services differ', async () => {
    expect(await verified(seconds() - 8)).toMatchObject({ userId });
  });
});

describe('the keys of access tokens', () => {
  test('are fetched once, and once more at most in the cooldown, however many unknown keys are named', async () => {
    const door = await keyDoor();
    const verify = createTokenVerifier({ jwksUrl: door.url, cooldownMs: 3_600_000 });
    await verify(await sign(claims()));
    for (let i = 0; i < 5; i++)
      await expect(verify(await sign(claims(), header({ kid: `k${i}` })))).rejects.toMatchObject(refused);
    expect(door.asked).toBe(1);
  });

  test('are fetched again for a key that was rotated in', async () => {
    const keys: object[] = [{ ...jwk, kid: 'before' }];
    const door = await keyDoor(keys);
    const verify = createTokenVerifier({ jwksUrl: door.url, cooldownMs: 0 });
    await verify(await sign(claims(), header({ kid: 'before' })));
    keys.push(jwk);
    await verify(await sign(claims()));
    expect(door.asked).toBe(2);
  });

  test('stay in use while the user service is away', async () => {
    const door = await keyDoor();
    const verify = createTokenVerifier({ jwksUrl: door.url, cacheMs: 0 });
    await verify(await sign(claims()));
    door.status = 503;
    await verify(await sign(claims({ sid: 'login-2' })));
    expect(door.asked).toBe(2);
    await expect(verify(await sign(claims(), header(), stranger))).rejects.toMatchObject(refused);
  });

  test('are not asked again for a token that was found good a moment ago', async () => {
    const door = await keyDoor();
    const verify = createTokenVerifier({ jwksUrl: door.url, cacheMs: 0 });
    const token = await sign(claims());
    expect(await verify(token)).toEqual(await verify(token));
    expect(door.asked).toBe(1);
    // The same claims under another signature are another token.
    await expect(verify(await sign(claims(), header(), stranger))).rejects.toMatchObject(refused);
  });

  test('are asked again once the token expired', async () => {
    const door = await keyDoor();
    const verify = createTokenVerifier({ jwksUrl: door.url });
    const now = Date.now();
    // The time of day alone, which stands still: sockets need their timers.
    jest.useFakeTimers({ now, doNotFake: everythingButDate });
    const token = await sign(claims({ exp: seconds() + 1 }));
    expect(await verify(token)).toEqual(await verify(token));
    jest.setSystemTime(now + (clockToleranceSeconds + 2) * 1000);
    await eventually(() => expect(verify(token)).rejects.toMatchObject({ code: 'token.expired' }));
  });

  test('that cannot be had make the check unavailable, not the token invalid', async () => {
    const verify = createTokenVerifier({ jwksUrl: `http://127.0.0.1:${closedPort}/jwks.json` });
    await expect(verify(await sign(claims()))).rejects.toMatchObject({ kind: 'unavailable', code: 'user.unavailable' });
    const door = await keyDoor();
    door.status = 500;
    await expect(createTokenVerifier({ jwksUrl: door.url })(await sign(claims()))).rejects.toMatchObject({
      kind: 'unavailable',
    });
  });
});
