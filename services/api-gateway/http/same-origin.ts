import type { FastifyRequest } from 'fastify';
import type { HttpServer } from '../../kit/http/http-server.ts';
import { Refusal } from '../../kit/values/refusal.ts';

const isRead = ({ method }: FastifyRequest) => ['GET', 'HEAD', 'OPTIONS'].includes(method);

/** Host of the page that sends, and whether the browser calls it the same as ours; programs say neither. */
const isFromElsewhere = (request: FastifyRequest, allowed: readonly string[]): boolean => {
  const { origin } = request.headers;
  const site = request.headers['sec-fetch-site'];
  if (site === 'same-origin' || site === 'none') return false;
  if (typeof origin === 'string' && allowed.includes(origin)) return false;
  // A browser that is too old for the first says the second; behind CloudFront the host is another, but such a browser is not served there.
  if (site === undefined)
    return typeof origin === 'string' && !(URL.canParse(origin) && new URL(origin).host === request.host);
  return true;
};

/**
 * Refuses what another site makes a browser send, with its reader's cookies: `Sec-Fetch-Site`, which no script can write, else `Origin`.
 * Cookies that are SameSite=Lax do not come along then either; this holds where a browser does not know that.
 */
export const requireSameOrigin = (http: HttpServer, allowedOrigins: readonly string[]): void => {
  http.addHook('onRequest', async (request) => {
    if (!isRead(request) && isFromElsewhere(request, allowedOrigins))
      throw new Refusal('forbidden', 'request.cross-origin', 'Another site sent this request; open the shop itself.');
  });
};
