import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '../../kit/testing/condition.ts';
import type { TestDatabase } from '../../kit/testing/postgres.ts';
import {
  eventsOf,
  mailsOf,
  type RunningUserService,
  startUserService,
  userDatabase,
} from '../testing/running-user-service.ts';

let store: TestDatabase;
let service: RunningUserService;
beforeAll(async () => {
  store = await userDatabase();
  service = await startUserService(store);
  await service.startJobs();
});
afterAll(async () => {
  await service?.stop();
  await store?.drop();
});

const minuteMs = 60_000;
const password = 'the first long password';
const newPassword = 'the second long password';
const register = async () => {
  const email = `${randomUUID()}@example.com`;
  const { tokens } = await service.users.register({ email, password, name: 'Ada' });
  if (!tokens?.user) throw new Error('registration answered without tokens');
  const { accessToken, refreshToken, user } = tokens;
  return { email, userId: user.id, user, refreshToken, bearer: { authorization: `Bearer ${accessToken}` } };
};
const mailed = async (userId: string, mail: string) =>
  (await mailsOf(store, userId)).filter((each) => each.mail === mail);
const tokensOf = async (userId: string, mail: string) => (await mailed(userId, mail)).map(({ token = '' }) => token);
/** The token of the next mail of that kind. */
const nextLink = async (userId: string, mail: string, ask: () => Promise<unknown>) => {
  const before = (await mailed(userId, mail)).length;
  await ask();
  await eventually(async () => expect(await mailed(userId, mail)).toHaveLength(before + 1));
  return (await tokensOf(userId, mail)).at(-1) ?? '';
};
const resetLink = ({ userId, email }: { userId: string; email: string }) =>
  nextLink(userId, 'reset-password', () => service.users.requestReset({ email }));
/** Waits until no job is left, so that what did not happen will not. */
const jobsAreDone = () =>
  eventually(async () => {
    const { rows } = await store.database.query<{ left: string }>(
      "SELECT count(*) AS left FROM jobs.job WHERE name = 'mail-reset-link' AND state NOT IN ('completed', 'failed')",
    );
    expect(rows[0]?.left).toBe('0');
  });
const logIn = (email: string, tried: string) => service.users.authenticate({ email, password: tried });
const linkInvalid = { kind: 'invalid', code: 'auth.link-invalid' };

describe('a link to set a new password', () => {
  it('works once, ends all sessions and other links, proves the address and tells the owner', async () => {
    const ada = await register();
    await logIn(ada.email, password);
    const first = await resetLink(ada);
    service.clock.advance(2 * minuteMs);
    const second = await resetLink(ada);
    await service.users.resetPassword({ token: second, password: newPassword });

    await expect(service.users.refresh({ refreshToken: ada.refreshToken })).rejects.toMatchObject({
      code: 'auth.invalid-refresh-token',
    });
    await expect(service.users.getProfile({}, ada.bearer)).rejects.toMatchObject({ code: 'auth.session-ended' });
    await expect(logIn(ada.email, password)).rejects.toMatchObject({ code: 'auth.invalid-credentials' });
    expect((await logIn(ada.email, newPassword)).tokens?.user?.emailVerified).toBe(true);
    for (const token of [first, second])
      await expect(service.users.resetPassword({ token, password: 'a third long password' })).rejects.toMatchObject(
        linkInvalid,
      );
    expect(await mailed(ada.userId, 'password-changed')).toEqual([
      { mail: 'password-changed', isProved: true, to: ada.email },
    ]);
    const events = (await eventsOf(store, ada.userId)).map(({ sequence }) => sequence);
    expect(events).toEqual(events.map((_, index) => index + 1));
  });

  it('is used by one of ten calls at once', async () => {
    const ada = await register();
    const token = await resetLink(ada);
    const outcomes = await Promise.allSettled(
      Array.from({ length: 10 }, (_, index) =>
        service.users.resetPassword({ token, password: `a long password of call ${index}` }),
      ),
    );
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await mailed(ada.userId, 'password-changed')).toHaveLength(1);
  });

  it('ends after 30 minutes', async () => {
    const ada = await register();
    const token = await resetLink(ada);
    service.clock.advance(30 * minuteMs);
    await expect(service.users.resetPassword({ token, password: newPassword })).rejects.toMatchObject(linkInvalid);
    await logIn(ada.email, password);
  });

  it('stays good when the new password is refused', async () => {
    const ada = await register();
    const token = await resetLink(ada);
    for (const common of ['password1', ada.email])
      await expect(service.users.resetPassword({ token, password: common })).rejects.toMatchObject({
        code: 'user.password-too-common',
      });
    await service.users.resetPassword({ token, password: newPassword });
  });

  it('ends when the password is changed in the account', async () => {
    const ada = await register();
    const token = await resetLink(ada);
    await service.users.updateProfile({ password: newPassword, currentPassword: password }, ada.bearer);
    await expect(service.users.resetPassword({ token, password })).rejects.toMatchObject(linkInvalid);
    expect(await mailed(ada.userId, 'password-changed')).toHaveLength(1);
  });

  it('lies nowhere readable: neither in the table nor in the event, which holds no address either', async () => {
    const ada = await register();
    const token = await resetLink(ada);
    const { rows } = await store.database.query<{ everything: string }>(
      `SELECT concat((SELECT string_agg(payload::text, '') FROM outbox), (SELECT string_agg(l::text, '') FROM mailed_links l)) AS everything`,
    );
    expect(rows[0]?.everything).toContain(ada.userId);
    expect(rows[0]?.everything).not.toContain(token);
    expect(rows[0]?.everything).not.toContain(Buffer.from(token).toString('hex'));
    expect(rows[0]?.everything).not.toContain(ada.email);
  });
});

