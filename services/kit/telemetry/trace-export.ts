/** Where recorded spans go. The SDK is loaded only where there is a place for them. */
import type { TracesConfig } from '../config/config.ts';
import type { Logger } from './logger.ts';

/** Whose spans these are, and which of them are kept. */
export type TraceSource = {
  readonly service: string;
  /** Whether strangers call it: then it decides by itself which traces are recorded, whatever they ask for. */
  readonly isPublic: boolean;
};

export type TraceExport = {
  /** Hands over what is recorded so far; gives up after a second. Before a Lambda answers, because it is frozen then. */
  flush(): Promise<void>;
  /** Hands over the rest, and records nothing more. */
  close(): Promise<void>;
};

const nowhere: TraceExport = { flush: async () => undefined, close: async () => undefined };

/** Begins to record spans and to send them by OTLP over HTTP, if the configuration says where to. */
export const startTraceExport = async (
  traces: TracesConfig | undefined,
  source: TraceSource,
  logger: Logger,
): Promise<TraceExport> => {
  if (!traces) return nowhere;
  const { exportSpans } = await import('./span-exporter.ts');
  return exportSpans(traces, source, logger);
};
