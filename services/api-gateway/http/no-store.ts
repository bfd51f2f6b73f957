import type { HttpServer } from '../../kit/http/http-server.ts';

/** Keeps answers that hold tokens or belong to one person out of every cache on the way (OWASP ASVS 5.0, 14.2 and 14.3). */
export const keepOutOfCaches = (http: HttpServer): void => {
  http.addHook('onSend', async ({ method, routeOptions }, reply) => {
    const isForEverybody = routeOptions.config.access === 'public' && (method === 'GET' || method === 'HEAD');
    if (!isForEverybody) reply.header('cache-control', 'no-store');
  });
};
