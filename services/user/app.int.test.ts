import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createLocalJWKSet, decodeProtectedHeader, type JSONWebKeySet } from 'jose';
import { createTokenVerifier } from '../kit/auth/token-verifier.ts';
import { fakeClock } from '../kit/testing/fake-clock.ts';
import type { TestDatabase } from '../kit/testing/postgres.ts';
import { createSigningKeyRepository } from './storage/signing-key-repository.ts';
import { eventsOf, staffEmail, staffPassword, startUserService, userDatabase } from './testing/running-user-service.ts';
import { rotateSigningKeys } from './use-cases/rotate-signing-keys.ts';

type Service = Awaited<ReturnType<typeof startUserService>>;
const jwksOf = async ({ app }: Service) => {
  const answer = await app.http.inject('/.well-known/jwks.json');
  return { headers: answer.headers, keys: (answer.json() as JSONWebKeySet).keys };
};
const logIn = async ({ users }: Service, password = staffPassword) => {
  const { tokens } = await users.authenticate({ email: staffEmail, password });
  if (!tokens?.user) throw new Error('log-in answered without tokens');
  return { ...tokens, userId: tokens.user.id, kid: decodeProtectedHeader(tokens.accessToken).kid };
};

describe('the signing keys', () => {
  let store: TestDatabase;
  beforeAll(async () => {
    store = await userDatabase();
  });
  afterAll(() => store.drop());

  it('are made once by replicas that start together, and published without their private halves', async () => {
    const clock = fakeClock(new Date());
    const replicas = await Promise.all([startUserService(store, { clock }), startUserService(store, { clock })]);
    const [one, two] = await Promise.all(replicas.map(jwksOf));
    expect(one?.keys).toHaveLength(2);
    expect(two?.keys).toEqual(one?.keys);
    for (const key of one?.keys ?? [])
      expect(Object.keys(key).toSorted()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x'].toSorted());
    expect(one?.headers['cache-control']).toBe('public, max-age=300');
    for (const replica of replicas) await replica.stop();
  });

  it('rotate every 30 days without a refused token, on two replicas that never speak to each other', async () => {
    const clock = fakeClock(new Date());
    const replicas = await Promise.all([startUserService(store, { clock }), startUserService(store, { clock })]);
    const [one, two] = replicas as [Service, Service];
    const keys = createSigningKeyRepository(store.database, one.context.config.own.KEY_ENCRYPTION_SECRET);
    const verifyAt = async (verifier: Service, token: string) => {
      const { keys: published } = await jwksOf(verifier);
      return createTokenVerifier({ keys: createLocalJWKSet({ keys: published }) })(token);
    };
    const used = new Set<string | undefined>();
    const first = await logIn(one);
    const { userId } = first;
    let { accessToken, refreshToken } = first;
    for (let days = 0; days < 90; days += 10) {
      used.add(decodeProtectedHeader(accessToken).kid);
      expect(await verifyAt(two, accessToken)).toMatchObject({ userId, roles: ['customer', 'staff', 'admin'] });
      expect((await jwksOf(two)).keys.length).toBeLessThanOrEqual(4);
      clock.advance(10 * 86_400_000 - 1000);
      // The hourly job, which runs on one replica only.
      await rotateSigningKeys({ signingKeys: keys, clock });
      const { tokens } = await one.users.refresh({ refreshToken });
      ({ accessToken, refreshToken } = tokens ?? { accessToken: '', refreshToken: '' });
    }
    expect(used.size).toBe(3);
    for (const replica of replicas) await replica.stop();
  });

  it('lie encrypted in the database', async () => {
    const { rows } = await store.database.query<{ sealed_private_key: Buffer; public_jwk: object }>(
      'SELECT * FROM signing_keys',
    );
    for (const row of rows) {
      expect(JSON.stringify(row.public_jwk)).not.toContain('"d"');
      // The fixed beginning of every Ed25519 key in PKCS #8 (RFC 8410).
      expect(row.sealed_private_key.includes(Buffer.from('302e020100300506032b6570', 'hex'))).toBe(false);
    }
  });

  it('go on signing while the KEY_ENCRYPTION_SECRET of before is set, until everybody knows those of the new one', async () => {
    const clock = fakeClock(new Date());
    const before = await startUserService(store, { clock });
    const { secret: previousSecret } = before.context.config.own.KEY_ENCRYPTION_SECRET;
    const old = await logIn(before);
    const rotated = {
      KEY_ENCRYPTION_SECRET: { secret: 'a rotated secret of more than 32 characters', previousSecret },
    };
    const after = await startUserService(store, { clock, own: rotated });
    expect((await logIn(after)).kid).toBe(old.kid);
    const { keys: known } = await jwksOf(after);
    const keys = createSigningKeyRepository(store.database, rotated.KEY_ENCRYPTION_SECRET);
    for (let minutes = 0; minutes < 61; minutes += 20) {
      clock.advance(20 * 60_000);
      await rotateSigningKeys({ signingKeys: keys, clock });
    }
    const fresh = await logIn(after);
    expect(fresh.kid).not.toBe(old.kid);
    expect(known.map(({ kid }) => kid)).toContain(fresh.kid);
    expect((await jwksOf(after)).keys).toHaveLength(known.length);
    clock.advance(31 * 86_400_000);
    await rotateSigningKeys({ signingKeys: keys, clock });
    const ofNewest = (await keys.list()).filter(({ isOfFormerSecret, privateKey }) => privateKey && !isOfFormerSecret);
    expect(ofNewest.map(({ kid }) => kid)).toContain((await logIn(after)).kid);
    for (const replica of [before, after]) await replica.stop();
  });

  it('are joined by new ones when KEY_ENCRYPTION_SECRET changes and that of before is not set, and the old tokens stay good', async () => {
    const clock = fakeClock(new Date());
    const before = await startUserService(store, { clock });
    const old = await logIn(before);
    await before.stop();
    const after = await startUserService(store, {
      clock,
      own: { KEY_ENCRYPTION_SECRET: { secret: 'another secret of at least 32 characters' } },
    });
    const fresh = await logIn(after);
    expect(fresh.kid).not.toBe(old.kid);
    for (const { accessToken } of [old, fresh]) {
      const { user } = await after.users.getProfile({}, { authorization: `Bearer ${accessToken}` });
      expect(user?.email).toBe(staffEmail);
    }
    await after.stop();
  });
});

describe('the first staff account', () => {
  let store: TestDatabase;
  beforeAll(async () => {
    store = await userDatabase();
  });
  afterAll(() => store.drop());

  it('is made once by replicas that start together', async () => {
    const replicas = await Promise.all([startUserService(store), startUserService(store)]);
    const [service] = replicas as [Service, Service];
    const { user, userId } = await logIn(service);
    expect(user).toMatchObject({ email: staffEmail, roles: ['customer', 'staff', 'admin'] });
    expect((await eventsOf(store, userId)).map(({ type }) => type)).toEqual(['user.registered.v1']);
    for (const replica of replicas) await replica.stop();
  });

  it('keeps a password that its owner chose, over restarts', async () => {
    const first = await startUserService(store);
    const { accessToken } = await logIn(first);
    const password = 'chosen by the owner';
    await first.users.updateProfile(
      { password, currentPassword: staffPassword },
      { authorization: `Bearer ${accessToken}` },
    );
    await first.stop();
    const second = await startUserService(store);
    await expect(logIn(second)).rejects.toMatchObject({ code: 'auth.invalid-credentials' });
    expect((await logIn(second, password)).user?.email).toBe(staffEmail);
    await second.stop();
  });

  it('gets a new configured password, and every session begun with the old one ends', async () => {
    const before = await startUserService(store);
    const { refreshToken } = await logIn(before, 'chosen by the owner');
    await before.stop();
    const own = { STAFF_PASSWORD: 'a rotated staff password' };
    const after = await startUserService(store, { own });
    expect((await logIn(after, own.STAFF_PASSWORD)).user?.roles).toEqual(['customer', 'staff', 'admin']);
    await expect(after.users.refresh({ refreshToken })).rejects.toMatchObject({ code: 'auth.invalid-refresh-token' });
    await after.stop();
  });

  it('takes over an account that a customer made with the address', async () => {
    const email = 'later-staff@example.com';
    const before = await startUserService(store);
    const { tokens } = await before.users.register({ email, password: 'a customer password', name: 'Eve' });
    await before.stop();
    const after = await startUserService(store, { own: { STAFF_EMAIL: email } });
    const { tokens: staff } = await after.users.authenticate({ email, password: staffPassword });
    expect(staff?.user).toMatchObject({ id: tokens?.user?.id, roles: ['customer', 'staff', 'admin'] });
    await expect(after.users.refresh({ refreshToken: tokens?.refreshToken ?? '' })).rejects.toMatchObject({
      kind: 'unauthenticated',
    });
    await after.stop();
  });
});
