/** What X-Ray's daemon beside a Lambda hears of spans, for tests: datagrams of UDP with OTLP in them. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { BinaryReader } from '@bufbuild/protobuf/wire';

type Fields = ReadonlyMap<number, readonly Uint8Array[]>;

/** Fields of a message that have a length, by their numbers; the others are passed over. */
const fieldsOf = (message: Uint8Array): Fields => {
  const reader = new BinaryReader(message);
  const fields = new Map<number, Uint8Array[]>();
  while (reader.pos < reader.len) {
    const [number, wireType] = reader.tag();
    if (wireType === 2) fields.set(number, [...(fields.get(number) ?? []), reader.bytes()]);
    else reader.skip(wireType, number);
  }
  return fields;
};

/** Numbers as in opentelemetry/proto/trace/v1/trace.proto. */
const numbers = { resourceSpans: 1, scopeSpans: 2, spans: 2, traceId: 1, spanId: 2, parentSpanId: 4, name: 5 } as const;

const inside = (messages: readonly Uint8Array[], number: number) =>
  messages.flatMap((message) => fieldsOf(message).get(number) ?? []);

export type HeardSpan = {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string;
};

const spansOf = (message: Uint8Array): HeardSpan[] =>
  inside(inside(inside([message], numbers.resourceSpans), numbers.scopeSpans), numbers.spans).map((span) => {
    const fields = fieldsOf(span);
    const text = (number: number, encoding: 'hex' | 'utf8') =>
      Buffer.from(fields.get(number)?.[0] ?? new Uint8Array()).toString(encoding);
    return {
      name: text(numbers.name, 'utf8'),
      traceId: text(numbers.traceId, 'hex'),
      spanId: text(numbers.spanId, 'hex'),
      parentSpanId: text(numbers.parentSpanId, 'hex'),
    };
  });

export type XrayDaemon = {
  /** As AWS_XRAY_DAEMON_ADDRESS has it. */
  readonly address: string;
  /** What each datagram began with, up to the spans. */
  readonly headers: readonly string[];
  readonly spans: readonly HeardSpan[];
  close(): Promise<void>;
};

const datagram = /^(\{.*\}\n[A-Z0-9]{3})([A-Za-z0-9+/=]+)$/;

/** Listens on a free port of this machine. */
export const startXrayDaemon = async (): Promise<XrayDaemon> => {
  const headers: string[] = [];
  const spans: HeardSpan[] = [];
  const socket = createSocket('udp4', (bytes) => {
    const [, header = '', body = ''] = datagram.exec(bytes.toString()) ?? [];
    headers.push(header);
    spans.push(...spansOf(Buffer.from(body, 'base64')));
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return {
    address: `127.0.0.1:${socket.address().port}`,
    headers,
    spans,
    close: async () => {
      const closed = once(socket, 'close');
      socket.close();
      await closed;
    },
  };
};
