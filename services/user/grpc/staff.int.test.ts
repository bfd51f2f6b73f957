import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { decodeJwt } from 'jose';
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
let first: { readonly authorization: string };
beforeAll(async () => {
  store = await userDatabase();
  service = await startUserService(store);
  first = await signIn(staffEmail, staffPassword);
});
afterAll(async () => {
  await service?.stop();
  await store?.drop();
});

const password = 'a good long password';
const signIn = async (email: string, secret = password) => {
  const { tokens } = await service.users.authenticate({ email, password: secret });
  return { authorization: `Bearer ${tokens?.accessToken}` };
};
const register = async () => {
  const email = `${randomUUID()}@example.com`;
  const { tokens } = await service.users.register({ email, password, name: 'Ada' });
  const userId = tokens?.user?.id ?? '';
  return {
    email,
    userId,
    bearer: { authorization: `Bearer ${tokens?.accessToken}` },
    refreshToken: tokens?.refreshToken ?? '',
  };
};
/** An account whose address is proved. */
const colleague = async () => {
  const person = await register();
  const [mail] = await mailsOf(store, person.userId);
  await service.users.verifyEmail({ token: mail?.token ?? '' });
  return person;
};
const addStaff = (email: string, role: string, by = first) => service.users.addStaff({ email, role }, by);
const rolesOf = async ({ email }: { email: string }) =>
  decodeJwt((await signIn(email)).authorization.slice(7))['roles'];
const changesOf = async (userId: string) =>
  (await service.users.listStaffChanges({ limit: 100 }, first)).items
    .filter((change) => change.userId === userId)
    .map(({ change, role, actorEmail }) => [change, role, actorEmail]);

describe('an administrator', () => {
  it('gives a role that counts from the next log-in on, and takes it away with every session', async () => {
    const ada = await colleague();
    const { member } = await addStaff(ada.email, 'staff');
    expect(member).toMatchObject({ id: ada.userId, roles: ['customer', 'staff'] });
    expect(await rolesOf(ada)).toEqual(['customer', 'staff']);
    const listed = await service.users.listStaff({ limit: 100 }, first);
    expect(listed.items.map(({ id }) => id)).toContain(ada.userId);

    await service.users.removeStaff({ id: ada.userId }, first);
    await expect(service.users.refresh({ refreshToken: ada.refreshToken })).rejects.toMatchObject({
      code: 'auth.invalid-refresh-token',
    });
    expect(await rolesOf(ada)).toEqual(['customer']);
    expect(await changesOf(ada.userId)).toEqual([
      ['removed', 'staff', staffEmail],
      ['added', 'staff', staffEmail],
    ]);
    const events = await eventsOf(store, ada.userId);
    expect(events.filter(({ data }) => String(data['changed']) === 'roles')).toHaveLength(2);
    expect(events.map(({ sequence }) => sequence)).toEqual(events.map((_, index) => index + 1));
  });

  it('changes nothing by giving the same role again', async () => {
    const ada = await colleague();
    for (let times = 0; times < 3; times += 1) await addStaff(ada.email, 'admin');
    expect(await changesOf(ada.userId)).toHaveLength(1);
    await service.users.removeStaff({ id: ada.userId }, first);
  });

  it('gives no role to an address without an account, or that nobody proved', async () => {
    await expect(addStaff('nobody@example.com', 'staff')).rejects.toMatchObject({ code: 'staff.no-account' });
    const eve = await register();
    await expect(addStaff(eve.email, 'admin')).rejects.toMatchObject({
      kind: 'conflict',
      code: 'staff.email-unproved',
    });
    expect(await rolesOf(eve)).toEqual(['customer']);
  });

  it('stays when he is the last, also when two remove one another at once', async () => {
    const firstId = String(decodeJwt(first.authorization.slice(7)).sub);
    await expect(service.users.removeStaff({ id: firstId }, first)).rejects.toMatchObject({ code: 'staff.last-admin' });
    await expect(addStaff(staffEmail, 'staff')).rejects.toMatchObject({ code: 'staff.last-admin' });
    const ada = await colleague();
    await addStaff(ada.email, 'admin');
    const asAda = await signIn(ada.email);
    const outcomes = await Promise.allSettled([
      service.users.removeStaff({ id: ada.userId }, first),
      service.users.removeStaff({ id: firstId }, asAda),
    ]);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const { rows } = await store.database.query("SELECT id FROM users WHERE 'admin' = ANY (roles)");
    expect(rows).toHaveLength(1);
    // The one who stayed makes things as they were.
    first = rows[0]?.['id'] === firstId ? await signIn(staffEmail, staffPassword) : await signIn(ada.email);
  });
});

describe('who is no administrator', () => {
  it.each(['customer', 'staff'])('neither sees nor changes roles: %s', async (role) => {
    const ada = await colleague();
    if (role === 'staff') await addStaff(ada.email, 'staff');
    const bearer = await signIn(ada.email);
    const refused = { kind: 'forbidden', code: 'caller.not-admin' };
    await expect(service.users.listStaff({ limit: 20 }, bearer)).rejects.toMatchObject(refused);
    await expect(service.users.listStaffChanges({ limit: 20 }, bearer)).rejects.toMatchObject(refused);
    await expect(addStaff(ada.email, 'admin', bearer)).rejects.toMatchObject(refused);
    await expect(service.users.removeStaff({ id: ada.userId }, bearer)).rejects.toMatchObject(refused);
  });
});

describe('the record of changes', () => {
  it('cannot be rewritten, not even by the service itself', async () => {
    await expect(store.database.query("UPDATE staff_changes SET email = 'x'")).rejects.toThrow(/append-only/);
    await expect(store.database.query('DELETE FROM staff_changes')).rejects.toThrow(/append-only/);
  });

  it('is read page by page, and says that the configuration made the first one', async () => {
    const seen = [];
    for (let cursor: string | undefined; ; ) {
      const page = await service.users.listStaffChanges({ limit: 2, cursor }, first);
      seen.push(...page.items);
      cursor = page.nextCursor;
      if (cursor === undefined) break;
    }
    expect(seen.at(-1)).toMatchObject({ change: 'added', role: 'admin', email: staffEmail, actorId: undefined });
    await expect(service.users.listStaffChanges({ limit: 2, cursor: 'x' }, first)).rejects.toMatchObject({
      code: 'request.invalid',
    });
  });
});
