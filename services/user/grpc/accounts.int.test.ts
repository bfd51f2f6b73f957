import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { decodeJwt } from 'jose';
import { userEventSchema } from '../../contracts/events/user-events.ts';
import type { TestDatabase } from '../../kit/testing/postgres.ts';
import { Refusal } from '../../kit/values/refusal.ts';
import {
  answersOf,
  eventsOf,
  type RunningUserService,
  startUserService,
  userDatabase,
} from '../testing/running-user-service.ts';

let store: TestDatabase;
let service: RunningUserService;
let people = 0;
beforeAll(async () => {
  store = await userDatabase();
  service = await startUserService(store);
});
afterAll(async () => {
  await service.stop();
  await store.drop();
});

const newPerson = () => ({
  email: `person-${++people}@example.com`,
  password: 'a password nobody guesses',
  name: 'Ada Lovelace',
});
const register = async () => {
  const person = newPerson();
  const { tokens } = await service.users.register(person);
  if (!tokens?.user) throw new Error('registration answered without tokens');
  return { ...person, ...tokens, userId: tokens.user.id, authorization: `Bearer ${tokens.accessToken}` };
};
const typesOf = async (userId: string) => (await eventsOf(store, userId)).map(({ type, sequence }) => [sequence, type]);

/** What is told of a new account: that it is there, and that its address is to be proved. */
const atFirst = [
  [1, 'user.registered.v1'],
  [2, 'user.mail-requested.v1'],
];

describe('registration', () => {
  it('makes an account, signs it in and says so in one event', async () => {
    const person = await register();
    expect(person.user).toMatchObject({ email: person.email, name: 'Ada Lovelace', roles: ['customer'] });
    expect(decodeJwt(person.accessToken)).toMatchObject({
      iss: 'cloudmart',
      aud: 'cloudmart-api',
      sub: person.userId,
      roles: ['customer'],
    });
    expect(person.expiresIn).toBe(600);
    const [event] = await eventsOf(store, person.userId);
    expect(userEventSchema.parse(event)).toMatchObject({
      type: 'user.registered.v1',
      sequence: 1,
      subject: person.userId,
    });
    expect(JSON.stringify(event)).not.toMatch(/example\.com|Ada|password/);
  });

  it('refuses an address that is taken, in any case, and leaves the account as it was', async () => {
    const person = await register();
    const again = { email: person.email.toUpperCase(), password: 'another good password', name: 'Eve' };
    await expect(service.users.register(again)).rejects.toMatchObject({ kind: 'conflict', code: 'user.email-taken' });
    const { user } = await service.users.getProfile({}, { authorization: person.authorization });
    expect(user?.name).toBe('Ada Lovelace');
    expect(await typesOf(person.userId)).toEqual(atFirst);
  });

  it('makes one account of eight that want the same address at once', async () => {
    const person = newPerson();
    const outcomeOf = () =>
      service.users.register(person).then(
        () => 'made',
        (problem: unknown) => {
          if (problem instanceof Refusal && problem.kind !== 'unavailable') return problem.code;
          throw problem;
        },
      );
    const outcomes = await answersOf(Array.from({ length: 8 }, outcomeOf));
    expect(new Set(outcomes).isSubsetOf(new Set(['made', 'user.email-taken']))).toBe(true);
    expect(outcomes.filter((outcome) => outcome === 'made').length).toBeLessThanOrEqual(1);
    expect((await store.database.query('SELECT 1 FROM users WHERE email = $1', [person.email])).rowCount).toBe(1);
  });

  it('refuses common passwords and names the field', async () => {
    await expect(service.users.register({ ...newPerson(), password: 'Password123' })).rejects.toMatchObject({
      kind: 'invalid',
      code: 'user.password-too-common',
      errors: [expect.objectContaining({ path: 'password' })],
    });
  });

  it.each([
    [{ email: 'nobody' }, 'email'],
    [{ password: 'short' }, 'password'],
    [{ password: 'x'.repeat(129) }, 'password'],
    [{ name: '  ' }, 'name'],
    [{ name: 'two\nlines' }, 'name'],
  ])('refuses %j whoever calls', async (wrong, path) => {
    await expect(service.users.register({ ...newPerson(), ...wrong })).rejects.toMatchObject({
      code: 'request.invalid',
      errors: [expect.objectContaining({ path })],
    });
  });

  it('takes passwords of 8 to 128 characters of any kind', async () => {
    for (const password of ['zq-8kx1!', '\u{1f431}'.repeat(60), '   spaces   '])
      expect((await service.users.register({ ...newPerson(), password })).tokens?.user).toBeDefined();
  });

  it('stores neither password nor refresh token', async () => {
    const person = await register();
    const { rows } = await store.database.query<{ dump: string }>(
      `SELECT (SELECT json_agg(u)::text FROM users u) || (SELECT json_agg(t)::text FROM refresh_tokens t) || (SELECT json_agg(o)::text FROM outbox o) AS dump`,
    );
    expect(rows[0]?.dump).toContain('$argon2id$v=19$m=19456,t=2,p=1$');
    expect(rows[0]?.dump).not.toContain(person.password);
    expect(rows[0]?.dump).not.toContain(person.refreshToken);
    expect(rows[0]?.dump).not.toContain(Buffer.from(person.refreshToken).toString('hex'));
  });
});

