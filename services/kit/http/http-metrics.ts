import type { Metrics } from '../telemetry/metrics.ts';
import type { HttpServer } from './fastify-zod.ts';

/** Counts and times each answer by its route pattern, never by its URL, so that the number of series stays small. */
export const addHttpMetrics = (http: HttpServer, metrics: Metrics): void => {
  const labels = ['method', 'route', 'status'] as const;
  const requests = metrics.counter({ name: 'http_requests_total', help: 'HTTP requests answered.', labels });
  const duration = metrics.histogram({
    name: 'http_request_duration_seconds',
    help: 'Seconds from the first byte of a request to the end of its answer.',
    labels,
  });
  http.addHook('onResponse', async (request, reply) => {
    const values = {
      method: request.routeOptions.url === undefined ? 'any' : request.method,
      route: request.routeOptions.url ?? 'unmatched',
      status: String(reply.statusCode),
    };
    requests.inc(values);
    duration.observe(values, reply.elapsedTime / 1000);
  });
};
