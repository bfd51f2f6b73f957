import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { TestDatabase } from '../../kit/testing/postgres.ts';
import {
  eventsOf,
  mailsOf,
  type RunningUserService,
  staffEmail,
  staffPassword,
  startUserService,
  userDatabase,
} from '../testing/running-user-service.ts';

let store: TestDatabase;
let service: RunningUserService;
beforeAll(async () => {
  store = await userDatabase();
  service = await startUserService(store);
});
afterAll(async () => {
  await service?.stop();
  await store?.drop();
});

const password = 'a good long password';
const register = async () => {
  const email = `${randomUUID()}@example.com`;
  const { tokens } = await service.users.register({ email, password, name: 'Ada' });
  if (!tokens?.user) throw new Error('registration answered without tokens');
  const bearer = { authorization: `Bearer ${tokens.accessToken}` };
  return { email, userId: tokens.user.id, refreshToken: tokens.refreshToken, bearer };
};
type Person = Awaited<ReturnType<typeof register>>;
const at = (street: string) => ({ street, city: 'Springfield', zip: '12345', country: 'US' });
const add = async ({ bearer }: Person, street: string, isDefault?: boolean) => {
  const { saved } = await service.users.addAddress({ address: at(street), isDefault }, bearer);
  if (!saved) throw new Error('adding answered without an address');
  return saved;
};
const kept = async ({ bearer }: Person) =>
  (await service.users.listAddresses({}, bearer)).items.map(({ address, isDefault }) => [address?.street, isDefault]);

describe('addresses of an account', () => {
  it('have one default: the first, until another is made it, and after it is removed the newest', async () => {
    const ada = await register();
    const [one] = [await add(ada, 'One')];
    service.clock.advance(1000);
    const two = await add(ada, 'Two');
    service.clock.advance(1000);
    await add(ada, 'Three', true);
    expect(await kept(ada)).toEqual([
      ['Three', true],
      ['Two', false],
      ['One', false],
    ]);
    await service.users.changeAddress({ id: one.id, isDefault: true }, ada.bearer);
    await service.users.changeAddress({ id: two.id, address: at('Second') }, ada.bearer);
    expect(await kept(ada)).toEqual([
      ['One', true],
      ['Three', false],
      ['Second', false],
    ]);
    await service.users.removeAddress({ id: one.id }, ada.bearer);
    expect(await kept(ada)).toEqual([
      ['Three', true],
      ['Second', false],
    ]);
  });

  it('are twenty at most, however many come at once', async () => {
    const ada = await register();
    const outcomes = await Promise.allSettled(Array.from({ length: 25 }, (_, index) => add(ada, `Number ${index}`)));
    const refused = outcomes.filter(({ status }) => status === 'rejected');
    expect(refused.map((outcome) => 'reason' in outcome && outcome.reason.code)).toEqual(
      refused.map(() => 'user.too-many-addresses'),
    );
    expect(await kept(ada)).toHaveLength(20);
    expect((await kept(ada)).filter(([, isDefault]) => isDefault)).toHaveLength(1);
  });

  it('are nobody else’s to see, change or remove', async () => {
    const [ada, eve] = [await register(), await register()];
    const { id } = await add(ada, 'One');
    const unknown = { kind: 'missing', code: 'user.address-unknown' };
    expect(await kept(eve)).toEqual([]);
    await expect(service.users.changeAddress({ id, address: at('Mine') }, eve.bearer)).rejects.toMatchObject(unknown);
    await expect(service.users.removeAddress({ id }, eve.bearer)).rejects.toMatchObject(unknown);
    expect(await kept(ada)).toEqual([['One', true]]);
    await expect(service.users.listAddresses({})).rejects.toMatchObject({ code: 'token.missing' });
  });

  it.each([
    ['no address', {}, ''],
    ['one that its country does not have', { address: { street: 'One', country: 'DE' } }, 'address.zip'],
    ['a country that is none', { address: { ...at('One'), country: 'XX' } }, 'address.country'],
  ])('are refused with the path of what is wrong: %s', async (_title, body, path) => {
    const ada = await register();
    await expect(service.users.addAddress(body, ada.bearer)).rejects.toMatchObject({
      code: 'request.invalid',
      errors: expect.arrayContaining([expect.objectContaining({ path: expect.stringContaining(path) })]),
    });
  });
});

