import { requireUncommonPassword } from '../domain/password-rules.ts';
import { type Happening, userEvent } from '../domain/user-events.ts';
import { emailTaken } from '../domain/user-refusals.ts';
import { beginSession, type IssuedTokens, issueTokens } from './issue-tokens.ts';
import { mailLink } from './mail-account.ts';
import type { UserEffects } from './user-effects.ts';

/** Makes an account and signs it in. Refusals: `user.password-too-common`, `user.email-taken`, `auth.busy`. */
export const registerUser = async (
  parts: UserEffects,
  {
    email,
    password,
    name,
    network,
  }: {
    readonly email: string;
    readonly password: string;
    readonly name: string;
    readonly network: string | undefined;
  },
): Promise<IssuedTokens> => {
  requireUncommonPassword(password, email);
  const passwordHash = await parts.passwords.inTurn((turn) => turn.hash(password));
  const user = {
    id: parts.ids.next('usr'),
    email,
    name,
    roles: ['customer'] as const,
    passwordHash,
    createdAt: parts.clock.now(),
  };
  const session = await parts.transaction(async (tx) => {
    if (!(await parts.users.insert(tx, user))) throw emailTaken();
    const registered: Happening = { type: 'user.registered.v1', data: { roles: [...user.roles] } };
    const envelope = { id: parts.ids.next('evt'), userId: user.id, sequence: 1, at: user.createdAt };
    await parts.publish(tx, [userEvent(registered, envelope)]);
    const account = { ...user, emailVerified: false, cartReminders: false };
    await mailLink(parts, tx, account, 'verify-address');
    return beginSession(parts, tx, account);
  });
  await parts.loginAttempts.recordSuccess({ email, network }, user.createdAt);
  return issueTokens(parts, session);
};
