import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';

/** What travels with one request through all its awaits: the trace, and until when an answer is of use. */
export type RequestScope = {
  /** W3C `traceparent` with the span id of this hop. */
  readonly traceparent: string;
  /** Epoch milliseconds of the machine's clock after which nobody waits; calls made inside get no more than what is left. */
  readonly deadlineAt?: number;
};

const storage = new AsyncLocalStorage<RequestScope>();

/** The scope of the request that is being served, or undefined outside of one. */
export const currentScope = (): RequestScope | undefined => storage.getStore();

/** Runs `work`, and everything it awaits, inside the scope. */
export const runInScope = <T>(scope: RequestScope, work: () => T): T => storage.run(scope, work);

/** Random hexadecimal digits from UUIDs, which Node draws in batches; the digits that name the UUID's version stay out of spans. */
const newTraceId = () => randomUUID().replaceAll('-', '');
const newSpanId = () => {
  const uuid = randomUUID();
  return uuid.slice(0, 8) + uuid.slice(28);
};

const w3c = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;

/** Continues the caller's trace with a new span id, or starts a trace when there is none or it is malformed (w3.org/TR/trace-context). */
export const continueTrace = (incoming?: string): string => {
  const span = newSpanId();
  const match = incoming === undefined ? null : w3c.exec(incoming);
  const [, trace, parent, flags] = match ?? [];
  if (!trace || /^0+$/.test(trace) || !parent || /^0+$/.test(parent)) return `00-${newTraceId()}-${span}-01`;
  return `00-${trace}-${span}-${flags}`;
};

/** The 32 hex digits that name the trace. */
export const traceIdOf = (traceparent: string): string => traceparent.slice(3, 35);