describe('the own profile', () => {
  it('changes its name, with an event only when it really changed', async () => {
    const { authorization, userId } = await register();
    const { user } = await service.users.updateProfile({ name: 'Grace' }, { authorization });
    expect(user?.name).toBe('Grace');
    await service.users.updateProfile({ name: 'Grace' }, { authorization });
    expect(await typesOf(userId)).toEqual([...atFirst, [3, 'user.profile-changed.v1']]);
  });

  it('changes its password, keeps this session and ends all others', async () => {
    const person = await register();
    const other = await service.users.authenticate({ email: person.email, password: person.password });
    const password = 'a completely new password';
    const change = { password, currentPassword: person.password };
    await service.users.updateProfile(change, { authorization: person.authorization });
    await expect(service.users.refresh({ refreshToken: other.tokens?.refreshToken ?? '' })).rejects.toMatchObject({
      code: 'auth.invalid-refresh-token',
    });
    const foreign = { authorization: `Bearer ${other.tokens?.accessToken}` };
    await expect(service.users.getProfile({}, foreign)).rejects.toMatchObject({
      kind: 'unauthenticated',
      code: 'auth.session-ended',
    });
    expect((await service.users.refresh({ refreshToken: person.refreshToken })).tokens).toBeDefined();
    await expect(service.users.authenticate({ email: person.email, password: person.password })).rejects.toMatchObject({
      code: 'auth.invalid-credentials',
    });
    expect((await service.users.authenticate({ email: person.email, password })).tokens).toBeDefined();
    expect(await typesOf(person.userId)).toEqual([
      ...atFirst,
      [3, 'user.profile-changed.v1'],
      [4, 'user.sessions-revoked.v1'],
      [5, 'user.mail-requested.v1'],
    ]);
  });

  it('keeps its password when the current one is wrong or the new one is common', async () => {
    const person = await register();
    const change = (password: string, currentPassword: string) =>
      service.users.updateProfile({ password, currentPassword }, { authorization: person.authorization });
    await expect(change('a completely new password', 'not mine')).rejects.toMatchObject({
      code: 'user.wrong-password',
      errors: [expect.objectContaining({ path: 'currentPassword' })],
    });
    await expect(change('iloveyou', person.password)).rejects.toMatchObject({ code: 'user.password-too-common' });
    expect((await service.users.authenticate(person)).tokens).toBeDefined();
  });

  it('needs a token, and knows no profile but the own', async () => {
    await expect(service.users.getProfile({})).rejects.toMatchObject({
      kind: 'unauthenticated',
      code: 'token.missing',
    });
    await expect(service.users.updateProfile({ name: 'Eve' })).rejects.toMatchObject({ code: 'token.missing' });
    const [one, two] = [await register(), await register()];
    const { user } = await service.users.getProfile({}, { authorization: two.authorization });
    expect([user?.id, user?.id === one.userId]).toEqual([two.userId, false]);
  });

  it('keeps the sequence of its events without a gap under twenty changes at once', async () => {
    const { authorization, userId } = await register();
    await answersOf(
      Array.from({ length: 20 }, (_, index) =>
        service.users.updateProfile({ name: `Name ${index}` }, { authorization }),
      ),
    );
    const sequences = (await eventsOf(store, userId)).map(({ sequence }) => sequence);
    expect(sequences).toEqual(sequences.map((_, index) => index + 1));
    expect(sequences.length).toBeGreaterThan(1);
  });
});

describe('services that call', () => {
  it('must be declared callers with a service token', async () => {
    const stranger = service.clientOf('notification');
    await expect(stranger.checkSession({ userId: 'usr_x', sessionId: 'x' })).rejects.toMatchObject({
      code: 'user.unavailable',
      cause: { code: 'service-token.not-allowed' },
    });
    stranger.close();
  });
});
