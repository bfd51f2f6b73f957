import { trace } from '@opentelemetry/api';
import { parseTraceParent } from '@opentelemetry/core';
import { contextOf, newTraceparent, runIn } from '../../telemetry/tracing.ts';

/** What is true of a request that is being served. */
export type Request = { readonly traceparent?: string; readonly deadlineAt?: number };

/** Runs `work` as if it were done for a request. */
export const inRequest = <T>({ traceparent = newTraceparent(), deadlineAt }: Request, work: () => T): T => {
  const span = parseTraceParent(traceparent);
  if (!span) throw new Error(`${traceparent} is no traceparent`);
  return runIn(contextOf(trace.wrapSpanContext(span), deadlineAt), work);
};
