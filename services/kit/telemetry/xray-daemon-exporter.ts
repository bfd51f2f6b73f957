/**
 * Hands spans to X-Ray's daemon, which Lambda runs beside every function and which sends them on with the function's role: one datagram to
 * the own machine, so nothing of X-Ray is ever waited for. The form of the datagram is that of AWS's own distribution of OpenTelemetry:
 * aws-observability/aws-otel-js-instrumentation, exporters/aws-distro-opentelemetry-exporter-xray-udp, which would bring a second SDK.
 */
import { createSocket } from 'node:dgram';
import { setImmediate } from 'node:timers/promises';
import { type ExportResult, ExportResultCode } from '@opentelemetry/core';
import { ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer';
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace';

/** The second part says that the span is one of a sampled trace. */
const header = '{"format":"json","version":1}\nT1S';
/** Bytes that one datagram of UDP holds. */
const longestDatagram = 65_507;

/** Datagrams with all spans, each with as many as it holds. */
const datagramsOf = (spans: readonly ReadableSpan[]): Buffer[] => {
  const bytes = ProtobufTraceSerializer.serializeRequest([...spans]);
  if (!bytes) return [];
  const datagram = Buffer.from(header + Buffer.from(bytes).toString('base64'));
  if (datagram.length <= longestDatagram || spans.length === 1) return [datagram];
  const half = Math.ceil(spans.length / 2);
  return [spans.slice(0, half), spans.slice(half)].flatMap(datagramsOf);
};

export class XrayDaemonExporter implements SpanExporter {
  private readonly socket = createSocket('udp4').unref();
  private readonly host: string;
  private readonly port: number;

  constructor(host: string, port: number) {
    this.host = host;
    this.port = port;
  }

  private send(datagram: Buffer): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.socket.send(datagram, this.port, this.host, (problem) => (problem ? reject(problem) : resolve()));
    return promise;
  }

  /** One after the other, with a breath between: a burst would overflow what the daemon's socket holds. */
  private async sendAll(datagrams: readonly Buffer[]) {
    for (const datagram of datagrams) {
      await this.send(datagram);
      await setImmediate();
    }
  }

  export(spans: ReadableSpan[], report: (result: ExportResult) => void): void {
    this.sendAll(datagramsOf(spans)).then(
      () => report({ code: ExportResultCode.SUCCESS }),
      (error: Error) => report({ code: ExportResultCode.FAILED, error }),
    );
  }

  async forceFlush(): Promise<void> {}

  async shutdown(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.socket.close(resolve);
    await promise;
  }
}
