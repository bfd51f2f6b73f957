import type { accountDoors } from '../../contracts/http/account-doors.ts';
import type { Tokens, User } from '../../contracts/http/auth-api.ts';
import type { DoorHandlers } from '../../kit/http/doors.ts';
import type { User as DomainUser } from '../domain/user.ts';
import { authenticate } from '../use-cases/authenticate.ts';
import type { IssuedTokens } from '../use-cases/issue-tokens.ts';
import { logOut } from '../use-cases/log-out.ts';
import { readProfile } from '../use-cases/read-profile.ts';
import { refreshSession } from '../use-cases/refresh-session.ts';
import { registerUser } from '../use-cases/register-user.ts';
import { updateProfile } from '../use-cases/update-profile.ts';
import type { UserEffects } from '../use-cases/user-effects.ts';

const userOf = ({ id, email, name, roles, createdAt }: DomainUser): User => ({
  id,
  email,
  name,
  roles: [...roles],
  createdAt: createdAt.toISOString(),
});

const tokensOf = ({ user, accessToken, expiresInSeconds, refreshToken }: IssuedTokens): Tokens => ({
  user: userOf(user),
  accessToken,
  expiresIn: expiresInSeconds,
  refreshToken,
});

/** What the doors of accounts and sessions do; the service opens them over gRPC alone. */
export const accountHandlers = (parts: UserEffects): DoorHandlers<typeof accountDoors> => ({
  register: async ({ body, network }) => tokensOf(await registerUser(parts, { ...body, network })),
  logIn: async ({ body, network }) => tokensOf(await authenticate(parts, { ...body, network })),
  refresh: async ({ body }) => tokensOf(await refreshSession(parts, body.refreshToken)),
  logOut: async ({ caller, body }) => {
    await logOut(parts, body?.refreshToken, caller);
  },
  profile: async ({ caller }) => userOf(await readProfile(parts, caller)),
  updateProfile: async (request) => userOf(await updateProfile(parts, request, request.body)),
});