describe('a request for a link', () => {
  it('is the same work whether or not the address has an account: one job, and nothing read', async () => {
    const ada = await register();
    const answers = [ada.email, `${randomUUID()}@example.com`].map((email) => service.users.requestReset({ email }));
    expect(await Promise.all(answers)).toEqual([{}, {}]);
    await jobsAreDone();
    expect(await mailed(ada.userId, 'reset-password')).toHaveLength(1);
    const { rows } = await store.database.query(
      'SELECT 1 FROM mailed_links l LEFT JOIN users u ON u.id = l.user_id WHERE u.id IS NULL',
    );
    expect(rows).toEqual([]);
  });

  it('by a stranger, however often, never keeps the owner without a link that works', async () => {
    const ada = await register();
    let last = 0;
    for (let minute = 0; minute < 120; minute += 1) {
      await service.users.requestReset({ email: ada.email });
      await jobsAreDone();
      const now = (await mailed(ada.userId, 'reset-password')).length;
      if (now === last) {
        const { rows } = await store.database.query<{ left: number }>(
          `SELECT extract(epoch FROM max(expires_at) - $2)::int AS left FROM mailed_links WHERE user_id = $1 AND purpose = 'reset-password'`,
          [ada.userId, service.clock.now()],
        );
        expect(rows[0]?.left).toBeGreaterThan(600);
      }
      last = now;
      service.clock.advance(minuteMs);
    }
    expect(last).toBeLessThanOrEqual(9);
  });
});

describe('the address of an account', () => {
  it('is proved by the link of the first mail, once', async () => {
    const ada = await register();
    expect(ada.user.emailVerified).toBe(false);
    const [token = ''] = await tokensOf(ada.userId, 'verify-address');
    expect(await mailed(ada.userId, 'verify-address')).toEqual([
      { mail: 'verify-address', isProved: false, to: ada.email, token },
    ]);
    await service.users.verifyEmail({ token });
    expect((await service.users.getProfile({}, ada.bearer)).user?.emailVerified).toBe(true);
    await expect(service.users.verifyEmail({ token })).rejects.toMatchObject(linkInvalid);
  });

  it('can be proved by a newer link, which ends the older ones; a proved one gets none', async () => {
    const ada = await register();
    service.clock.advance(2 * minuteMs);
    const ask = () => service.users.requestVerification({}, ada.bearer);
    const token = await nextLink(ada.userId, 'verify-address', ask);
    await ask();
    await service.users.verifyEmail({ token });
    service.clock.advance(60 * minuteMs);
    await ask();
    const all = await tokensOf(ada.userId, 'verify-address');
    expect(all).toHaveLength(2);
    for (const each of all) await expect(service.users.verifyEmail({ token: each })).rejects.toMatchObject(linkInvalid);
  });

  it('is not proved by a link for a password, nor a password set by its link', async () => {
    const ada = await register();
    const [verify = ''] = await tokensOf(ada.userId, 'verify-address');
    const reset = await resetLink(ada);
    await expect(service.users.resetPassword({ token: verify, password: newPassword })).rejects.toMatchObject(
      linkInvalid,
    );
    await expect(service.users.verifyEmail({ token: reset })).rejects.toMatchObject(linkInvalid);
  });
});

describe('signing out everywhere', () => {
  it('ends every session of the account and of no other', async () => {
    const [ada, eve] = [await register(), await register()];
    const elsewhere = (await logIn(ada.email, password)).tokens;
    await service.users.logoutEverywhere({}, ada.bearer);
    for (const refreshToken of [ada.refreshToken, elsewhere?.refreshToken ?? ''])
      await expect(service.users.refresh({ refreshToken })).rejects.toMatchObject({
        code: 'auth.invalid-refresh-token',
      });
    expect((await service.users.refresh({ refreshToken: eve.refreshToken })).tokens).toBeDefined();
    const revoked = (await eventsOf(store, ada.userId)).filter(({ type }) => type === 'user.sessions-revoked.v1');
    expect(revoked.map(({ data }) => data['reason'])).toEqual(['logout-everywhere']);
  });

  it('needs a session that lives', async () => {
    const ada = await register();
    await service.users.logoutEverywhere({}, ada.bearer);
    await expect(service.users.logoutEverywhere({}, ada.bearer)).rejects.toMatchObject({ code: 'auth.session-ended' });
    await expect(service.users.logoutEverywhere({})).rejects.toMatchObject({ code: 'token.missing' });
  });
});
