import type { BeginGuestSession } from '../../kit/http/access-control.ts';
import { sessionCookie } from '../../kit/http/access-control.ts';
import type { Ids } from '../../kit/values/identifiers.ts';
import { Refusal } from '../../kit/values/refusal.ts';

/** 30 days: as long as a cart is kept. */
const lifetimeSeconds = 30 * 24 * 3600;

/**
 * Gives a new visitor a session whose id is its key: unguessable, out of reach of scripts, not sent from foreign pages.
 * Where the door says so, the visitor has to show it first: what was begun under a session that got lost cannot be found again.
 */
export const createGuestSessions =
  (ids: Ids): BeginGuestSession =>
  (request, reply) => {
    const newGuest = request.routeOptions.config.door?.newGuest;
    if (newGuest === undefined) return undefined;
    const sessionId = ids.next('ses');
    reply.setCookie(sessionCookie, sessionId, {
      path: '/',
      httpOnly: true,
      sameSite: 'lax',
      secure: request.protocol === 'https',
      maxAge: lifetimeSeconds,
    });
    if (newGuest === 'goes-on') return sessionId;
    throw new Refusal(
      'unauthenticated',
      'session.begun',
      'A guest session begins with this answer; send the request again with its cookie, or sign in.',
    );
  };
