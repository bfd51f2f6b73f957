import type { Sql } from '../../kit/storage/database.ts';
import { type LinkPurpose, linkLifetimeMs, mayMailLink } from '../domain/mailed-link.ts';
import type { User } from '../domain/user.ts';
import type { Happening } from '../domain/user-events.ts';
import { publishInSequence } from './end-sessions.ts';
import type { UserEffects } from './user-effects.ts';

type Recipient = Pick<User, 'id' | 'email' | 'emailVerified'>;
type MailRequested = Extract<Happening, { type: 'user.mail-requested.v1' }>;
type AccountMail = MailRequested['data']['mail'];

/** News without a link are worth reading for a week. */
const newsUsefulMs = 7 * 86_400_000;

/** The happening that has the mail function write to the account's address. */
export const mailRequested = (
  { sealLetter, clock }: Pick<UserEffects, 'sealLetter' | 'clock'>,
  { id, email, emailVerified }: Recipient,
  { mail, token }: { readonly mail: AccountMail; readonly token?: string },
): MailRequested => {
  const usefulMs = mail in linkLifetimeMs ? linkLifetimeMs[mail as LinkPurpose] : newsUsefulMs;
  const letter = token === undefined ? { to: email } : { to: email, token };
  return {
    type: 'user.mail-requested.v1',
    data: {
      mail,
      isProved: emailVerified,
      letter: sealLetter({ userId: id, mail }, letter),
      usefulUntil: new Date(clock.now().getTime() + usefulMs).toISOString(),
    },
  };
};

/**
 * Has a link mailed to an account that the transaction holds, unless one was mailed just now: that one still works. Returns
 * whether it was.
 */
export const mailLink = async (
  parts: UserEffects,
  tx: Sql,
  user: Recipient,
  purpose: Exclude<LinkPurpose, 'cart-waiting'>,
): Promise<boolean> => {
  const now = parts.clock.now();
  await parts.users.lock(tx, user.id);
  if (!mayMailLink(await parts.mailedLinks.recent(tx, user.id, purpose, now), now)) return false;
  const token = await parts.mailedLinks.create(tx, user.id, purpose, now);
  await publishInSequence(parts, tx, user.id, [mailRequested(parts, user, { mail: purpose, token })]);
  return true;
};
