import { describe, expect, test } from '@jest/globals';
import { metricCatalogue, metricsOf, processPrefixes } from './metric-catalogue.ts';

describe('the catalogue of metrics', () => {
  test('lists each name once, in the form that Prometheus asks for', () => {
    const names = metricCatalogue.map(({ name }) => name);
    expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([]);
    expect(names.filter((name) => !/^[a-z]+(_[a-z]+)+$/.test(name))).toEqual([]);
    expect(names.filter((name) => processPrefixes.some((prefix) => name.startsWith(prefix)))).toEqual([]);
  });

  test('calls counters, and nothing else, totals', () => {
    for (const { name, kind } of metricCatalogue)
      expect([name, name.endsWith('_total')]).toEqual([name, kind === 'counter']);
  });

  test('has no label that names a person or a thing', () => {
    const labels = metricCatalogue.flatMap((metric) => Object.keys(metric.labels ?? {}));
    expect(labels.filter((label) => /(^|_)(id|user|email|ip|url|path|token|address)$/.test(label))).toEqual([]);
  });

  test('says of a service what its parts emit', () => {
    const service = { name: 'sample', ports: { http: 80 }, owns: {}, publishes: {}, consumes: {}, cache: true };
    expect(metricsOf(service).map(({ name }) => name)).toEqual([
      'http_requests_total',
      'http_request_duration_seconds',
      'http_undeclared_refusals_total',
      'security_events_total',
      'spans_lost_total',
      'cache_requests_total',
    ]);
    const behindGrpc = metricsOf({ name: 'sample', ports: { grpc: 50 }, owns: {}, publishes: {}, consumes: {} });
    expect(behindGrpc.map(({ name }) => name)).toEqual([
      'security_events_total',
      'grpc_requests_total',
      'grpc_request_duration_seconds',
    ]);
    const cart = metricsOf({ name: 'cart', ports: {}, owns: {}, publishes: {}, consumes: {} }).map(({ name }) => name);
    expect(cart).toContain('carts_created_total');
    expect(cart).not.toContain('orders_total');
  });
});
