import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { TestDatabase } from '../../kit/testing/postgres.ts';
import { Refusal } from '../../kit/values/refusal.ts';
import { type RunningUserService, startUserService, userDatabase } from '../testing/running-user-service.ts';

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
const [home, attacker] = ['192.0.2.10', '198.51.100.66'];
const registered = async (email = `throttle-${++people}@example.com`, network = home) => {
  await service.users.register({ email, password, name: 'Ada' }, { network });
  return email;
};
/** `ok`, or the code of the refusal. */
const logIn = async (email: string, guess: string, network: string) => {
  try {
    await service.users.authenticate({ email, password: guess }, { network });
    return 'ok';
  } catch (problem) {
    if (problem instanceof Refusal) return problem.code;
    throw problem;
  }
};
const logInOften = async (times: number, email: string, network: string) => {
  const outcomes: string[] = [];
  for (let i = 0; i < times; i += 1) outcomes.push(await logIn(email, 'wrong', network));
  return outcomes;
};
const wrong = 'auth.invalid-credentials';
const throttled = 'auth.too-many-attempts';
/** Two addresses whose SHA-256 begin with the same 20 bits; such a neighbour is found in a second. */
const [victim, neighbour] = ['victim@example.com', 'neighbour-211562@example.com'];

describe('guessing at an account', () => {
  it('is not forgiven by a log-in to an account of the attacker, however alike the two addresses hash (H2)', async () => {
    await registered(victim);
    await registered(neighbour, attacker);
    expect(await logInOften(4, victim, attacker)).toEqual([wrong, wrong, wrong, wrong]);
    expect(await logIn(neighbour, password, attacker)).toBe('ok');
    expect(await logInOften(3, victim, attacker)).toEqual([wrong, throttled, throttled]);
  });

  it('does not throttle an account that was never named (H2)', async () => {
    const [bystander, lookalike] = ['victim@example.com', 'neighbour-211562@example.com'];
    await logInOften(7, lookalike, 'here');
    expect(await logIn(bystander, 'wrong', 'here')).toBe(wrong);
  });

  it('never keeps the owner out, who signs in from elsewhere, for the first time too (H3)', async () => {
    const email = await registered();
    for (let minute = 0; minute < 20; minute += 1) {
      await logIn(email, 'wrong', attacker);
      service.clock.advance(61_000);
    }
    expect((await logInOften(8, email, attacker)).at(-1)).toBe(throttled);
    expect(await logIn(email, password, home)).toBe('ok');
    expect(await logIn(email, password, '203.0.113.7')).toBe('ok');
    expect(await logIn(email, password, attacker)).toBe(throttled);
  });

  it('is bounded over all networks together, and the owner passes from where he signed in before (H3)', async () => {
    const email = await registered();
    const outcomes: string[] = [];
    for (let network = 0; network < 30; network += 1)
      outcomes.push(...(await logInOften(5, email, `2001:db8:${network}::`)));
    expect(outcomes.filter((outcome) => outcome === wrong)).toHaveLength(100);
    expect(await logIn(email, password, home)).toBe('ok');
    expect(await logIn(email, password, '203.0.113.8')).toBe(throttled);
    service.clock.advance(3_601_000);
    expect(await logIn(email, password, '203.0.113.8')).toBe('ok');
  });

  it('looks the same for an address without an account', async () => {
    const outcomes: string[] = [];
    for (let network = 0; network < 21; network += 1)
      outcomes.push(...(await logInOften(5, 'nobody@example.com', `2001:db8:${network}::`)));
    expect(outcomes.filter((outcome) => outcome === wrong)).toHaveLength(100);
    expect(outcomes.at(-1)).toBe(throttled);
  });

  it('counts the current password of a profile change by the network it is sent from', async () => {
    const email = await registered();
    const { tokens } = await service.users.authenticate({ email, password }, { network: home });
    const change = (network: string) =>
      service.users.updateProfile(
        { password: 'yet another password', currentPassword: 'wrong' },
        { authorization: `Bearer ${tokens?.accessToken}`, network },
      );
    for (let i = 0; i < 5; i += 1)
      await expect(change(attacker)).rejects.toMatchObject({ code: 'user.wrong-password' });
    await expect(change(attacker)).rejects.toMatchObject({ code: throttled });
    await expect(change(home)).rejects.toMatchObject({ code: 'user.wrong-password' });
  });

  it('leaves no more than twenty known places and forgets failures after an hour', async () => {
    const email = await registered();
    for (let network = 0; network < 25; network += 1) await logIn(email, password, `2001:db8:${network}::`);
    const { rows } = await store.database.query<{ places: number }>(
      "SELECT count(*)::int AS places FROM login_places WHERE account = sha256(convert_to($1, 'UTF8'))",
      [email],
    );
    expect(rows).toEqual([{ places: 20 }]);
  });
});
