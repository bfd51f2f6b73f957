import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { decodeJwt } from 'jose';
import type { TestDatabase } from '../../kit/testing/postgres.ts';
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
});
beforeEach(async () => {
  service = await startUserService(store);
});
afterEach(() => service.stop());
afterAll(() => store.drop());

const password = 'a password nobody guesses';
const register = async () => {
  const email = `session-${++people}@example.com`;
  const { tokens } = await service.users.register({ email, password, name: 'Ada' });
  if (!tokens?.user) throw new Error('registration answered without tokens');
  return { email, userId: tokens.user.id, ...tokens };
};
const refresh = async (refreshToken: string, from = service) => {
  const { tokens } = await from.users.refresh({ refreshToken });
  if (!tokens) throw new Error('refresh answered without tokens');
  return tokens;
};
const sessionOf = ({ accessToken }: { accessToken: string }) => String(decodeJwt(accessToken)['sid']);
const isActive = async (userId: string, sessionId: string) =>
  (await service.users.checkSession({ userId, sessionId })).active;
const revocations = async (userId: string) =>
  (await eventsOf(store, userId))
    .filter(({ type }) => type === 'user.sessions-revoked.v1')
    .map(({ data }) => data['reason']);
const invalid = { kind: 'unauthenticated', code: 'auth.invalid-refresh-token' };
const reused = { kind: 'unauthenticated', code: 'auth.refresh-token-reused' };

describe('a refresh token', () => {
  it('is exchanged for a new one and a new access token of the same session', async () => {
    const first = await register();
    const second = await refresh(first.refreshToken);
    expect(second.refreshToken).not.toBe(first.refreshToken);
    expect(second.refreshToken).toMatch(/^[\w-]{43}$/);
    expect(sessionOf(second)).toBe(sessionOf(first));
    expect(second.user).toEqual(first.user);
  });

  it('answers twenty calls at once with one successor, and the chain lives on', async () => {
    const { refreshToken, userId } = await register();
    const answers = await answersOf(Array.from({ length: 20 }, () => refresh(refreshToken)));
    const successors = new Set(answers.map((answer) => answer.refreshToken));
    expect(successors.size).toBe(1);
    const { rows } = await store.database.query<{ unused: string }>(
      'SELECT count(*) AS unused FROM refresh_tokens t JOIN sessions s ON s.id = t.session_id WHERE s.user_id = $1 AND t.used_at IS NULL',
      [userId],
    );
    expect(Number(rows[0]?.unused)).toBe(1);
    const [successor = ''] = successors;
    expect((await refresh(successor)).refreshToken).toBeDefined();
    expect(await revocations(userId)).toEqual([]);
  });

  it('answers twenty calls to two replicas with one successor', async () => {
    const { refreshToken } = await register();
    const replica = await startUserService(store, { clock: service.clock });
    const answers = await answersOf(
      Array.from({ length: 20 }, (_, index) => refresh(refreshToken, index % 2 ? replica : service)),
    );
    expect(new Set(answers.map((answer) => answer.refreshToken)).size).toBe(1);
    await replica.stop();
  });

  it('gives its successor once more to a client whose answer was lost, for a minute', async () => {
    const { refreshToken } = await register();
    const lost = await refresh(refreshToken);
    service.clock.advance(60_000);
    expect((await refresh(refreshToken)).refreshToken).toBe(lost.refreshToken);
  });

  it('that comes back later ends the whole session, and says why once', async () => {
    const first = await register();
    const second = await refresh(first.refreshToken);
    service.clock.advance(60_001);
    await expect(refresh(first.refreshToken)).rejects.toMatchObject(reused);
    await expect(refresh(second.refreshToken)).rejects.toMatchObject(invalid);
    await expect(refresh(first.refreshToken)).rejects.toMatchObject(invalid);
    expect(await isActive(first.userId, sessionOf(first))).toBe(false);
    expect(await revocations(first.userId)).toEqual(['refresh-token-reused']);
  });

  it('that is two generations old ends the session even within the minute', async () => {
    const first = await register();
    const third = await refresh((await refresh(first.refreshToken)).refreshToken);
    await expect(refresh(first.refreshToken)).rejects.toMatchObject(reused);
    await expect(refresh(third.refreshToken)).rejects.toMatchObject(invalid);
  });

  it('ends one session and leaves the others alone', async () => {
    const { email, refreshToken, userId } = await register();
    const { tokens: other } = await service.users.authenticate({ email, password });
    await refresh(refreshToken);
    service.clock.advance(61_000);
    await expect(refresh(refreshToken)).rejects.toMatchObject(reused);
    expect(await isActive(userId, sessionOf(other ?? { accessToken: '' }))).toBe(true);
  });

  it('expires after 30 days without use, and its session after 90 days of use', async () => {
    const idle = await register();
    let { refreshToken } = await register();
    for (let days = 0; days < 87; days += 29) {
      service.clock.advance(29 * 86_400_000);
      ({ refreshToken } = await refresh(refreshToken));
    }
    await expect(refresh(idle.refreshToken)).rejects.toMatchObject(invalid);
    service.clock.advance(4 * 86_400_000);
    await expect(refresh(refreshToken)).rejects.toMatchObject(invalid);
  });

  it.each(['unknown', 'x'.repeat(512), "' OR 1=1 --"])('that nobody issued is refused: %j', async (refreshToken) => {
    await expect(refresh(refreshToken)).rejects.toMatchObject(invalid);
  });
});

describe('a session', () => {
  it('is active for its own account only', async () => {
    const [one, two] = [await register(), await register()];
    expect(await isActive(one.userId, sessionOf(one))).toBe(true);
    expect(await isActive(two.userId, sessionOf(one))).toBe(false);
    expect(await isActive(one.userId, `fam_${'0'.repeat(26)}`)).toBe(false);
  });

  it('ends by its refresh token, with one event however often', async () => {
    const { refreshToken, userId, ...tokens } = await register();
    for (let i = 0; i < 3; i += 1) await service.users.logout({ refreshToken });
    expect(await isActive(userId, sessionOf(tokens))).toBe(false);
    await expect(refresh(refreshToken)).rejects.toMatchObject(invalid);
    expect(await revocations(userId)).toEqual(['logout']);
  });

  it('ends by an older token of its chain, and by its access token', async () => {
    const one = await register();
    await refresh(one.refreshToken);
    await service.users.logout({ refreshToken: one.refreshToken });
    expect(await isActive(one.userId, sessionOf(one))).toBe(false);
    const two = await register();
    await service.users.logout({}, { authorization: `Bearer ${two.accessToken}` });
    expect(await isActive(two.userId, sessionOf(two))).toBe(false);
  });

  it('of nobody ends without a complaint', async () => {
    await expect(service.users.logout({ refreshToken: 'unknown' })).resolves.toEqual({});
  });

  it('makes room: of more than fifty the oldest ends', async () => {
    const first = await register();
    const { rows } = await store.database.query<{ id: string }>('SELECT id FROM sessions WHERE user_id = $1', [
      first.userId,
    ]);
    await store.database.query(
      `INSERT INTO sessions (id, user_id, created_at, expires_at)
       SELECT $1 || lpad(n::text, 3, '0'), $2, now(), now() + interval '90 days' FROM generate_series(1, 49) n`,
      [rows[0]?.id, first.userId],
    );
    service.clock.advance(1000);
    await service.users.authenticate({ email: first.email, password });
    const live = await store.database.query('SELECT 1 FROM sessions WHERE user_id = $1', [first.userId]);
    expect(live.rowCount).toBe(50);
    expect(await isActive(first.userId, sessionOf(first))).toBe(false);
  });
});
