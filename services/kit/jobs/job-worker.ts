import type { PgBoss } from 'pg-boss';
import type { Logger } from '../telemetry/logger.ts';
import { inSpan, noteProblem, SpanKind, startSpanOf } from '../telemetry/tracing.ts';
import { createWakeUp } from '../wake-up.ts';

/** Must be safe to run twice: a job whose worker dies runs again. `signal` aborts when its time is over or the process stops. */
export type JobHandler<Payload> = (payload: Payload, signal: AbortSignal) => Promise<unknown>;

export type JobWorkerOptions = {
  readonly boss: PgBoss;
  readonly queue: string;
  readonly concurrency: number;
  readonly timeoutSeconds: number;
  /** A job of this process wakes the worker; others, retries and jobs for later are found after this long. */
  readonly pollMs: number;
  readonly heartbeatSeconds: number;
  readonly handler: JobHandler<object>;
  readonly logger: Logger;
  readonly count: (queue: string, result: 'completed' | 'failed') => void;
};

export type JobWorker = {
  /** Looks for jobs now. */
  wake(): void;
  /** Takes no new job, waits for those in hand, and gives back what is not done by then. */
  stop(drainMs: number): Promise<void>;
};

/** Where a job's payload carries the `traceparent` of what queued it; no payload has a field of that name. */
export const traceKey = 'traceparent';

type Finished = { readonly id: string; readonly error?: Error };

const pauseAfterErrorMs = 1_000;
/** Two looks are this far apart, so that what ends or comes shortly after one another is reported and fetched together. */
const looksApartMs = 50;

/**
 * Keeps up to `concurrency` jobs of a queue in hand. In place of pg-boss's own `work`, which waits for the slowest job of a
 * batch before it fetches again, or asks the database once for each slot: here one fetch fills all free slots, and what
 * finished meanwhile is reported in one statement.
 */
export const startJobWorker = (options: JobWorkerOptions): JobWorker => {
  const { boss, queue, concurrency, timeoutSeconds, pollMs, heartbeatSeconds, handler, logger, count } = options;
  const running = new Map<string, AbortController>();
  const finished: Finished[] = [];
  const stopping = new AbortController();
  const wakeUp = createWakeUp();

  const run = async (id: string, payload: object) => {
    const ending = new AbortController();
    running.set(id, ending);
    const timer = setTimeout(
      () => ending.abort(new Error(`took longer than ${timeoutSeconds} s`)),
      timeoutSeconds * 1_000,
    );
    const isOver = new Promise<never>((_, reject) => {
      ending.signal.addEventListener('abort', () => reject(ending.signal.reason as Error), { once: true });
    });
    try {
      await Promise.race([handler(payload, ending.signal), isOver]);
      finished.push({ id });
    } catch (problem) {
      const error = problem instanceof Error ? problem : new Error(String(problem));
      noteProblem(error);
      logger.warn({ error, queue, jobId: id }, 'a job failed');
      finished.push({ id, error });
    } finally {
      clearTimeout(timer);
      running.delete(id);
      wakeUp.wake();
    }
  };

  /** Tells the database what is done. What cannot be told stays in the list; if for too long, the job runs again. */
  const report = async () => {
    const reporting = [...finished];
    const completed = reporting.filter(({ error }) => !error).map(({ id }) => id);
    if (completed.length > 0) await boss.complete(queue, completed);
    for (const { id, error } of reporting)
      if (error) await boss.fail(queue, id, { name: error.name, message: error.message });
    for (const { error } of reporting) count(queue, error ? 'failed' : 'completed');
    finished.splice(0, reporting.length);
  };

  const work = async () => {
    while (!stopping.signal.aborted) {
      try {
        await report();
        const free = concurrency - running.size;
        const jobs = free > 0 ? await boss.fetch<Record<string, unknown>>(queue, { batchSize: free }) : [];
        for (const { id, data } of jobs) {
          const { [traceKey]: trace, ...payload } = data;
          const span = startSpanOf(typeof trace === 'string' ? trace : undefined, `job ${queue}`, {
            kind: SpanKind.CONSUMER,
            attributes: { 'messaging.destination.name': queue, 'messaging.message.id': id },
          });
          void inSpan(span, () => run(id, payload));
        }
        const rested = createWakeUp().wait(looksApartMs, stopping.signal);
        await wakeUp.wait(pollMs, stopping.signal);
        await rested;
      } catch (error) {
        logger.warn({ error, queue }, 'jobs cannot be fetched; trying again');
        await createWakeUp().wait(pauseAfterErrorMs, stopping.signal);
      }
    }
  };

  const heart = setInterval(
    () => {
      const inHand = [...running.keys(), ...finished.map(({ id }) => id)];
      if (inHand.length > 0)
        boss
          .touch(queue, inHand)
          .catch((error: unknown) => logger.warn({ error, queue }, 'running jobs could not be prolonged'));
    },
    (heartbeatSeconds * 1_000) / 3,
  );
  const working = work();

  return {
    wake: wakeUp.wake,
    stop: async (drainMs) => {
      stopping.abort();
      await working;
      const giveUpAt = performance.now() + drainMs;
      const inTime = AbortSignal.timeout(drainMs);
      while (running.size > 0 && performance.now() < giveUpAt) await wakeUp.wait(drainMs, inTime);
      for (const ending of running.values()) ending.abort(new Error('the process stops; another one takes the job'));
      // The aborted ones enter the list of the finished in the next turn of the event loop.
      await new Promise((resolve) => setImmediate(resolve));
      clearInterval(heart);
      await report().catch((error: unknown) =>
        logger.warn({ error, queue }, 'finished jobs could not be reported; they run again'),
      );
    },
  };
};