describe('the export of own data', () => {
  it('holds profile, addresses and sessions, no secret, and says where the rest is', async () => {
    const ada = await register();
    await add(ada, 'One');
    await service.users.authenticate({ email: ada.email, password });
    const exported = await service.users.exportData({}, ada.bearer);
    expect(exported).toMatchObject({
      profile: { id: ada.userId, email: ada.email, name: 'Ada' },
      addresses: [{ address: at('One'), isDefault: true }],
      elsewhere: [
        { what: 'orders', door: '/orders' },
        { what: 'cart', door: '/cart' },
      ],
    });
    expect(exported.sessions).toHaveLength(2);
    expect(JSON.stringify(exported)).not.toMatch(/argon2|hash|token/i);
  });
});

describe('an account that is deleted', () => {
  it('leaves an id and a moment, tells once, and gives the address free', async () => {
    const ada = await register();
    await add(ada, 'One');
    await service.users.authenticate({ email: ada.email, password });
    await service.users.deleteAccount({ password }, ada.bearer);

    await expect(service.users.getProfile({}, ada.bearer)).rejects.toMatchObject({ code: 'auth.session-ended' });
    await expect(service.users.refresh({ refreshToken: ada.refreshToken })).rejects.toMatchObject({
      code: 'auth.invalid-refresh-token',
    });
    await expect(service.users.authenticate({ email: ada.email, password })).rejects.toMatchObject({
      code: 'auth.invalid-credentials',
    });
    const left = await store.database.query<{ id: string }>(
      `SELECT user_id AS id FROM addresses WHERE user_id = $1 UNION ALL SELECT user_id FROM sessions WHERE user_id = $1
       UNION ALL SELECT user_id FROM mailed_links WHERE user_id = $1 UNION ALL SELECT id FROM users WHERE id = $1`,
      [ada.userId],
    );
    expect(left.rows).toEqual([]);
    const tombstone = await store.database.query('SELECT * FROM deleted_users WHERE id = $1', [ada.userId]);
    expect(tombstone.rows).toEqual([{ id: ada.userId, sequence: expect.any(Number), deleted_at: service.clock.now() }]);
    const events = await eventsOf(store, ada.userId);
    expect(events.map(({ type }) => type).filter((type) => type === 'user.deleted.v1')).toHaveLength(1);
    expect(events.map(({ sequence }) => sequence)).toEqual(events.map((_, index) => index + 1));
    expect((await mailsOf(store, ada.userId)).at(-1)).toMatchObject({ mail: 'account-deleted', to: ada.email });

    // Browsers sign out afterwards, by an access token that is not over yet.
    await service.users.logout({ refreshToken: ada.refreshToken }, ada.bearer);
    await service.users.logout({}, ada.bearer);

    const again = await service.users.register({ email: ada.email, password, name: 'Another' });
    expect(again.tokens?.user?.id).not.toBe(ada.userId);
  });

  it('needs its password, and guesses at it are throttled like those at the log-in', async () => {
    const ada = await register();
    const network = '192.0.2.1';
    const guess = () => service.users.deleteAccount({ password: 'not mine' }, { ...ada.bearer, network });
    for (let tries = 0; tries < 5; tries += 1)
      await expect(guess()).rejects.toMatchObject({ kind: 'invalid', code: 'user.wrong-password' });
    await expect(guess()).rejects.toMatchObject({ kind: 'too-many', code: 'auth.too-many-attempts' });
    expect((await service.users.getProfile({}, ada.bearer)).user?.id).toBe(ada.userId);
  });

  it('is never one of staff', async () => {
    const { tokens } = await service.users.authenticate({ email: staffEmail, password: staffPassword });
    const bearer = { authorization: `Bearer ${tokens?.accessToken}` };
    await expect(service.users.deleteAccount({ password: staffPassword }, bearer)).rejects.toMatchObject({
      kind: 'conflict',
      code: 'user.staff-undeletable',
    });
  });
});
