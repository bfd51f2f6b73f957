import type { FastifyRequest } from 'fastify';
import type { HttpServer } from '../../kit/http/http-server.ts';
import { Refusal } from '../../kit/values/refusal.ts';
import type { UserClient } from '../clients/user-client.ts';

const isRead = ({ method }: FastifyRequest) => method === 'GET' || method === 'HEAD';

/**
 * Refuses customers whose session has ended, although their token is still good for some minutes.
 * While the user service is away nobody can tell: then customers may still read what is theirs, and nothing else.
 */
export const requireLiveSessions = (http: HttpServer, users: UserClient): void => {
  http.addHook('onRequest', async (request) => {
    const { access } = request.routeOptions.config;
    const { caller } = request;
    if (caller.kind !== 'customer' || access === undefined || access === 'public') return;
    const isActive = await users.isSessionActive(caller).catch((problem: unknown) => {
      const mayRead = isRead(request) && access !== 'staff';
      if (mayRead && problem instanceof Refusal && problem.kind === 'unavailable') return true;
      throw problem;
    });
    if (!isActive) throw new Refusal('unauthenticated', 'auth.session-ended', 'The session has ended; sign in again.');
  });
};
