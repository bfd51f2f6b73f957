/**
 * Every metric that a service emits, and nothing else: what dashboards and alerts may ask for. docs/metrics.md is written from it, and the
 * story of traces holds each running service to it.
 */

import { businessMetrics } from './business-metrics.ts';
import type { CataloguedMetric, MetricHome } from './catalogued-metric.ts';
import { partMetrics } from './part-metrics.ts';

/** Prefixes of what Node and prom-client tell of every process: memory, processor time, delays of the event loop, garbage collection. */
export const processPrefixes = ['process_', 'nodejs_'] as const;

/** Most series of one metric of one process; beyond it a label is not bounded. */
export const mostSeries = 2_000;

export const metricCatalogue: readonly CataloguedMetric[] = [...partMetrics, ...businessMetrics];

/** The parts of a service that decide what it emits. */
export type Emitter = {
  readonly name: string;
  readonly ports: { readonly http?: number; readonly grpc?: number };
  readonly owns: { readonly database?: string; readonly tables?: object };
  readonly publishes: object;
  readonly consumes: object;
  readonly cache?: boolean;
};

const hasPart: Readonly<Record<Exclude<MetricHome, readonly string[]>, (service: Emitter) => boolean>> = {
  'HTTP door': ({ ports }) => ports.http !== undefined,
  'gRPC door': ({ ports }) => ports.grpc !== undefined,
  'any door': ({ ports }) => ports.http !== undefined || ports.grpc !== undefined,
  // Who owns a database has jobs in it, and a relay beside them where it publishes.
  database: ({ owns }) => owns.database !== undefined,
  outbox: ({ owns, publishes }) => owns.database !== undefined && Object.keys(publishes).length > 0,
  consumer: ({ consumes }) => Object.keys(consumes).length > 0,
  cache: ({ cache }) => cache === true,
};

/** What a service that runs in pods emits, beside what is told of every process. */
export const metricsOf = (service: Emitter): CataloguedMetric[] =>
  metricCatalogue.filter(({ emittedBy }) =>
    typeof emittedBy === 'string' ? hasPart[emittedBy](service) : emittedBy.includes(service.name),
  );
