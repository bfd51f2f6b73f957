/** OpenTelemetry's SDK: which spans are recorded, and how they are sent. Loaded on demand by trace-export.ts alone. */
import { DiagLogLevel, diag } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  BatchSpanProcessor,
  ParentBasedSampler,
  type Sampler,
  SamplingDecision,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import type { TracesConfig } from '../config/config.ts';
import type { Logger } from './logger.ts';
import type { TraceExport, TraceSource } from './trace-export.ts';
import { useSpanMaker } from './tracing.ts';

/** Spans that wait for being sent; later ones are lost, so that a collector that is away costs no memory. */
const mostWaiting = 4_096;
const flushMs = 1_000;
const exportMs = 5_000;

/** By a coin, because whoever calls from outside chooses the id of the trace. */
const coin = (share: number): Sampler => ({
  shouldSample: () => ({
    decision: Math.random() < share ? SamplingDecision.RECORD_AND_SAMPLED : SamplingDecision.NOT_RECORD,
  }),
  toString: () => `coin of ${share}`,
});

/** A trace is recorded whole or not at all: everybody does as whoever began it. */
const samplerOf = (share: number, { isPublic }: TraceSource): Sampler => {
  if (!isPublic) return new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(share) });
  const root = coin(share);
  return new ParentBasedSampler({ root, remoteParentSampled: root, remoteParentNotSampled: root });
};

/** Records spans and sends them to `<endpoint>/v1/traces`. Headers come from OTEL_EXPORTER_OTLP_HEADERS, as the exporter has it. */
export const exportSpans = ({ endpoint, share }: TracesConfig, source: TraceSource, logger: Logger): TraceExport => {
  const warn = (text: string) => logger.warn({ endpoint }, `traces: ${text}`);
  const silent = () => undefined;
  const logging = { error: warn, warn, info: silent, debug: silent, verbose: silent };
  diag.setLogger(logging, { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true });
  const exporter = new OTLPTraceExporter({ url: `${endpoint}/v1/traces`, timeoutMillis: exportMs });
  const provider = new TracerProvider({
    sampler: samplerOf(share, source),
    resource: resourceFromAttributes({ 'service.name': source.service }),
    spanLimits: { attributeCountLimit: 32, attributeValueLengthLimit: 256 },
    spanProcessors: [
      new BatchSpanProcessor({
        exporter,
        maxQueueSize: mostWaiting,
        exportTimeoutMillis: exportMs,
        scheduledDelayMillis: 1_000,
      }),
    ],
  });
  useSpanMaker(provider.getTracer('cloudmart'));
  const lost = (error: unknown) => logger.warn({ error }, 'spans could not be handed over');
  return {
    flush: () => provider.forceFlush({ timeoutMillis: flushMs }).catch(lost),
    close: async () => {
      useSpanMaker();
      await provider.shutdown().catch(lost);
    },
  };
};
