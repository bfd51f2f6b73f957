import type { Sql } from '../../kit/storage/database.ts';
import { type Happening, userEvent } from '../domain/user-events.ts';
import type { UserEffects } from './user-effects.ts';

type Reason = Extract<Happening, { type: 'user.sessions-revoked.v1' }>['data']['reason'];

/** Adds events about an account that the transaction has locked, in its sequence. */
export const publishInSequence = async (
  { users, publish, ids, clock }: UserEffects,
  tx: Sql,
  userId: string,
  happenings: readonly Happening[],
): Promise<void> => {
  if (happenings.length === 0) return;
  const last = await users.lock(tx, userId);
  await users.setSequence(tx, userId, last + happenings.length);
  const at = clock.now();
  await publish(
    tx,
    happenings.map((happening, index) =>
      userEvent(happening, { id: ids.next('evt'), userId, sequence: last + index + 1, at }),
    ),
  );
};

/** Ends live sessions of an account and says so once; nothing happens when none of them is live. */
export const endSessions = (
  parts: UserEffects,
  ending: {
    readonly userId: string;
    readonly which: { readonly only: string } | { readonly allBut?: string };
    readonly reason: Reason;
  },
): Promise<void> =>
  parts.transaction(async (tx) => {
    // An access token may outlive its account, whose sessions went with it.
    if (!(await parts.users.lockIfThere(tx, ending.userId))) return;
    const ended = await parts.sessions.revoke(tx, ending.userId, ending.which, parts.clock.now());
    const revoked = { type: 'user.sessions-revoked.v1', data: { reason: ending.reason } } as const;
    await publishInSequence(parts, tx, ending.userId, ended > 0 ? [revoked] : []);
  });
