import { sendProblem } from './error-handler.ts';
import type { HttpServer } from './fastify-zod.ts';

/** Misses a minute from one address; more is somebody who probes for routes. */
const missesPerMinute = 120;

/** `/orders/:id` -> /^\/orders\/[^/]+$/, to tell a wrong method (405) from a wrong path (404). */
const patternOf = (route: string): RegExp =>
  new RegExp(
    `^${route
      .replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')
      .replaceAll('\\*', '.*')
      .replaceAll(/:[^/]+/g, '[^/]+')}$`,
  );

/** 404 and 405 in the shape of all errors, rate-limited. Called after all plugins and before the routes of the service. */
export const addNotFound = (http: HttpServer): void => {
  const methodsOf = new Map<string, Set<string>>();
  http.addHook('onRoute', ({ url, method }) => {
    const methods = methodsOf.get(url) ?? new Set<string>();
    for (const each of [method].flat()) methods.add(each);
    methodsOf.set(url, methods);
  });
  http.setNotFoundHandler(
    {
      preHandler: http.rateLimit({
        max: missesPerMinute,
        timeWindow: 60_000,
        // A key of its own: in a shared cache, misses must not count as requests of all kinds and the other way round.
        keyGenerator: ({ network }) => `miss:${network}`,
      }),
    },
    (request, reply) => {
      const path = request.url.split('?')[0] ?? '/';
      const methods = [...methodsOf]
        .filter(([route]) => patternOf(route).test(path))
        .flatMap(([, names]) => [...names]);
      if (methods.length === 0)
        return sendProblem(request, reply, {
          status: 404,
          code: 'route.missing',
          detail: 'There is nothing at this path.',
        });
      reply.header('allow', [...new Set(methods)].join(', '));
      return sendProblem(request, reply, {
        status: 405,
        code: 'route.method',
        detail: `This path does not answer ${request.method}; it answers ${[...new Set(methods)].join(', ')}.`,
      });
    },
  );
};
