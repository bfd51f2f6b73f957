import * as z from 'zod';
import { type Tokens, type User, UserServiceDefinition } from '../../contracts/generated/cloudmart/user/v1/user.ts';
import { loginBody, refreshBody, registerBody, updateProfileBody } from '../../contracts/http/auth-api.ts';
import type { GrpcServer } from '../../kit/grpc/grpc-server.ts';
import { parseRequest } from '../../kit/grpc/parse-request.ts';
import type { User as DomainUser } from '../domain/user.ts';
import { authenticate } from '../use-cases/authenticate.ts';
import type { IssuedTokens } from '../use-cases/issue-tokens.ts';
import { logOut } from '../use-cases/log-out.ts';
import { readProfile } from '../use-cases/read-profile.ts';
import { refreshSession } from '../use-cases/refresh-session.ts';
import { registerUser } from '../use-cases/register-user.ts';
import { updateProfile } from '../use-cases/update-profile.ts';
import type { UserParts } from '../use-cases/user-parts.ts';

const checkSessionRequest = z.object({ userId: z.string().min(1).max(64), sessionId: z.string().min(1).max(64) });

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

/** Adds the service of cloudmart/user/v1/user.proto. */
export const addUserService = (grpc: GrpcServer, parts: UserParts): void => {
  grpc.add(UserServiceDefinition, {
    register: async (request) => ({ tokens: tokensOf(await registerUser(parts, parseRequest(registerBody, request))) }),
    authenticate: async (request) => ({
      tokens: tokensOf(await authenticate(parts, parseRequest(loginBody, request))),
    }),
    refresh: async (request) => ({
      tokens: tokensOf(await refreshSession(parts, parseRequest(refreshBody, request).refreshToken)),
    }),
    logout: async ({ refreshToken }, { caller }) => {
      const token = refreshToken === '' ? '' : parseRequest(refreshBody, { refreshToken }).refreshToken;
      await logOut(parts, token, caller);
      return {};
    },
    getProfile: async (_request, { caller }) => ({ user: userOf(await readProfile(parts, caller)) }),
    updateProfile: async (request, { caller }) => ({
      user: userOf(await updateProfile(parts, caller, parseRequest(updateProfileBody, request))),
    }),
    checkSession: async (request) => {
      const { userId, sessionId } = parseRequest(checkSessionRequest, request);
      return { active: await parts.sessions.isActive(userId, sessionId, parts.clock.now()) };
    },
  });
};
