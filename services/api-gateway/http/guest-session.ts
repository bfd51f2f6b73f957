import type { BeginGuestSession } from '../../kit/http/access-control.ts';
import { sessionCookie } from '../../kit/http/access-control.ts';
import type { Ids } from '../../kit/values/identifiers.ts';

/** 30 days: as long as a cart is kept. */
const lifetimeSeconds = 30 * 24 * 3600;

/** Gives a new visitor a session whose id is its key: unguessable, out of reach of scripts, not sent from foreign pages. */
export const createGuestSessions =
  (ids: Ids): BeginGuestSession =>
  (request, reply) => {
    if (!request.routeOptions.config.door?.beginsGuestSession) return undefined;
    const sessionId = ids.next('ses');
    reply.setCookie(sessionCookie, sessionId, {
      path: '/',
      httpOnly: true,
      sameSite: 'lax',
      secure: request.protocol === 'https',
      maxAge: lifetimeSeconds,
    });
    return sessionId;
  };
