/** Where recorded spans go. The SDK is loaded only where there is a place for them. */
import type { TracesConfig } from '../config/config.ts';
import type { Logger } from './logger.ts';
import { type Metrics, startAtZero } from './metrics.ts';

/** `no room`: more waited than may wait; `not taken`: the collector was away, slow or refused them. */
export const spanLosses = ['no room', 'not taken'] as const;
export type SpanLoss = (typeof spanLosses)[number];

/** Whose spans these are, and which of them are kept. */
export type TraceSource = {
  readonly service: string;
  /** Whether strangers call it: then it decides by itself which traces are recorded, whatever they ask for. */
  readonly isPublic: boolean;
  /** Told of spans that reach nobody. */
  readonly onLost?: (spans: number, why: SpanLoss) => void;
};

export type TraceExport = {
  /** Hands over what is recorded so far; gives up after a second. Before a Lambda answers, because it is frozen then. */
  flush(): Promise<void>;
  /** Hands over the rest, and records nothing more. */
  close(): Promise<void>;
};

const nowhere: TraceExport = { flush: async () => undefined, close: async () => undefined };

/** Counts spans that reach nobody; shown from the start, also where none is recorded. */
export const countLostSpans = (metrics: Metrics): TraceSource['onLost'] => {
  const lost = metrics.counter({
    name: 'spans_lost_total',
    help: 'Recorded spans that reached no collector: the work that they tell of went on all the same.',
    labels: ['why'],
  });
  startAtZero(
    lost,
    spanLosses.map((why) => ({ why })),
  );
  return (spans, why) => lost.inc({ why }, spans);
};

/** Begins to record spans and to send them by OTLP, if the configuration says where to. */
export const startTraceExport = async (
  traces: TracesConfig | undefined,
  source: TraceSource,
  logger: Logger,
): Promise<TraceExport> => {
  if (!traces) return nowhere;
  const { exportSpans } = await import('./span-exporter.ts');
  return exportSpans(traces, source, logger);
};
