/** How long a call to another service may take, and what it is refused with when nobody answers. */
import { systemClock } from '../system-clock.ts';
import { currentDeadline } from '../telemetry/tracing.ts';
import { Refusal } from '../values/refusal.ts';

/** A call that could not be answered in less is not begun. */
const leastMs = 20;

/** The refusal `<service>.unavailable` of a service that gave no answer. */
export const unavailable = (service: string, cause: unknown): Refusal =>
  new Refusal(
    'unavailable',
    `${service}.unavailable`,
    `The ${service} service does not answer at the moment; try again.`,
    { retryAfterSeconds: 1, cause },
  );

/** Name of the header, over HTTP and gRPC alike, by which a caller says how many milliseconds it still waits. */
export const timeoutHeader = 'x-request-timeout-ms';

/** Milliseconds that a request may take: those that the caller still waits, at most `longestMs`. */
export const requestBudget = (given: string | undefined, longestMs: number): number => {
  const asked = Number(given);
  return Number.isFinite(asked) && asked > 0 ? Math.min(asked, longestMs) : longestMs;
};

/** Milliseconds for a call: what is asked for, at most what the request being served has left. Throws when too little is left. */
export const callBudget = (service: string, askedMs: number): number => {
  const deadlineAt = currentDeadline();
  const budget = deadlineAt === undefined ? askedMs : Math.min(askedMs, deadlineAt - systemClock.now().getTime());
  if (budget < leastMs) throw unavailable(service, new Error(`only ${Math.round(budget)} ms left until the deadline`));
  return budget;
};
