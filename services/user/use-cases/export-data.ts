import type { Caller } from '../../kit/auth/caller.ts';
import type { UserWithPassword } from '../domain/user.ts';
import type { SavedAddress } from '../storage/address-repository.ts';
import type { SessionTimes } from '../storage/session-repository.ts';
import { requireAccount } from './read-profile.ts';
import type { UserEffects } from './user-effects.ts';

/** Everything that this service keeps about a person and that says something to one: no digests, no hashes, no keys. */
export type OwnData = {
  readonly account: UserWithPassword;
  readonly addresses: readonly SavedAddress[];
  readonly sessions: readonly SessionTimes[];
};

/** What is kept about the caller: at most 20 addresses and the sessions of the last months. Refusals as those of {@link requireAccount}. */
export const exportData = async (parts: UserEffects, caller: Caller): Promise<OwnData> => {
  const { account } = await requireAccount(parts, caller);
  const [addresses, sessions] = await Promise.all([parts.addresses.list(account.id), parts.sessions.list(account.id)]);
  return { account, addresses, sessions };
};
