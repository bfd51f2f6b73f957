import { invalidCredentials } from '../domain/user-refusals.ts';
import { checkPassword } from './check-password.ts';
import { beginSession, type IssuedTokens, issueTokens } from './issue-tokens.ts';
import type { UserEffects } from './user-effects.ts';

/** Signs in. Refusals: `auth.invalid-credentials`, `auth.too-many-attempts`, `auth.busy`. */
export const authenticate = async (
  parts: UserEffects,
  {
    email,
    password,
    network,
  }: { readonly email: string; readonly password: string; readonly network: string | undefined },
): Promise<IssuedTokens> => {
  const user = await checkPassword(parts, { email, password, network, findUser: () => parts.users.findByEmail(email) });
  if (!user) throw invalidCredentials();
  const { passwordHash: _hash, ...account } = user;
  return issueTokens(parts, await parts.transaction((tx) => beginSession(parts, tx, account)));
};
