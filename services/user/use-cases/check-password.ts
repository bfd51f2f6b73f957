import { secondsToWait } from '../domain/login-throttle.ts';
import type { UserWithPassword } from '../domain/user.ts';
import { tooManyAttempts } from '../domain/user-refusals.ts';
import type { UserEffects } from './user-effects.ts';

/**
 * Whether the password is the account's. Unknown accounts cost the same work and count the same failures.
 * The throttle is asked inside the turn: an account sees at most two guesses per replica more than it allows,
 * however many come at once. Refusals: `auth.too-many-attempts`, `auth.busy`.
 */
export const checkPassword = (
  { passwords, loginAttempts, users, clock, countLogin }: UserEffects,
  attempt: {
    readonly email: string;
    /** Network of the client. */
    readonly network: string | undefined;
    readonly password: string;
    readonly findUser: () => Promise<UserWithPassword | undefined>;
  },
): Promise<UserWithPassword | undefined> =>
  passwords.inTurn(async (turn) => {
    const wait = secondsToWait(await loginAttempts.find(attempt, clock.now()), clock.now());
    if (wait > 0) {
      countLogin('throttled');
      throw tooManyAttempts(wait);
    }
    const user = await attempt.findUser();
    const isRight = await turn.verify(attempt.password, user?.passwordHash);
    if (!user || !isRight) {
      await loginAttempts.recordFailure(attempt, clock.now());
      countLogin('refused');
      return undefined;
    }
    await loginAttempts.recordSuccess(attempt, clock.now());
    if (turn.isOutdated(user.passwordHash))
      await users.rehash(user.id, user.passwordHash, await turn.hash(attempt.password));
    countLogin('accepted');
    return user;
  });
