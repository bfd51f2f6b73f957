import { randomUUID } from 'node:crypto';
import { type Tokens, type User, UserServiceDefinition } from '../../contracts/generated/cloudmart/user/v1/user.ts';
import { exampleAddress } from '../../contracts/http/postal-address.ts';
import type { Caller } from '../../kit/auth/caller.ts';
import { createGrpcServer } from '../../kit/grpc/grpc-server.ts';
import { systemIds } from '../../kit/system-ids.ts';
import { testContext } from '../../kit/testing/context.ts';
import { testManifest } from '../../kit/testing/manifest.ts';
import type { TestTokens } from '../../kit/testing/tokens.ts';
import { Refusal } from '../../kit/values/refusal.ts';

/** The token of the one link that this peer knows. */
export const knownLink = 'the-only-link-that-a-peer-in-tests-ever-had';

/** The one address of everybody. */
export const knownAddress = {
  id: 'adr_01jf0000000000000000000001',
  address: exampleAddress,
  isDefault: true,
  createdAt: '2026-11-29T10:15:00.000Z',
};

const requireLink = (token: string) => {
  if (token !== knownLink) throw new Refusal('invalid', 'auth.link-invalid', 'The link does not work.');
};

type Account = { user: User; password: string };
type Session = { account: Account; refreshToken: string; isActive: boolean };

/** Speaks the user service's contract from memory: one door for the gateway's tests, no rules beyond it. */
export const createUserPeer = (tokens: TestTokens) => {
  const accounts = new Map<string, Account>();
  const sessions = new Map<string, Session>();
  let checks = 0;
  let checksHeld: Promise<void> | undefined;

  const issue = async (sessionId: string, { account, refreshToken }: Session): Promise<Tokens> => ({
    user: account.user,
    accessToken: await tokens.token({
      userId: account.user.id,
      sessionId,
      roles: account.user.roles.map(
        (role) => (['staff', 'admin'] as const).find((known) => known === role) ?? 'customer',
      ),
    }),
    expiresIn: 600,
    refreshToken,
  });
  const begin = (account: Account): Promise<Tokens> => {
    const sessionId = systemIds.next('fam');
    const session = { account, refreshToken: randomUUID(), isActive: true };
    sessions.set(sessionId, session);
    return issue(sessionId, session);
  };
  const accountOf = (caller: Caller): Account => {
    const session = caller.kind === 'customer' ? sessions.get(caller.sessionId) : undefined;
    if (!session) throw new Refusal('unauthenticated', 'token.missing', 'Sign in first.');
    return session.account;
  };
  const add = (email: string, password: string, name: string, roles = ['customer']): Account => {
    const id = systemIds.next('usr');
    const account = {
      user: { id, email, name, roles, createdAt: new Date().toISOString(), emailVerified: false, cartReminders: false },
      password,
    };
    accounts.set(email, account);
    return account;
  };

  const context = testContext(testManifest({ name: 'user' }), { verifyToken: tokens.verifyToken });
  const grpc = createGrpcServer({ context }).add(UserServiceDefinition, {
    register: async ({ email, password, name }) => {
      if (accounts.has(email)) throw new Refusal('conflict', 'user.email-taken', 'The address is taken.');
      return { tokens: await begin(add(email, password, name)) };
    },
    authenticate: async ({ email, password }) => {
      const account = accounts.get(email);
      if (account?.password !== password)
        throw new Refusal(
          'unauthenticated',
          'auth.invalid-credentials',
          'The e-mail address or the password is wrong.',
        );
      return { tokens: await begin(account) };
    },
    refresh: async ({ refreshToken }) => {
      const found = [...sessions].find(([, session]) => session.refreshToken === refreshToken && session.isActive);
      if (!found) throw new Refusal('unauthenticated', 'auth.invalid-refresh-token', 'Sign in again.');
      found[1].refreshToken = randomUUID();
      return { tokens: await issue(...found) };
    },
    logout: async ({ refreshToken }, { caller }) => {
      for (const [id, session] of sessions)
        if (session.refreshToken === refreshToken || (caller.kind === 'customer' && caller.sessionId === id))
          session.isActive = false;
      return {};
    },
    logoutEverywhere: async (_request, { caller }) => {
      const account = accountOf(caller);
      for (const session of sessions.values()) if (session.account === account) session.isActive = false;
      return {};
    },
    verifyEmail: async ({ token }) => {
      requireLink(token);
      return {};
    },
    stopReminders: async ({ token }) => {
      requireLink(token);
      return {};
    },
    requestVerification: async (_request, { caller }) => {
      accountOf(caller);
      return {};
    },
    requestReset: async () => ({}),
    resetPassword: async ({ token }) => {
      requireLink(token);
      return {};
    },
    listAddresses: async (_request, { caller }) => {
      accountOf(caller);
      return { items: [knownAddress] };
    },
    addAddress: async (_request, { caller }) => {
      accountOf(caller);
      return { saved: knownAddress };
    },
    changeAddress: async ({ id }, { caller }) => {
      accountOf(caller);
      return { saved: { ...knownAddress, id } };
    },
    removeAddress: async (_request, { caller }) => {
      accountOf(caller);
      return {};
    },
    exportData: async (_request, { caller }) => ({
      profile: accountOf(caller).user,
      addresses: [knownAddress],
      sessions: [],
      elsewhere: [],
    }),
    deleteAccount: async ({ password }, { caller }) => {
      const account = accountOf(caller);
      if (account.password !== password) throw new Refusal('invalid', 'user.wrong-password', 'The password is wrong.');
      accounts.delete(account.user.email);
      for (const session of sessions.values()) if (session.account === account) session.isActive = false;
      return {};
    },
    listStaff: async () => ({ items: [] }),
    addStaff: async (_request, { caller }) => ({ member: accountOf(caller).user }),
    removeStaff: async () => ({}),
    listStaffChanges: async () => ({ items: [] }),
    getProfile: async (_request, { caller }) => ({ user: accountOf(caller).user }),
    updateProfile: async ({ name, password }, { caller }) => {
      const account = accountOf(caller);
      if (name !== undefined) account.user = { ...account.user, name };
      if (password !== undefined) account.password = password;
      return { user: account.user };
    },
    checkSession: async ({ userId, sessionId }) => {
      checks += 1;
      await checksHeld;
      const session = sessions.get(sessionId);
      return { active: session?.isActive === true && session.account.user.id === userId };
    },
  });

  return {
    grpc,
    /** Signs in somebody with these roles and returns the header of the access token. */
    signIn: async (roles: ('customer' | 'staff' | 'admin')[] = ['customer']) => {
      const { accessToken, user } = await begin(
        add(`${randomUUID()}@example.com`, 'a long password', 'Somebody', roles),
      );
      return { userId: user?.id ?? '', headers: { authorization: `Bearer ${accessToken}` } };
    },
    /** Ends every session, as another replica of the gateway would do by a log-out. */
    endAllSessions: () => {
      for (const session of sessions.values()) session.isActive = false;
    },
    /** Leaves questions about sessions without an answer until the returned function is called. */
    holdChecks: (): (() => void) => {
      const { promise, resolve } = Promise.withResolvers<void>();
      checksHeld = promise;
      return resolve;
    },
    /** How often the gateway asked about a session. */
    checks: () => checks,
  };
};
