import type { accountDoors } from '../../contracts/http/accounts/account-doors.ts';
import type { SavedAddress, Tokens, User } from '../../contracts/http/accounts/auth-api.ts';
import type { mailDoors } from '../../contracts/http/accounts/mail-doors.ts';
import type { DoorHandlers } from '../../kit/http/doors.ts';
import type { Jobs } from '../../kit/jobs/jobs.ts';
import type { User as DomainUser } from '../domain/user.ts';
import type { SavedAddress as DomainAddress } from '../storage/address-repository.ts';
import { authenticate } from '../use-cases/authenticate.ts';
import { deleteAccount } from '../use-cases/delete-account.ts';
import { exportData } from '../use-cases/export-data.ts';
import type { IssuedTokens } from '../use-cases/issue-tokens.ts';
import { addAddress, changeAddress, listAddresses, removeAddress } from '../use-cases/keep-addresses.ts';
import { logOut, logOutEverywhere } from '../use-cases/log-out.ts';
import { readProfile } from '../use-cases/read-profile.ts';
import { refreshSession } from '../use-cases/refresh-session.ts';
import { registerUser } from '../use-cases/register-user.ts';
import { requestReset } from '../use-cases/request-reset.ts';
import { resetPassword } from '../use-cases/reset-password.ts';
import { stopReminders } from '../use-cases/stop-reminders.ts';
import { updateProfile } from '../use-cases/update-profile.ts';
import type { UserEffects } from '../use-cases/user-effects.ts';
import { requestVerification, verifyEmail } from '../use-cases/verify-email.ts';

export const userOf = ({ id, email, name, roles, createdAt, emailVerified, cartReminders }: DomainUser): User => ({
  id,
  email,
  name,
  roles: [...roles],
  createdAt: createdAt.toISOString(),
  emailVerified,
  cartReminders,
});

const savedOf = ({ id, address, isDefault, createdAt }: DomainAddress): SavedAddress => ({
  id,
  address,
  isDefault,
  createdAt: createdAt.toISOString(),
});

/** What other services keep about the same person, and the doors that give it to him. */
const elsewhere = [
  { what: 'orders', door: '/orders' },
  { what: 'cart', door: '/cart' },
] as const;

const tokensOf = ({ user, accessToken, expiresInSeconds, refreshToken }: IssuedTokens): Tokens => ({
  user: userOf(user),
  accessToken,
  expiresIn: expiresInSeconds,
  refreshToken,
});

/** What links in mails do. */
export const mailHandlers = (parts: UserEffects): DoorHandlers<typeof mailDoors> => ({
  stopReminders: async ({ query }) => {
    await stopReminders(parts, query.token);
  },
});

export type AccountParts = UserEffects & { readonly jobs: Pick<Jobs, 'enqueue'> };

/** What the doors of accounts and sessions do; the service opens them over gRPC alone. */
export const accountHandlers = (parts: AccountParts): DoorHandlers<typeof accountDoors> => ({
  register: async ({ body, network }) => tokensOf(await registerUser(parts, { ...body, network })),
  logIn: async ({ body, network }) => tokensOf(await authenticate(parts, { ...body, network })),
  refresh: async ({ body }) => tokensOf(await refreshSession(parts, body.refreshToken)),
  logOut: async ({ caller, body }) => {
    await logOut(parts, body?.refreshToken, caller);
  },
  logOutEverywhere: async ({ caller }) => {
    await logOutEverywhere(parts, caller);
  },
  verify: async ({ body }) => {
    await verifyEmail(parts, body.token);
  },
  requestVerification: async ({ caller }) => {
    await requestVerification(parts, caller);
  },
  requestReset: async ({ body }) => {
    await requestReset(parts.jobs, body.email);
  },
  reset: async ({ body, network }) => {
    await resetPassword(parts, { ...body, network });
  },
  addresses: async ({ caller }) => ({ items: (await listAddresses(parts, caller)).map(savedOf), nextCursor: null }),
  addAddress: async ({ caller, body }) => savedOf(await addAddress(parts, caller, body)),
  changeAddress: async ({ caller, params, body }) => savedOf(await changeAddress(parts, caller, params.id, body)),
  removeAddress: async ({ caller, params }) => {
    await removeAddress(parts, caller, params.id);
  },
  exportData: async ({ caller }) => {
    const { account, addresses, sessions } = await exportData(parts, caller);
    return {
      profile: userOf(account),
      addresses: addresses.map(savedOf),
      sessions: sessions.map(({ beganAt, endsAt }) => ({
        beganAt: beganAt.toISOString(),
        endsAt: endsAt.toISOString(),
      })),
      elsewhere: [...elsewhere],
    };
  },
  deleteAccount: async (request) => {
    await deleteAccount(parts, request, request.body.password);
  },
  profile: async ({ caller }) => userOf(await readProfile(parts, caller)),
  updateProfile: async (request) => userOf(await updateProfile(parts, request, request.body)),
});
