import type { FastifyReply } from 'fastify';
import * as z from 'zod';
import type { ServiceContext } from '../context.ts';
import { systemClock } from '../system-clock.ts';
import type { HttpServer } from './fastify-zod.ts';

type Reporting = Pick<ServiceContext<unknown>, 'health' | 'functions' | 'manifest' | 'metrics'>;

const check = z.object({
  status: z.enum(['up', 'down']),
  critical: z.boolean(),
  durationMs: z.number(),
  error: z.string().optional(),
});
const exampleSummary = {
  status: 'healthy',
  service: 'order',
  timestamp: '2026-11-29T10:15:00.000Z',
  uptime: 3600.5,
  checks: { cache: { status: 'up', critical: false, durationMs: 1 } },
};
const summary = z
  .object({
    status: z.enum(['healthy', 'degraded', 'unhealthy']),
    service: z.string(),
    timestamp: z.iso.datetime(),
    /** Seconds. */
    uptime: z.number(),
    checks: z.record(z.string(), check),
  })
  .meta({ example: exampleSummary });
const phase = z.object({ status: z.string() }).meta({ example: { status: 'ready' } });
const detailed = z
  .object({
    ...summary.shape,
    phase: z.string(),
    uptimeSeconds: z.number(),
    memoryMiB: z.number(),
    details: z.record(z.string(), z.unknown()),
  })
  .meta({
    example: { ...exampleSummary, phase: 'ready', uptimeSeconds: 3600, memoryMiB: 96, details: {} },
  });

const both = <T>(schema: T) => ({ 200: schema, 503: schema });
const tags = ['operations'];

export type HealthRoutesOptions = {
  /** Each gets routes of its own; default the root. */
  readonly prefixes?: readonly string[];
  /** Whether `/health` tells the checks and `/health/detailed` exists; default true. */
  readonly showsDetails?: boolean;
};

/**
 * `/health` and `/health/detailed` say how the service and what it depends on are (503 when unhealthy);
 * `live` that the event loop turns, `startup` that the start is over, `ready` that traffic may come here.
 */
export const addHealthRoutes = (
  http: HttpServer,
  { health, functions, manifest }: Reporting,
  { prefixes = [''], showsDetails = true }: HealthRoutesOptions = {},
): void => {
  const config = { access: 'public' as const, isProbe: true as const };
  const answer = (reply: FastifyReply, well: boolean, body: object) =>
    reply
      .code(well ? 200 : 503)
      .header('cache-control', 'no-store')
      .send(body);

  const moment = () => ({
    service: manifest.name,
    timestamp: systemClock.now().toISOString(),
    uptime: process.uptime(),
  });

  for (const prefix of prefixes) {
    const route = (path: string, description: string, schema: z.ZodType, handler: (reply: FastifyReply) => unknown) =>
      http.get(
        `${prefix}/health${path}`,
        { config, logLevel: 'silent', schema: { tags, description, response: both(schema) } },
        (_request, reply) => handler(reply),
      );

    route('', 'Health of the service and of what it depends on.', showsDetails ? summary : phase, async (reply) => {
      const report = await health.report();
      const told = showsDetails ? { ...moment(), ...report } : { status: report.status };
      return answer(reply, report.status !== 'unhealthy', told);
    });
    route('/live', 'Whether the process turns; no dependency is asked.', phase, (reply) =>
      answer(reply, true, { status: 'live' }),
    );
    // Who builds an index for an hour would be killed in the middle, each time anew: from then on the process is only asked whether it turns.
    route('/startup', 'Whether the start is over, or builds an index that takes its time.', phase, (reply) =>
      answer(reply, ['ready', 'draining', 'migrating'].includes(health.phase), { status: health.phase }),
    );
    route('/ready', 'Whether traffic may come here.', phase, async (reply) => {
      const ready = await health.isReady();
      return answer(reply, ready, { status: ready ? 'ready' : health.phase === 'ready' ? 'not-ready' : health.phase });
    });
    if (!showsDetails) continue;
    route(
      '/detailed',
      'Health with each check, breakers, critical functions and the process itself.',
      detailed,
      async (reply) => {
        const report = await health.report();
        return answer(reply, report.status !== 'unhealthy' && functions.missing().length === 0, {
          ...moment(),
          phase: health.phase,
          ...report,
          uptimeSeconds: Math.floor(process.uptime()),
          memoryMiB: Math.round(process.memoryUsage.rss() / 2 ** 20),
          details: { criticalFunctions: functions.report(), ...health.details() },
        });
      },
    );
  }
};

/** `/metrics` for Prometheus. */
export const addMetricsRoute = (http: HttpServer, { metrics }: Reporting): void => {
  http.get(
    '/metrics',
    {
      config: { access: 'public', isProbe: true },
      logLevel: 'silent',
      schema: {
        tags,
        description: 'Metrics in the format of Prometheus.',
        produces: ['text/plain'],
        response: { 200: z.string() },
      },
    },
    async (_request, reply) => {
      const { contentType, text } = await metrics.page();
      return reply.type(contentType).send(text);
    },
  );
};
