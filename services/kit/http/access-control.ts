import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Authentication, authenticate, requireAccess } from '../auth/authenticate.ts';
import type { Caller } from '../auth/caller.ts';
import type { TokenVerifier } from '../auth/token-verifier.ts';
import type { HttpServer } from './fastify-zod.ts';

/** Cookie that carries a guest's session; the header `x-session-id` says the same for callers without cookies. */
export const sessionCookie = 'cloudmart_session';
export const sessionHeader = 'x-session-id';

/** Returns the id of a new session for this visitor (and sends it along), or undefined where none shall begin. */
export type BeginGuestSession = (request: FastifyRequest, reply: FastifyReply) => string | undefined;

const nobody: Caller = { kind: 'nobody' };

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

/** Sets `request.caller` and answers 401 or 403 before the body is read. A route that states no access fails at start. */
export const addAccessControl = (
  http: HttpServer,
  verifyToken: TokenVerifier | undefined,
  beginGuestSession: BeginGuestSession = () => undefined,
): void => {
  http.addHook('onRoute', ({ url, method, config }) => {
    if (config?.access === undefined)
      throw new Error(
        `route ${String(method)} ${url} does not say who may call it; give it config: { access: 'public' | 'customer' | 'customer-or-guest' | 'staff' }`,
      );
  });
  http.decorateRequest('caller');
  http.addHook('onRequest', async (request, reply) => {
    request.caller = nobody;
    const { access } = request.routeOptions.config;
    // Only requests without a route have no access: they are answered with 404 whoever calls.
    if (access === undefined) return;
    const authentication = await authenticateRequest(request, verifyToken);
    request.caller = authentication.caller;
    if (access === 'customer-or-guest' && request.caller.kind === 'nobody' && !authentication.refusal) {
      const sessionId = beginGuestSession(request, reply);
      if (sessionId !== undefined) request.caller = { kind: 'guest', sessionId };
    }
    requireAccess(access, { ...authentication, caller: request.caller });
  });
};
