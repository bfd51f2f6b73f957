import CircuitBreaker from 'opossum';
import type { Health } from '../telemetry/health.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { Refusal } from '../values/refusal.ts';

export type BreakerState = 'closed' | 'half-open' | 'open';

export type Breaker = {
  readonly state: BreakerState;
  /** Runs the action unless the breaker is open; then throws Refusal `<name>.unavailable` at once. */
  run<T>(action: () => Promise<T>): Promise<T>;
  /** Stops its timers. */
  close(): void;
};

export type BreakerOptions = {
  /** Name of what is protected, such as the called service. */
  readonly name: string;
  readonly health: Health;
  readonly metrics: Metrics;
  readonly logger: Logger;
  /** Milliseconds until an action counts as failed; default 3,000. False: the action has a time limit of its own. */
  readonly timeoutMs?: number | false;
  /** Share of failed actions at which it opens; default 50. */
  readonly errorPercent?: number;
  /** Actions within 10 s before it may open; default 10. One failed first call proves nothing. */
  readonly leastActions?: number;
  /** Milliseconds until an open breaker lets one action through; default 30,000. */
  readonly resetMs?: number;
};

const stateNumbers: Readonly<Record<BreakerState, number>> = { closed: 0, 'half-open': 1, open: 2 };

const spared = new WeakSet<object>();

/**
 * Marks an error that says nothing against the other side: it answered that it is busy, or it was given less time than usual. Else
 * whoever sends requests with little time, or more than can be served, would close the door for everybody.
 */
export const sparesBreaker = <Problem extends object>(problem: Problem): Problem => {
  spared.add(problem);
  return problem;
};

/** A refusal of the other side is an answer, not a failure; only `unavailable` says that it is not well. */
const isAnswer = (problem: unknown) =>
  (typeof problem === 'object' && problem !== null && spared.has(problem)) ||
  (problem instanceof Refusal && problem.kind !== 'unavailable');

/** Circuit breaker of this process (opossum); its state is in `/health/detailed` and in `circuit_breaker_state`. */
export const createBreaker = (options: BreakerOptions): Breaker => {
  const {
    name,
    health,
    metrics,
    logger,
    timeoutMs = 3_000,
    errorPercent = 50,
    leastActions = 10,
    resetMs = 30_000,
  } = options;
  const opossum = new CircuitBreaker((action: () => Promise<unknown>) => action(), {
    name,
    timeout: timeoutMs,
    errorThresholdPercentage: errorPercent,
    volumeThreshold: leastActions,
    resetTimeout: resetMs,
    errorFilter: isAnswer,
  });
  const stateOf = (): BreakerState => {
    if (opossum.halfOpen) return 'half-open';
    return opossum.opened ? 'open' : 'closed';
  };
  const gauge = metrics.gauge({
    name: 'circuit_breaker_state',
    help: 'State of a circuit breaker: 0 closed, 1 half-open, 2 open.',
    labels: ['breaker'],
  });
  const show = () => {
    gauge.set({ breaker: name }, stateNumbers[stateOf()]);
    logger.warn({ breaker: name, state: stateOf() }, 'circuit breaker changed');
  };
  gauge.set({ breaker: name }, 0);
  for (const event of ['open', 'halfOpen', 'close'] as const) opossum.on(event as 'open', show);
  health.addDetail(`breaker.${name}`, stateOf);

  const unavailable = (detail: string, cause?: unknown) =>
    new Refusal('unavailable', `${name}.unavailable`, detail, { retryAfterSeconds: Math.ceil(resetMs / 1000), cause });
  return {
    get state() {
      return stateOf();
    },
    run: async <T>(action: () => Promise<T>): Promise<T> => {
      try {
        return (await opossum.fire(action)) as T;
      } catch (problem) {
        const { code } = problem as { code?: string };
        if (code === 'EOPENBREAKER') throw unavailable(`The ${name} service is not well; calls to it pause.`, problem);
        if (code === 'ETIMEDOUT' && !(problem instanceof Refusal))
          throw unavailable(`The ${name} service did not answer within ${timeoutMs} ms.`, problem);
        throw problem;
      }
    },
    close: () => opossum.shutdown(),
  };
};
