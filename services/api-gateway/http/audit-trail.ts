import type { FastifyRequest } from 'fastify';
import { isStaff } from '../../kit/auth/caller.ts';
import type { HttpServer } from '../../kit/http/http-server.ts';
import type { Logger } from '../../kit/telemetry/logger.ts';
import { Refusal } from '../../kit/values/refusal.ts';

const isRead = ({ method }: FastifyRequest) => method === 'GET' || method === 'HEAD';

/** What was refused to whom it does not concern: a wrong or ended token, a missing role, a wrong password, one attempt too many. */
const isRefusedEntry = ({ routeOptions: { config } }: FastifyRequest, status: number) =>
  status === 401 || status === 403 || (status === 429 && config.door?.limit === 'attempts');

/**
 * The audit trail (OWASP ASVS 5.0, 16.3): a log line with `audit` for every act of staff, whatever came of it, and for every
 * refused log-in or token. It names who (account, or network for strangers), what and the outcome, and nothing of the bodies.
 */
export const addAuditTrail = (http: HttpServer, logger: Logger): void => {
  const refusals = new WeakMap<FastifyRequest, string>();
  http.addHook('onError', (request, _reply, error, done) => {
    if (error instanceof Refusal) refusals.set(request, error.code);
    done();
  });
  http.addHook('onResponse', async (request, { statusCode: status }) => {
    const { caller, network, method, params, routeOptions } = request;
    // Nobody's path stands in a log as it came: what has no route is not worth a line.
    if (routeOptions.config.door === undefined || caller === undefined) return;
    const account = caller.kind === 'customer' ? caller.userId : null;
    const entry = { account, network, method, route: routeOptions.url, status, code: refusals.get(request) ?? null };
    if (isStaff(caller) && !isRead(request)) logger.info({ audit: 'staff-act', ...entry, params }, 'staff acted');
    else if (isRefusedEntry(request, status)) logger.warn({ audit: 'refused', ...entry }, 'entry was refused');
  });
};
