/** OpenTelemetry's SDK: which spans are recorded, and how they are sent. Loaded on demand by trace-export.ts alone. */
import { type Counter, createNoopMeter, DiagLogLevel, diag, type MeterProvider } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  BatchSpanProcessor,
  ParentBasedSampler,
  type Sampler,
  SamplingDecision,
  type SpanExporter,
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

/** Load balancers and collectors look all day long, and nobody asks how one of those looks went. */
const looks = /^\/(api\/v1\/)?(health|metrics)(\/|$)/;

const exceptLooks = (chosen: Sampler): Sampler => ({
  shouldSample: (...about) =>
    looks.test(String(about[4]['http.route'] ?? ''))
      ? { decision: SamplingDecision.NOT_RECORD }
      : chosen.shouldSample(...about),
  toString: () => `${chosen}, except looks at health and metrics`,
});

/** A trace is recorded whole or not at all: everybody does as whoever began it. */
const samplerOf = (share: number, { isPublic }: TraceSource): Sampler => {
  if (!isPublic) return new ParentBasedSampler({ root: exceptLooks(new TraceIdRatioBasedSampler(share)) });
  const root = exceptLooks(coin(share));
  return new ParentBasedSampler({ root, remoteParentSampled: root, remoteParentNotSampled: root });
};

/** Hands on what the SDK counts of itself: spans that found no room, and batches that nobody took. */
const countLosses = ({ onLost }: TraceSource): MeterProvider => {
  const counter: Counter = {
    add: (spans, about) => {
      const cause = about?.['error.type'];
      if (cause !== undefined) onLost?.(spans, cause === 'queue_full' ? 'no room' : 'not taken');
    },
  };
  return { getMeter: () => Object.create(createNoopMeter(), { createCounter: { value: () => counter } }) };
};

const xrayDaemon = /^udp:\/\/(.+):(\d+)$/;

/** The daemon's is loaded in functions alone: it brings a second encoder. */
const exporterTo = async (endpoint: string): Promise<SpanExporter> => {
  const [, host, port] = xrayDaemon.exec(endpoint) ?? [];
  if (host === undefined) return new OTLPTraceExporter({ url: `${endpoint}/v1/traces`, timeoutMillis: exportMs });
  const { XrayDaemonExporter } = await import('./xray-daemon-exporter.ts');
  return new XrayDaemonExporter(host, Number(port));
};

/**
 * Records spans and sends them to `<endpoint>/v1/traces`, or to X-Ray's daemon. Headers come from OTEL_EXPORTER_OTLP_HEADERS, as the
 * exporter has it. Whoever makes a span never waits for any of this.
 */
export const exportSpans = async (
  { endpoint, share }: TracesConfig,
  source: TraceSource,
  logger: Logger,
): Promise<TraceExport> => {
  const warn = (text: string) => logger.warn({ endpoint }, `traces: ${text}`);
  const silent = () => undefined;
  const logging = { error: warn, warn, info: silent, debug: silent, verbose: silent };
  diag.setLogger(logging, { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true });
  const provider = new TracerProvider({
    sampler: samplerOf(share, source),
    resource: resourceFromAttributes({ 'service.name': source.service }),
    spanLimits: { attributeCountLimit: 32, attributeValueLengthLimit: 256 },
    spanProcessors: [
      new BatchSpanProcessor({
        exporter: await exporterTo(endpoint),
        selfObsMeterProvider: countLosses(source),
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
