import * as z from 'zod';
import type { ServiceContext } from '../../kit/context.ts';
import type { HttpServer } from '../../kit/http/http-server.ts';

const report = z.object({ status: z.enum(['up', 'down']), details: z.record(z.string(), z.unknown()) });

/** What each path asks after: the check of that name in the health report, and details whose names begin so. */
const dependencies = [
  { path: 'database', check: 'database', details: 'database' },
  { path: 'redis', check: 'cache', details: 'cache' },
  { path: 'external', check: 'product', details: 'breaker.' },
] as const;

/** `/health/{database,redis,external,metrics}`: one dependency each, 200 or 503, and the metrics beside them. */
export const addDependencyHealthRoutes = (
  http: HttpServer,
  { health, metrics }: Pick<ServiceContext<unknown>, 'health' | 'metrics'>,
  prefix: string,
): void => {
  const config = { access: 'public' as const, isProbe: true as const };
  const tags = ['operations'];
  for (const { path, check, details } of dependencies)
    http.get(
      `${prefix}/health/${path}`,
      {
        config,
        logLevel: 'silent',
        schema: { tags, summary: `Health of ${path}`, response: { 200: report, 503: report } },
      },
      async (_request, reply) => {
        const status = (await health.report()).checks[check]?.status ?? 'down';
        const shown = Object.entries(health.details()).filter(([name]) => name.startsWith(details));
        return reply
          .code(status === 'up' ? 200 : 503)
          .header('cache-control', 'no-store')
          .send({ status, details: Object.fromEntries(shown) });
      },
    );
  http.get(
    `${prefix}/health/metrics`,
    { config, logLevel: 'silent', schema: { tags, summary: 'Metrics' } },
    async (_request, reply) => {
      const { contentType, text } = await metrics.page();
      return reply.type(contentType).send(text);
    },
  );
};
