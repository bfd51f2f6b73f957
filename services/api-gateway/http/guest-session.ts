import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { RotatingSecret } from '../../kit/auth/rotating-secret.ts';
import { type GuestSessions, sessionCookie, sessionHeader } from '../../kit/http/access-control.ts';
import type { Clock } from '../../kit/values/clock.ts';
import { idFrom } from '../../kit/values/identifiers.ts';
import { Refusal } from '../../kit/values/refusal.ts';

/** 30 days: as long as a cart is kept. */
const lifetimeSeconds = 30 * 24 * 3600;

/** Random part, second of issue in base 36, and the signature of both. */
const form = /^([\w-]{32})\.([0-9a-z]{6,8})\.([\w-]{43})$/;

/** Over TLS browsers keep a name that begins so for the host that set it: no sibling of the host can plant a session. */
const cookieNameFor = ({ protocol }: FastifyRequest) =>
  protocol === 'https' ? `__Host-${sessionCookie}` : sessionCookie;

/**
 * Sessions of visitors without an account. The client holds a key that was issued and signed here; everything behind this door
 * knows the session by an id made from it, which opens nothing: neither a made-up key nor what stands in events, tables and logs
 * is a session. Keys end 30 days after their issue, at the log-in that takes over what they held, and at log-out.
 */
export const createGuestSessions = ({ secret, clock }: { readonly secret: RotatingSecret; readonly clock: Clock }) => {
  const signWith = (value: string, text: string) =>
    createHmac('sha256', value).update(`guest-session ${text}`).digest();
  const idOf = (key: string) => idFrom('ses', createHash('sha256').update(key).digest());
  const nowSeconds = () => Math.floor(clock.now().getTime() / 1000);

  const issue = () => {
    const text = `${randomBytes(24).toString('base64url')}.${nowSeconds().toString(36)}`;
    return `${text}.${signWith(secret.newest, text).toString('base64url')}`;
  };
  const isGood = async (key: string) => {
    const [, random, issuedAt = '', signature = ''] = form.exec(key) ?? [];
    if (random === undefined || nowSeconds() - Number.parseInt(issuedAt, 36) >= lifetimeSeconds) return false;
    const shown = Buffer.from(signature, 'base64url');
    const isOurs = await secret.accept(
      (value) => timingSafeEqual(shown, signWith(value, `${random}.${issuedAt}`)) || undefined,
    );
    return isOurs === true;
  };
  const options = (request: FastifyRequest) =>
    ({ path: '/', httpOnly: true, sameSite: 'lax', secure: request.protocol === 'https' }) as const;

  const sessions: GuestSessions & { end(request: FastifyRequest, reply: FastifyReply): void } = {
    read: async (request) => {
      const header = request.headers[sessionHeader];
      const key = typeof header === 'string' ? header : request.cookies[cookieNameFor(request)];
      return key !== undefined && (await isGood(key)) ? idOf(key) : undefined;
    },

    /** Where the door says so, the visitor has to show the key first: what was begun under a session that got lost cannot be found again. */
    begin: (request, reply) => {
      const newGuest = request.routeOptions.config.door?.newGuest;
      if (newGuest === undefined) return undefined;
      const key = issue();
      reply.setCookie(cookieNameFor(request), key, { ...options(request), maxAge: lifetimeSeconds });
      if (newGuest === 'goes-on') return idOf(key);
      throw new Refusal(
        'unauthenticated',
        'session.begun',
        'A guest session begins with this answer; send the request again with its cookie, or sign in.',
      );
    },

    end: (request, reply) => {
      reply.clearCookie(cookieNameFor(request), options(request));
    },
  };
  return sessions;
};
