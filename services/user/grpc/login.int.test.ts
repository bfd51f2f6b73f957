import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { TestDatabase } from '../../kit/testing/postgres.ts';
import { Refusal } from '../../kit/values/refusal.ts';
import { answersOf, type RunningUserService, startUserService, userDatabase } from '../testing/running-user-service.ts';

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
const newEmail = () => `login-${++people}@example.com`;
const registered = async () => {
  const email = newEmail();
  await service.users.register({ email, password, name: 'Ada' });
  return email;
};
/** `ok`, or the code of the refusal. */
const logIn = async (email: string, guess = password, from = service) => {
  try {
    await from.users.authenticate({ email, password: guess });
    return 'ok';
  } catch (problem) {
    if (problem instanceof Refusal) return problem.code;
    throw problem;
  }
};
const logInOften = async (times: number, email: string, guess: string) => {
  const outcomes: string[] = [];
  for (let i = 0; i < times; i += 1) outcomes.push(await logIn(email, guess));
  return outcomes;
};
const wrong = 'auth.invalid-credentials';
const throttled = 'auth.too-many-attempts';

describe('signing in', () => {
  it('works with the right password and any case of the address', async () => {
    const email = await registered();
    expect(await logIn(email)).toBe('ok');
    expect(await logIn(email.toUpperCase())).toBe('ok');
  });

  it('works with addresses of every script, however their letters are composed', async () => {
    const email = 'Pele\u0301@München.example';
    await service.users.register({ email, password, name: 'Pelé' });
    for (const spelling of [email, 'PELÉ@MÜNCHEN.EXAMPLE', 'pelé@münchen.example'])
      expect(await logIn(spelling)).toBe('ok');
  });

  it('answers an unknown address and a wrong password alike, word for word', async () => {
    const refusalOf = (email: string) =>
      service.users.authenticate({ email, password: 'wrong' }).catch((problem: unknown) => problem);
    const [known, unknown] = [await refusalOf(await registered()), await refusalOf(newEmail())];
    const seen = (problem: unknown) => {
      const { kind, code, message, errors, retryAfterSeconds } = problem as Refusal;
      return { kind, code, message, errors, retryAfterSeconds };
    };
    expect(seen(known)).toEqual(seen(unknown));
    expect(seen(known)).toMatchObject({ kind: 'unauthenticated', code: wrong });
  });

  it('lets ten right log-ins of one account through at once', async () => {
    const email = await registered();
    const answers = await answersOf(Array.from({ length: 10 }, () => service.users.authenticate({ email, password })));
    expect(answers.every(({ tokens }) => tokens !== undefined)).toBe(true);
  });

  it('makes an account wait after five failures, longer with each, and whoever waits may go on', async () => {
    const email = await registered();
    expect(await logInOften(7, email, 'wrong')).toEqual([wrong, wrong, wrong, wrong, wrong, throttled, throttled]);
    expect(await logIn(email)).toBe(throttled);
    await expect(service.users.authenticate({ email, password })).rejects.toMatchObject({
      kind: 'too-many',
      retryAfterSeconds: 1,
    });
    service.clock.advance(1_000);
    expect(await logInOften(2, email, 'wrong')).toEqual([wrong, throttled]);
    await expect(service.users.authenticate({ email, password })).rejects.toMatchObject({ retryAfterSeconds: 2 });
    service.clock.advance(2_000);
    expect(await logIn(email)).toBe('ok');
    expect(await logInOften(5, email, 'wrong')).toEqual([wrong, wrong, wrong, wrong, wrong]);
  });

  it('is never closed to the owner for more than a minute, however long strangers guess', async () => {
    const email = await registered();
    for (let i = 0; i < 12; i += 1) {
      await logIn(email, 'wrong');
      service.clock.advance(61_000);
    }
    expect(await logIn(email)).toBe('ok');
  });

  it('throttles addresses without an account just the same, so that nobody can tell them apart', async () => {
    expect(await logInOften(6, newEmail(), 'wrong')).toEqual([wrong, wrong, wrong, wrong, wrong, throttled]);
  });

  it('forgets failures after a quiet hour', async () => {
    const email = await registered();
    await logInOften(5, email, 'wrong');
    service.clock.advance(3_601_000);
    expect(await logInOften(6, email, 'wrong')).toEqual([wrong, wrong, wrong, wrong, wrong, throttled]);
  });

  it('throttles one account and no other', async () => {
    const [victim, other] = [await registered(), await registered()];
    await logInOften(6, victim, 'wrong');
    expect(await logIn(other)).toBe('ok');
  });

  it('checks a throttled account over all replicas, and few guesses slip through when forty come at once', async () => {
    const email = await registered();
    const replica = await startUserService(store, { clock: service.clock });
    const outcomes = await Promise.all(
      Array.from({ length: 40 }, (_, index) => logIn(email, 'wrong', index % 2 ? replica : service)),
    );
    const guesses = outcomes.filter((outcome) => outcome === wrong).length;
    expect(guesses).toBeGreaterThanOrEqual(5);
    // Four, and what was then being checked in two turns of two processes.
    expect(guesses).toBeLessThanOrEqual(8);
    expect(outcomes).toContain(throttled);
    expect(outcomes).not.toContain('ok');
    expect(await logIn(email, password, replica)).toBe(throttled);
    await replica.stop();
  });

  it('guards the current password of a profile change by the same count', async () => {
    const email = newEmail();
    const { tokens } = await service.users.register({ email, password, name: 'Ada' });
    const authorization = `Bearer ${tokens?.accessToken}`;
    const change = () =>
      service.users.updateProfile({ password: 'yet another password', currentPassword: 'wrong' }, { authorization });
    for (let i = 0; i < 5; i += 1) await expect(change()).rejects.toMatchObject({ code: 'user.wrong-password' });
    await expect(change()).rejects.toMatchObject({ code: throttled });
    expect(await logIn(email)).toBe(throttled);
  });

  it('counts its outcomes for operators', async () => {
    const email = await registered();
    await logIn(email);
    await logInOften(6, email, 'wrong');
    const { text } = await service.context.metrics.page();
    expect(text).toMatch(/logins_total\{outcome="accepted"[^}]*\} 1\n/);
    expect(text).toMatch(/logins_total\{outcome="refused"[^}]*\} 5\n/);
    expect(text).toMatch(/logins_total\{outcome="throttled"[^}]*\} 1\n/);
  });
});
