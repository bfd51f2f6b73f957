import { afterEach, describe, expect, test } from '@jest/globals';
import { inRequest } from '../testing/traces/in-request.ts';
import { type OtlpReceiver, startOtlpReceiver } from '../testing/traces/otlp-receiver.ts';
import { Refusal } from '../values/refusal.ts';
import { createLogger } from './logger.ts';
import { startTraceExport, type TraceExport } from './trace-export.ts';
import {
  contextOf,
  currentDeadline,
  currentTraceparent,
  inPart,
  inSpan,
  isRecording,
  recordSpanOf,
  runIn,
  startSpan,
  startSpanOf,
  traceparentOf,
} from './tracing.ts';

const incoming = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
const unsampled = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00';

describe('a trace without an exporter', () => {
  test('is continued with a hop of its own and as its flags say, and nothing is recorded', () => {
    const span = startSpanOf(incoming, 'a request');
    expect(traceparentOf(span)).toMatch(/^00-4bf92f3577b34da6a3ce929d0e0e4736-[0-9a-f]{16}-01$/);
    expect(traceparentOf(span)).not.toContain('00f067aa0ba902b7');
    expect(traceparentOf(startSpanOf(unsampled, 'a request'))).toMatch(/-00$/);
    expect(runIn(contextOf(span), isRecording)).toBe(false);
  });

  test.each([
    undefined,
    '',
    'rubbish',
    `00-${'0'.repeat(32)}-00f067aa0ba902b7-01`,
    `00-${'a'.repeat(32)}-${'0'.repeat(16)}-01`,
  ])('begins anew after %p', (given) => {
    const { traceId } = startSpanOf(given, 'a request').spanContext();
    expect(traceId).toMatch(/^[0-9a-f]{32}$/);
    expect(traceId).not.toBe('0'.repeat(32));
    expect(traceId).not.toBe('a'.repeat(32));
  });

  test('goes with all that is awaited, and so does the deadline', async () => {
    const seen = await inRequest({ traceparent: incoming, deadlineAt: 7 }, async () => {
      await new Promise(setImmediate);
      return inPart('a part', {}, async () => [currentTraceparent(), currentDeadline()]);
    });
    expect(seen).toEqual([incoming, 7]);
    expect([currentTraceparent(), currentDeadline()]).toEqual([undefined, undefined]);
  });
});

describe('an exported trace', () => {
  let receiver: OtlpReceiver;
  let traces: TraceExport | undefined;
  const open = async (share: number, isPublic = false) => {
    receiver = await startOtlpReceiver();
    const source = { service: 'order', isPublic };
    traces = await startTraceExport({ endpoint: receiver.endpoint, share }, source, createLogger('order', 'silent'));
  };
  afterEach(async () => {
    await traces?.close();
    await receiver.close();
  });

  test('has every part below what it is a part of, across transports', async () => {
    await open(1);
    const request = startSpanOf(undefined, 'request');
    const sent = await inSpan(request, () => inPart('call', {}, async () => currentTraceparent() ?? ''));
    await inSpan(startSpanOf(sent, 'answer'), () => inPart('statement', {}, async () => undefined));
    recordSpanOf(sent, 'send', {});
    await traces?.flush();
    const spans = receiver.spans(request.spanContext().traceId);
    const nameOf = (id: string | undefined) => spans.find(({ spanId }) => spanId === id)?.name;
    expect(spans.map(({ name, parentSpanId }) => [name, nameOf(parentSpanId)]).sort()).toEqual([
      ['answer', 'call'],
      ['call', 'request'],
      ['request', undefined],
      ['send', 'call'],
      ['statement', 'answer'],
    ]);
    expect(new Set(spans.map(({ service }) => service))).toEqual(new Set(['order']));
  });

  test('tells what failed by its code and never by its message; a refusal that is an answer is no failure', async () => {
    await open(1);
    const fail = (name: string, problem: Error) =>
      inSpan(startSpan(name), () => Promise.reject(problem)).catch(() => undefined);
    await fail('refused', new Refusal('missing', 'order.missing', 'No order of Ada Lovelace.'));
    await fail('away', new Refusal('unavailable', 'payment.unavailable', 'It is away.'));
    await fail('broken', new TypeError('Ada Lovelace'));
    await traces?.flush();
    const found = receiver.spans().map(({ name, hasFailed, attributes }) => [name, hasFailed, attributes]);
    expect(found).toEqual([
      ['refused', false, { 'error.type': 'order.missing' }],
      ['away', true, { 'error.type': 'payment.unavailable' }],
      ['broken', true, { 'error.type': 'TypeError' }],
    ]);
  });

  test('is recorded whole or not at all: as whoever began it decided', async () => {
    await open(0);
    expect(startSpanOf(undefined, 'own').isRecording()).toBe(false);
    const asked = startSpanOf(incoming, 'asked');
    expect(asked.isRecording()).toBe(true);
    expect(startSpanOf(unsampled, 'declined').isRecording()).toBe(false);
    asked.end();
  });

  test('is not recorded because a stranger asks for it', async () => {
    await open(0, true);
    const span = startSpanOf(incoming, 'asked');
    expect([span.isRecording(), traceparentOf(span).slice(-2)]).toEqual([false, '00']);
    expect(span.spanContext().traceId).toBe('4bf92f3577b34da6a3ce929d0e0e4736');
  });

  test('is lost without harm while the collector is away', async () => {
    await open(1);
    await receiver.close();
    await inSpan(startSpan('lost'), async () => undefined);
    await expect(traces?.flush()).resolves.toBeUndefined();
    receiver = await startOtlpReceiver();
  });
});
