import { expect, test } from '@jest/globals';
import { createMetrics } from '../../services/kit/telemetry/metrics.ts';
import { callsOn } from './service-calls.ts';

test('every answered call counts once, whatever its answer, and probes and scrapes do not', async () => {
  const metrics = createMetrics('order');
  const http = metrics.counter({
    name: 'http_requests_total',
    help: 'x',
    labels: ['method', 'route', 'status'] as const,
  });
  const grpc = metrics.counter({ name: 'grpc_requests_total', help: 'x', labels: ['method', 'code'] as const });
  http.inc({ method: 'POST', route: '/orders', status: '201' }, 3);
  http.inc({ method: 'POST', route: '/orders', status: '409' });
  http.inc({ method: 'GET', route: '/orders/:id', status: '200' });
  for (const route of ['/health/ready', '/metrics', '/api/v1/health/live'])
    http.inc({ method: 'GET', route, status: '200' }, 50);
  grpc.inc({ method: 'OrderService/PlaceOrder', code: 'OK' }, 2);
  grpc.inc({ method: 'OrderService/PlaceOrder', code: 'UNAVAILABLE' });
  grpc.inc({ method: 'Health/Check', code: 'OK' }, 9);
  expect(callsOn((await metrics.page()).text)).toEqual({
    'POST /orders': 4,
    'GET /orders/:id': 1,
    'OrderService/PlaceOrder': 3,
  });
});
