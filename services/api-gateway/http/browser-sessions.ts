import type { FastifyRequest } from 'fastify';
import type { accountDoors } from '../../contracts/http/accounts/account-doors.ts';
import type { Tokens } from '../../contracts/http/accounts/auth-api.ts';
import type { sessionDoors } from '../../contracts/http/accounts/session-doors.ts';
import type { DoorHandlers } from '../../kit/http/doors.ts';
import type { HttpServer } from '../../kit/http/http-server.ts';
import { Refusal } from '../../kit/values/refusal.ts';

type Accounts = Pick<DoorHandlers<typeof accountDoors>, 'register' | 'logIn' | 'logOut' | 'refresh' | 'profile'>;

const names = { access: 'cloudmart_access', refresh: 'cloudmart_refresh' } as const;
/**
 * As long as a session that nobody refreshes. The access token in it is over much sooner; the browser goes on sending it, so that its
 * owner is told to refresh, and not taken for a guest.
 */
const lifetimeSeconds = 30 * 24 * 3600;

/** As the guest's session: over TLS only for the host that set it. */
const nameOf = (request: FastifyRequest, name: keyof typeof names) =>
  request.protocol === 'https' ? `__Host-${names[name]}` : names[name];

/** The access token that a browser carries for its reader. */
export const accessTokenOfBrowser = (request: FastifyRequest): string | undefined =>
  request.cookies[nameOf(request, 'access')] || undefined;

const isAway = (problem: unknown) => !(problem instanceof Refusal) || problem.kind !== 'unauthenticated';

/** Sessions whose tokens stay in HttpOnly cookies: no answer holds one, so no script can take one along. */
export const browserSessions = (http: HttpServer, accounts: Accounts): DoorHandlers<typeof sessionDoors> => {
  const outcomes = new WeakMap<object, Tokens | 'ended' | 'same'>();
  http.addHook('onSend', async (request, reply) => {
    const outcome = outcomes.get(request);
    if (outcome === undefined) return;
    reply.header('cache-control', 'no-store');
    if (outcome === 'same') return;
    const options = { path: '/', httpOnly: true, sameSite: 'lax', secure: request.protocol === 'https' } as const;
    for (const [name, token] of [
      ['access', outcome === 'ended' ? undefined : outcome.accessToken],
      ['refresh', outcome === 'ended' ? undefined : outcome.refreshToken],
    ] as const)
      if (token === undefined) reply.clearCookie(nameOf(request, name), options);
      else reply.setCookie(nameOf(request, name), token, { ...options, maxAge: lifetimeSeconds });
  });
  const begun = (request: object, tokens: Tokens) => {
    outcomes.set(request, tokens);
    return { user: tokens.user };
  };
  // A door's request is the server's own.
  const refreshTokenOf = (request: object) => {
    const asked = request as FastifyRequest;
    return asked.cookies[nameOf(asked, 'refresh')] || undefined;
  };

  return {
    show: async (request) => {
      outcomes.set(request, 'same');
      if (request.caller.kind !== 'customer') return { user: null };
      return {
        user: await accounts.profile(request).catch((problem: unknown) => {
          if (isAway(problem)) throw problem;
          return null;
        }),
      };
    },
    begin: async (request) => begun(request, await accounts.logIn(request)),
    register: async (request) => begun(request, await accounts.register(request)),
    refresh: async (request) => {
      const refreshToken = refreshTokenOf(request);
      try {
        if (refreshToken !== undefined) {
          const { caller, network, id } = request;
          const asked = { caller, network, id, params: {}, query: {}, headers: {}, body: { refreshToken } };
          return begun(request, await accounts.refresh(asked));
        }
      } catch (problem) {
        // Whether the session lives is not known while nobody can tell; the browser keeps it.
        if (isAway(problem)) throw problem;
      }
      outcomes.set(request, 'ended');
      return { user: null };
    },
    end: async (request) => {
      const refreshToken = refreshTokenOf(request);
      if (refreshToken !== undefined || request.caller.kind === 'customer')
        await accounts.logOut(Object.assign(request, { body: { refreshToken } }));
      outcomes.set(request, 'ended');
    },
  };
};
