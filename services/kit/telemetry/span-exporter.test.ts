/** Which traces are recorded, where they go, and what becomes of them when nobody takes them. */
import { createServer } from 'node:http';
import { afterEach, describe, expect, test } from '@jest/globals';
import { eventually } from '../testing/condition.ts';
import { hangUp, listen } from '../testing/loopback.ts';
import { type OtlpReceiver, startOtlpReceiver } from '../testing/traces/otlp-receiver.ts';
import { startXrayDaemon, type XrayDaemon } from '../testing/traces/xray-daemon.ts';
import { createLogger } from './logger.ts';
import { type SpanLoss, startTraceExport, type TraceExport } from './trace-export.ts';
import { inPart, inSpan, startSpan, startSpanOf } from './tracing.ts';

const incoming = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';

let traces: TraceExport | undefined;
let lost: Partial<Record<SpanLoss, number>> = {};
const open = async (endpoint: string, share = 1, isPublic = false) => {
  lost = {};
  const onLost = (spans: number, why: SpanLoss) => {
    lost[why] = (lost[why] ?? 0) + spans;
  };
  traces = await startTraceExport(
    { endpoint, share },
    { service: 'order', isPublic, onLost },
    createLogger('order', 'silent'),
  );
};
afterEach(() => traces?.close());

describe("spans for X-Ray's daemon", () => {
  let daemon: XrayDaemon;
  const listening = async () => {
    daemon = await startXrayDaemon();
    await open(`udp://${daemon.address}`);
  };
  afterEach(() => daemon.close());

  test('are of the trace that the event came with, each below what it is a part of', async () => {
    await listening();
    await inSpan(startSpanOf(incoming, 'process order.paid.v1'), () => inPart('send mail', {}, async () => undefined));
    await traces?.flush();
    await eventually(() => expect(daemon.spans).toHaveLength(2));
    const [mail, event] = daemon.spans;
    expect(daemon.headers).toEqual(['{"format":"json","version":1}\nT1S']);
    expect(event).toMatchObject({ name: 'process order.paid.v1', parentSpanId: '00f067aa0ba902b7' });
    expect(mail).toMatchObject({ name: 'send mail', parentSpanId: event?.spanId });
    expect([mail?.traceId, event?.traceId]).toEqual(Array(2).fill('4bf92f3577b34da6a3ce929d0e0e4736'));
  });

  test('fill as many datagrams as they need, and none is lost', async () => {
    await listening();
    const attributes = Object.fromEntries(Array.from({ length: 32 }, (_, at) => [`part-${at}`, 'x'.repeat(256)]));
    for (let at = 0; at < 40; at++) startSpan(`part ${at}`, { attributes }).end();
    await traces?.flush();
    await eventually(() => expect(daemon.spans).toHaveLength(40));
    expect(daemon.headers.length).toBeGreaterThan(5);
    expect(new Set(daemon.spans.map(({ name }) => name)).size).toBe(40);
    expect(lost).toEqual({});
  });
});

describe('spans that nobody takes', () => {
  test('are counted, and those that find no room beside them', async () => {
    // Takes every message and answers none.
    const silent = createServer(() => undefined);
    await open(`http://127.0.0.1:${await listen(silent)}`);
    for (let at = 0; at < 6_000; at++) startSpan(`part ${at}`).end();
    // 4,096 wait, 512 are on their way.
    await eventually(() => expect(lost['no room']).toBeGreaterThan(1_000));
    await hangUp(silent);
    await eventually(() => expect(lost['not taken']).toBeGreaterThan(500));
  });
});

describe('a share of the traces', () => {
  let receiver: OtlpReceiver;
  const begin = async (isPublic: boolean) => {
    receiver = await startOtlpReceiver();
    await open(receiver.endpoint, 0.25, isPublic);
    const recorded = Array.from({ length: 2_000 }, () => startSpan('request')).filter((span) => span.isRecording());
    for (const span of recorded) span.end();
    await traces?.flush();
    return recorded.length;
  };
  afterEach(() => receiver.close());

  test.each([
    ['inside', false],
    ['at the public door', true],
  ])('is recorded %s', async (_place, isPublic) => {
    const recorded = await begin(isPublic);
    // Eight standard deviations to each side.
    expect(recorded).toBeGreaterThan(345);
    expect(recorded).toBeLessThan(655);
  });
});

test.each([true, false])('a look at health or metrics begins no recorded trace (public: %s)', async (isPublic) => {
  const receiver = await startOtlpReceiver();
  await open(receiver.endpoint, 1, isPublic);
  const recorded = ['/health/ready', '/api/v1/health/live', '/metrics', '/health', '/healthy-food', '/orders'].filter(
    (route) => {
      const span = startSpanOf(undefined, `GET ${route}`, { attributes: { 'http.route': route } });
      const isRecorded = span.isRecording();
      span.end();
      return isRecorded;
    },
  );
  await traces?.flush();
  await receiver.close();
  expect(recorded).toEqual(['/healthy-food', '/orders']);
});
