import type { Clock } from '../../kit/values/clock.ts';
import { currentKey, missingKeys, missingSuccessors, retiredKeys } from '../domain/key-schedule.ts';
import type { SigningKeyRepository } from '../storage/signing-key-repository.ts';

/**
 * Makes the keys that the schedule asks for and deletes those it has done with; nothing when called too often.
 * Keys that another KEY_ENCRYPTION_SECRET sealed do not count, so a new secret brings new keys and the old tokens stay valid. Those that
 * the one of before sealed sign until everybody knows the new ones.
 */
export const rotateSigningKeys = ({
  signingKeys,
  clock,
}: {
  readonly signingKeys: SigningKeyRepository;
  readonly clock: Clock;
}): Promise<void> =>
  signingKeys.changing(async (tx) => {
    const now = clock.now();
    const usable = (await signingKeys.list(tx)).filter(({ privateKey }) => privateKey !== undefined);
    const lasting = usable.filter(({ isOfFormerSecret }) => !isOfFormerSecret);
    const missing = currentKey(usable, now) ? missingSuccessors(lasting, now) : missingKeys(lasting, now);
    for (const signsFrom of missing) await signingKeys.create(tx, signsFrom);
    const retired = retiredKeys(await signingKeys.list(tx), now);
    if (retired.length > 0) await signingKeys.remove(tx, retired);
  });
