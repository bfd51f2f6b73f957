import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { collectThrottling } from './throttling.ts';

type Naming<Label extends string> = {
  /** snake_case with its unit: `orders_total`, `relay_batch_seconds`. */
  readonly name: string;
  readonly help: string;
  /** Only labels with few values: a status, a method, a topic; never an id or a URL. */
  readonly labels?: readonly Label[];
};

export type Metrics = {
  readonly registry: Registry;
  /** Each creator returns the existing metric when the name is registered already. */
  counter<Label extends string = never>(options: Naming<Label>): Counter<Label>;
  gauge<Label extends string = never>(
    options: Naming<Label> & {
      /** Called at each scrape to set the value. */
      readonly collect?: (this: Gauge<Label>) => void | Promise<void>;
    },
  ): Gauge<Label>;
  histogram<Label extends string = never>(
    options: Naming<Label> & {
      /** Upper bounds; default {@link durationBuckets}. */
      readonly buckets?: readonly number[];
    },
  ): Histogram<Label>;
  /** Starts the metrics of the process itself: memory, event loop delay, garbage collection, and how often its container's processor limit held it back. */
  collectProcess(): void;
  /** The page that Prometheus scrapes. */
  page(): Promise<{ contentType: string; text: string }>;
};

/** Seconds, from a cached read to a request that meets its deadline. */
const durationBuckets = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15] as const;

/**
 * Shows series of a counter before anything is counted. `increase` sees no first event of a series that begins with it, so whatever an
 * alert counts begins at zero.
 */
export const startAtZero = <Label extends string>(
  counter: Counter<Label> | undefined,
  series: readonly Readonly<Record<Label, string>>[],
): void => {
  for (const labels of series) counter?.inc(labels, 0);
};

/**
 * Collects several gauges by one question: each gets this as its `collect`. All gauges of a scrape are collected at once, so whoever comes
 * while the question is open waits for its answer; a gauge that another one sets would show what was true a scrape ago.
 */
export const askOnce = (ask: () => Promise<void>): (() => Promise<void>) => {
  let asking: Promise<void> | undefined;
  return () => {
    asking ??= ask().finally(() => {
      asking = undefined;
    });
    return asking;
  };
};

/** Metrics of one service; every series carries the label `service`. */
export const createMetrics = (serviceName: string): Metrics => {
  const registry = new Registry();
  registry.setDefaultLabels({ service: serviceName });
  const once = <M>(name: string, create: () => M): M => (registry.getSingleMetric(name) as M | undefined) ?? create();
  return {
    registry,
    counter: ({ name, help, labels = [] }) =>
      once(name, () => new Counter({ name, help, labelNames: [...labels], registers: [registry] })),
    gauge: ({ name, help, labels = [], collect }) =>
      once(name, () => new Gauge({ name, help, labelNames: [...labels], registers: [registry], collect })),
    histogram: ({ name, help, labels = [], buckets = durationBuckets }) =>
      once(
        name,
        () => new Histogram({ name, help, labelNames: [...labels], buckets: [...buckets], registers: [registry] }),
      ),
    collectProcess: () => {
      collectDefaultMetrics({ register: registry });
      collectThrottling(registry);
    },
    page: async () => ({ contentType: registry.contentType, text: await registry.metrics() }),
  };
};
