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

/** Cookie that carries a guest's session; the header `x-session-id` says the same for callers without cookies. */
export const sessionCookie = 'cloudmart_session';
export const sessionHeader = 'x-session-id';

/** Returns the id of a new session for this visitor (and sends it along), or undefined where none shall begin. */
export type BeginGuestSession = (request: FastifyRequest, reply: FastifyReply) => string | undefined;

const nobody: Authentication = { caller: { kind: 'nobody' } };

const authenticateRequest = (
  request: FastifyRequest,
  verifyToken: TokenVerifier | undefined,
): Promise<Authentication> => {
  const header = request.headers[sessionHeader];
  const guestSessionId = typeof header === 'string' ? header : request.cookies[sessionCookie];
  return authenticate(
    {
      ...(request.headers.authorization !== undefined && { authorization: request.headers.authorization }),
      ...(guestSessionId !== undefined && { guestSessionId }),
    },
    verifyToken,
  );
};

/** Sets `request.caller` and refuses nobody: whom a limit counts must be known before anything is refused. */
export const addAuthentication = (http: HttpServer, verifyToken: TokenVerifier | undefined): void => {
  http.decorateRequest('caller');
  http.decorateRequest('authentication');
  http.addHook('onRequest', async (request) => {
    request.authentication = nobody;
    request.caller = nobody.caller;
    // Only requests without a route have no access: they are answered with 404 whoever calls.
    if (request.routeOptions.config.access === undefined) return;
    request.authentication = await authenticateRequest(request, verifyToken);
    request.caller = request.authentication.caller;
  });
};

/** Answers 401 or 403 before the body is read. A route that states no access fails at start. */
export const addAccessControl = (http: HttpServer, beginGuestSession: BeginGuestSession = () => undefined): void => {
  http.addHook('onRoute', ({ url, method, config }) => {
    if (config?.access === undefined)
      throw new Error(
        `route ${String(method)} ${url} does not say who may call it; give it config: { access: 'public' | 'customer' | 'customer-or-guest' | 'staff' }`,
      );
  });
  http.addHook('onRequest', async (request, reply) => {
    const { access } = request.routeOptions.config;
    if (access === undefined) return;
    const { authentication } = request;
    if (access === 'customer-or-guest' && request.caller.kind === 'nobody' && !authentication.refusal) {
      const sessionId = beginGuestSession(request, reply);
      if (sessionId !== undefined) request.caller = { kind: 'guest', sessionId };
    }
    requireAccess(access, { ...authentication, caller: request.caller });
  });
};
