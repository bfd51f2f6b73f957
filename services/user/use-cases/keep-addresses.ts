import type { Address } from '../../contracts/http/postal-address.ts';
import type { Caller } from '../../kit/auth/caller.ts';
import type { Sql } from '../../kit/storage/database.ts';
import { addressUnknown, tooManyAddresses } from '../domain/user-refusals.ts';
import type { SavedAddress } from '../storage/address-repository.ts';
import { requireAccount } from './read-profile.ts';
import type { UserEffects } from './user-effects.ts';

/** Addresses that one account keeps at most. */
const mostAddresses = 20;

/** The caller's own addresses, the default first. Refusals as those of {@link requireAccount}. */
export const listAddresses = async (parts: UserEffects, caller: Caller): Promise<readonly SavedAddress[]> =>
  parts.addresses.list((await requireAccount(parts, caller)).account.id);

/** Runs `work` while nobody else changes the addresses of the caller. */
const changing = async <T>(
  parts: UserEffects,
  caller: Caller,
  work: (tx: Sql, userId: string, kept: readonly SavedAddress[]) => Promise<T>,
): Promise<T> => {
  const { account } = await requireAccount(parts, caller);
  return parts.transaction(async (tx) => {
    await parts.users.lock(tx, account.id);
    return work(tx, account.id, await parts.addresses.list(account.id, tx));
  });
};

const requireKept = (kept: readonly SavedAddress[], id: string): SavedAddress => {
  const found = kept.find((saved) => saved.id === id);
  if (!found) throw addressUnknown();
  return found;
};

/** Keeps one more address; the first is the default. Refusal: `user.too-many-addresses`. */
export const addAddress = (
  parts: UserEffects,
  caller: Caller,
  { address, isDefault = false }: { readonly address: Address; readonly isDefault?: boolean | undefined },
): Promise<SavedAddress> =>
  changing(parts, caller, async (tx, userId, kept) => {
    if (kept.length >= mostAddresses) throw tooManyAddresses(mostAddresses);
    const becomesDefault = isDefault || kept.length === 0;
    const saved = { id: parts.ids.next('adr'), address, isDefault: becomesDefault, createdAt: parts.clock.now() };
    if (becomesDefault) await parts.addresses.clearDefault(tx, userId);
    await parts.addresses.insert(tx, userId, saved);
    return saved;
  });

/** Replaces an address, or makes it the default. Refusal: `user.address-unknown`. */
export const changeAddress = (
  parts: UserEffects,
  caller: Caller,
  id: string,
  { address, isDefault }: { readonly address?: Address | undefined; readonly isDefault?: true | undefined },
): Promise<SavedAddress> =>
  changing(parts, caller, async (tx, userId, kept) => {
    const found = requireKept(kept, id);
    if (address) await parts.addresses.replace(tx, userId, id, address);
    if (isDefault && !found.isDefault) {
      await parts.addresses.clearDefault(tx, userId);
      await parts.addresses.setDefault(tx, userId, id);
    }
    return { ...found, address: address ?? found.address, isDefault: isDefault ?? found.isDefault };
  });

/** Forgets an address; after the default the newest of the others is. Refusal: `user.address-unknown`. */
export const removeAddress = (parts: UserEffects, caller: Caller, id: string): Promise<void> =>
  changing(parts, caller, async (tx, userId, kept) => {
    const found = requireKept(kept, id);
    await parts.addresses.remove(tx, userId, id);
    const next = kept.find((saved) => saved.id !== id);
    if (found.isDefault && next) await parts.addresses.setDefault(tx, userId, next.id);
  });
