import type {
  Tokens as ProtoTokens,
  User as ProtoUser,
  UserServiceDefinition,
} from '../../contracts/generated/cloudmart/user/v1/user.ts';
import { type Tokens, tokensSchema, type User, userSchema } from '../../contracts/http/auth-api.ts';
import type { GrpcClient } from '../../kit/grpc/grpc-client.ts';
import type { Forwarding } from '../http/forwarding.ts';

const userOf = (user: ProtoUser | undefined): User => userSchema.parse(user);
const tokensOf = (tokens: ProtoTokens | undefined): Tokens => tokensSchema.parse(tokens);

/** The user service in the words of the public door; refusals pass through. */
export const createAccounts = (users: GrpcClient<typeof UserServiceDefinition>) => ({
  register: async (body: { readonly email: string; readonly password: string; readonly name: string }) =>
    tokensOf((await users.register(body)).tokens),

  logIn: async (body: { readonly email: string; readonly password: string }) =>
    tokensOf((await users.authenticate(body)).tokens),

  refresh: async (refreshToken: string) => tokensOf((await users.refresh({ refreshToken })).tokens),

  /** Ends the session of the refresh token, if there is one, and that of the forwarded access token. */
  logOut: async (refreshToken: string | undefined, forwarding: Forwarding): Promise<void> => {
    await users.logout({ refreshToken: refreshToken ?? '' }, forwarding);
  },

  profile: async (forwarding: Forwarding) => userOf((await users.getProfile({}, forwarding)).user),

  updateProfile: async (
    changes: { readonly name?: string; readonly password?: string; readonly currentPassword?: string },
    forwarding: Forwarding,
  ) => userOf((await users.updateProfile(changes, forwarding)).user),
});

export type Accounts = ReturnType<typeof createAccounts>;
