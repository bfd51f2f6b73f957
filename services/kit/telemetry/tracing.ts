/**
 * Traces by OpenTelemetry's API: what travels with a request through all its awaits, and the spans that the kit makes at its seams.
 * Without an exporter (trace-export.ts) only the names of trace and hop travel, and no span costs more than that.
 */
import { randomUUID } from 'node:crypto';
import {
  type Attributes,
  type Context,
  context,
  createContextKey,
  ROOT_CONTEXT,
  type Span,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { parseTraceParent } from '@opentelemetry/core';
import { Refusal } from '../values/refusal.ts';

export { type Span, SpanKind, SpanStatusCode };

context.setGlobalContextManager(new AsyncLocalStorageContextManager());

/** Random hexadecimal digits from UUIDs, which Node draws in batches; the digits that name the UUID's version stay out of spans. */
const newTraceId = () => randomUUID().replaceAll('-', '');
const newSpanId = () => {
  const uuid = randomUUID();
  return uuid.slice(0, 8) + uuid.slice(28);
};

type SpanMaker = Pick<Tracer, 'startSpan'>;

/** Continues the parent's trace with a hop of its own, or begins one, and records nothing. */
const unrecorded: SpanMaker = {
  startSpan: (_name, _options, parent = context.active()) => {
    const { traceId = newTraceId(), traceFlags = TraceFlags.NONE } = trace.getSpanContext(parent) ?? {};
    return trace.wrapSpanContext({ traceId, spanId: newSpanId(), traceFlags });
  },
};

let spanMaker: SpanMaker = unrecorded;

/** Has all spans made by `maker` from now on; without one they are recorded no more. */
export const useSpanMaker = (maker: SpanMaker = unrecorded): void => {
  spanMaker = maker;
};

const deadlineKey = createContextKey('deadline');

/** Epoch milliseconds of the machine's clock after which nobody waits for what is being done; undefined outside of a request. */
export const currentDeadline = (): number | undefined => context.active().getValue(deadlineKey) as number | undefined;

const textOf = ({ traceId, spanId, traceFlags }: SpanContext): string =>
  `00-${traceId}-${spanId}-0${traceFlags & TraceFlags.SAMPLED}`;

/** W3C `traceparent` that names the span. */
export const traceparentOf = (span: Span): string => textOf(span.spanContext());

/** `traceparent` of the span in hand, or undefined outside of one. */
export const currentTraceparent = (): string | undefined => {
  const span = trace.getSpanContext(context.active());
  return span && textOf(span);
};

/** The 32 hex digits that name the trace in hand, or undefined outside of one. */
export const currentTraceId = (): string | undefined => trace.getSpanContext(context.active())?.traceId;

/** The 32 hex digits that name the trace of a `traceparent`. */
export const traceIdOf = (traceparent: string): string => traceparent.slice(3, 35);

/** A trace of one's own, for whoever asks from outside of all services. */
export const newTraceparent = (): string =>
  textOf({ traceId: newTraceId(), spanId: newSpanId(), traceFlags: TraceFlags.SAMPLED });

const parentOf = (traceparent: string | undefined): Context => {
  const parent = traceparent === undefined ? null : parseTraceParent(traceparent);
  return parent ? trace.setSpanContext(ROOT_CONTEXT, { ...parent, isRemote: true }) : ROOT_CONTEXT;
};

export type SpanParts = {
  /** Epoch milliseconds; default now. */
  readonly startTime?: number;
  /** Default internal. */
  readonly kind?: SpanKind;
  /** By OpenTelemetry's semantic conventions; no value names a person. */
  readonly attributes?: Attributes;
};

/** A span of what came in with a `traceparent`; begins a trace where there is none, or it is malformed. Must be ended. */
export const startSpanOf = (traceparent: string | undefined, name: string, parts: SpanParts = {}): Span =>
  spanMaker.startSpan(name, parts, parentOf(traceparent));

/** A span below the one in hand; begins a trace outside of one. Must be ended. */
export const startSpan = (name: string, parts: SpanParts = {}): Span => spanMaker.startSpan(name, parts);

/** Records a span that is over, if the trace that it came with is recorded. */
export const recordSpanOf = (traceparent: string | null | undefined, name: string, parts: SpanParts): void => {
  if (traceparent?.endsWith('1')) startSpanOf(traceparent, name, parts).end();
};

/** Context for work that belongs to a span alone: it has the deadline that is given, and none of what was in hand before. */
export const contextOf = (span: Span, deadlineAt?: number): Context => {
  const own = trace.setSpan(ROOT_CONTEXT, span);
  return deadlineAt === undefined ? own : own.setValue(deadlineKey, deadlineAt);
};

/** Runs `work`, and everything it awaits, in a context. */
export const runIn = <T>(chosen: Context, work: () => T): T => context.with(chosen, work);

/** Notes on a span, by default the one in hand, why its work failed. The message stays out: it may tell of a person, or of hosts. A refusal that is an answer is no failure. */
export const noteProblem = (problem: unknown, span = trace.getActiveSpan()): void => {
  if (!span?.isRecording()) return;
  const { code, name } = problem as { code?: unknown; name?: unknown };
  span.setAttribute('error.type', String(code ?? name ?? 'unknown'));
  const isAnswer = problem instanceof Refusal && problem.kind !== 'unavailable';
  if (!isAnswer) span.setStatus({ code: SpanStatusCode.ERROR });
};

const runToEnd = async <T>(span: Span, chosen: Context, work: () => Promise<T>): Promise<T> => {
  try {
    return await context.with(chosen, work);
  } catch (problem) {
    noteProblem(problem, span);
    throw problem;
  } finally {
    span.end();
  }
};

/** Does the whole work of a span, without the deadline of what was in hand before. */
export const inSpan = <T>(span: Span, work: () => Promise<T>): Promise<T> => runToEnd(span, contextOf(span), work);

/** Whether a span that is in hand is recorded. */
export const isRecording = (): boolean => trace.getActiveSpan()?.isRecording() ?? false;

/** Does a part of the work in hand in a span of its own, if that work is recorded; else without one. Its deadline holds. */
export const inPart = <T>(name: string, parts: SpanParts, work: () => Promise<T>): Promise<T> => {
  if (!isRecording()) return work();
  const span = startSpan(name, parts);
  return runToEnd(span, trace.setSpan(context.active(), span), work);
};
