import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Authentication, authenticate, requireAccess } from '../auth/authenticate.ts';
import type { TokenVerifier } from '../auth/token-verifier.ts';
import type { HttpServer } from './fastify-zod.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** What was found out about the caller before anything was decided. */
    authentication: Authentication;
  }
}

/** Cookie that carries the key of a guest's session at the public door, there with the prefix `__Host-` over TLS. */
export const sessionCookie = 'cloudmart_session';
/** Header that says the same for callers without cookies, and carries the session's id between services. */
export const sessionHeader = 'x-session-id';

/** How a door knows sessions of visitors without an account. */
export type GuestSessions = {
  /** The id of the session that the request shows, if any. */
  read(request: FastifyRequest): Promise<string | undefined>;
  /** The id of a new session for this visitor, whose key goes along with the answer, or undefined where none shall begin. */
  begin(request: FastifyRequest, reply: FastifyReply): string | undefined;
};

/** Behind the public door: services pass the id on in a header, and none begins. */
const passedOn: GuestSessions = {
  read: async ({ headers }) => {
    const header = headers[sessionHeader];
    return typeof header === 'string' ? header : undefined;
  },
  begin: () => undefined,
};

const nobody: Authentication = { caller: { kind: 'nobody' } };

const authenticateRequest = async (
  request: FastifyRequest,
  verifyToken: TokenVerifier | undefined,
  guests: GuestSessions,
): Promise<Authentication> => {
  const guestSessionId = await guests.read(request);
  return authenticate(
    {
      authorization: request.headers.authorization,
      guestSessionId,
    },
    verifyToken,
  );
};

/** Sets `request.caller` and refuses nobody: whom a limit counts must be known before anything is refused. */
export const addAuthentication = (
  http: HttpServer,
  verifyToken: TokenVerifier | undefined,
  guests: GuestSessions = passedOn,
  accessTokenOf: (request: FastifyRequest) => string | undefined = () => undefined,
): void => {
  http.decorateRequest('caller');
  http.decorateRequest('authentication');
  http.addHook('onRequest', async (request) => {
    request.authentication = nobody;
    request.caller = nobody.caller;
    // Only requests without a route have no access: they are answered with 404 whoever calls.
    if (request.routeOptions.config.access === undefined) return;
    // A token from elsewhere is as good as one in the header, for this service and for those behind it.
    const { headers } = request;
    const token = headers.authorization === undefined ? accessTokenOf(request) : undefined;
    if (token !== undefined) headers.authorization = `Bearer ${token}`;
    request.authentication = await authenticateRequest(request, verifyToken, guests);
    request.caller = request.authentication.caller;
  });
};

/** Answers 401 or 403 before the body is read. A route that states no access fails at start. */
export const addAccessControl = (http: HttpServer, guests: GuestSessions = passedOn): void => {
  http.addHook('onRoute', ({ url, method, config }) => {
    if (config?.access === undefined)
      throw new Error(
        `route ${String(method)} ${url} does not say who may call it; give it config: { access: 'public' | 'customer' | 'customer-or-guest' | 'staff' | 'admin' }`,
      );
  });
  http.addHook('onRequest', async (request, reply) => {
    const { access } = request.routeOptions.config;
    if (access === undefined) return;
    const { authentication } = request;
    if (access === 'customer-or-guest' && request.caller.kind === 'nobody' && !authentication.refusal) {
      const sessionId = guests.begin(request, reply);
      if (sessionId !== undefined) request.caller = { kind: 'guest', sessionId };
    }
    requireAccess(access, { ...authentication, caller: request.caller });
  });
};
