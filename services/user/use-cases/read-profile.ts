import type { Caller, Customer } from '../../kit/auth/caller.ts';
import { Refusal } from '../../kit/values/refusal.ts';
import type { UserWithPassword } from '../domain/user.ts';
import { sessionEnded } from '../domain/user-refusals.ts';
import type { UserEffects } from './user-effects.ts';

/** The account that calls, if its session still may. Refusals: `token.missing`, `auth.session-ended`. */
export const requireAccount = async (
  { users, sessions, clock }: UserEffects,
  caller: Caller,
): Promise<{ readonly customer: Customer; readonly account: UserWithPassword }> => {
  if (caller.kind !== 'customer')
    throw new Refusal('unauthenticated', 'token.missing', 'Sign in first: this needs an access token.');
  const isActive = await sessions.isActive(caller.userId, caller.sessionId, clock.now());
  const account = isActive ? await users.find(caller.userId) : undefined;
  if (!account) throw sessionEnded();
  return { customer: caller, account };
};

/** The caller's own profile. Refusals as those of {@link requireAccount}. */
export const readProfile = async (parts: UserEffects, caller: Caller): Promise<UserWithPassword> =>
  (await requireAccount(parts, caller)).account;
