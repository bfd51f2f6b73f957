import type { FastifyRequest } from 'fastify';
import { type Authentication, authenticate, requireAccess } from '../auth/authenticate.ts';
import type { Caller } from '../auth/caller.ts';
import type { TokenVerifier } from '../auth/token-verifier.ts';
import type { HttpServer } from './fastify-zod.ts';

/** Cookie that carries a guest's session; the header `x-session-id` says the same for callers without cookies. */
export const sessionCookie = 'cloudmart_session';
export const sessionHeader = 'x-session-id';

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
export const addAccessControl = (http: HttpServer, verifyToken: TokenVerifier | undefined): void => {
  http.addHook('onRoute', ({ url, method, config }) => {
    if (config?.access === undefined)
      throw new Error(
        `route ${String(method)} ${url} does not say who may call it; give it config: { access: 'public' | 'customer' | 'customer-or-guest' | 'staff' }`,
      );
  });
  http.decorateRequest('caller');
  http.addHook('onRequest', async (request) => {
    request.caller = nobody;
    const { access } = request.routeOptions.config;
    // Only requests without a route have no access: they are answered with 404 whoever calls.
    if (access === undefined) return;
    const authentication = await authenticateRequest(request, verifyToken);
    request.caller = authentication.caller;
    requireAccess(access, authentication);
  });
};
