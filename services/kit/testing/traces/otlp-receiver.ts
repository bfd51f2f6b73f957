/** A collector of spans for tests: what OTLP over HTTP sends as JSON, and nothing more. */
import { createServer, type IncomingMessage } from 'node:http';
import { z } from 'zod';
import { hangUp, listen } from '../loopback.ts';

const attribute = z.object({
  key: z.string(),
  value: z.object({ stringValue: z.string().optional(), intValue: z.union([z.int(), z.string()]).optional() }),
});

const message = z.object({
  resourceSpans: z.array(
    z.object({
      resource: z.object({ attributes: z.array(attribute) }),
      scopeSpans: z.array(
        z.object({
          spans: z.array(
            z.object({
              traceId: z.string(),
              spanId: z.string(),
              parentSpanId: z.string().optional(),
              name: z.string(),
              kind: z.int(),
              attributes: z.array(attribute),
              status: z.object({ code: z.int().optional() }),
            }),
          ),
        }),
      ),
    }),
  ),
});

export type ReceivedSpan = {
  readonly service: string;
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  /** Undefined for the first of its trace. */
  readonly parentSpanId: string | undefined;
  readonly attributes: Readonly<Record<string, string>>;
  readonly hasFailed: boolean;
};

const errorStatus = 2;

const plain = (attributes: readonly z.output<typeof attribute>[]) =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, String(value.stringValue ?? value.intValue ?? '')]));

const textOf = async (request: IncomingMessage) => {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString();
};

/** Spans of a message; throws for what is no message of spans. */
const spansOf = (text: string): ReceivedSpan[] =>
  message.parse(JSON.parse(text)).resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans.flatMap(({ spans }) =>
      spans.map(({ name, traceId, spanId, parentSpanId, attributes, status }) => ({
        service: plain(resource.attributes)['service.name'] ?? '',
        ...{ name, traceId, spanId, parentSpanId: parentSpanId || undefined },
        attributes: plain(attributes),
        hasFailed: status.code === errorStatus,
      })),
    ),
  );

export type OtlpReceiver = {
  /** For OTEL_EXPORTER_OTLP_ENDPOINT. */
  readonly endpoint: string;
  /** All spans so far, or those of one trace. */
  spans(traceId?: string): readonly ReceivedSpan[];
  close(): Promise<void>;
};

/** Opens a collector on a free port of this machine. */
export const startOtlpReceiver = async (): Promise<OtlpReceiver> => {
  const received: ReceivedSpan[] = [];
  const server = createServer((request, response) => {
    textOf(request)
      .then((text) => {
        const isSpans = request.method === 'POST' && request.url === '/v1/traces';
        if (isSpans) received.push(...spansOf(text));
        response.writeHead(isSpans ? 200 : 404, { 'content-type': 'application/json' }).end('{}');
      })
      .catch(() => response.writeHead(400).end());
  });
  const port = await listen(server);
  return {
    endpoint: `http://127.0.0.1:${port}`,
    spans: (traceId) => received.filter((span) => traceId === undefined || span.traceId === traceId),
    close: () => hangUp(server),
  };
};
