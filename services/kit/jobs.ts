/** Background jobs in the service's own database, queued in the transaction of what they follow from. */
import { randomInt } from 'node:crypto';
import { type ConstructorOptions, type Job, type JobResult, PgBoss } from 'pg-boss';
import type { Logger } from './logger.ts';
import type { Database, Sql } from './storage/database.ts';

export type EnqueueOptions = {
  /** Of several waiting jobs with one key only one is kept. */
  readonly singletonKey?: string;
  /** Not before this moment, or this many seconds from now. */
  readonly startAfter?: Date | number;
};

export type WorkOptions = {
  /** Jobs worked on at the same time by this process; default 4. */
  readonly concurrency?: number;
  /** Tries after the first; then the job goes to the queue `<name>-dead`. Default 8. */
  readonly retryLimit?: number;
  /** Seconds before the first retry, doubled with each further one up to 60; default 1. */
  readonly retryDelaySeconds?: number;
  /** Seconds that one try may take; default 60. */
  readonly timeoutSeconds?: number;
};

/** Must be safe to run twice: a job whose worker dies runs again. `signal` aborts when its time is over. */
export type JobHandler<Payload> = (payload: Payload, signal: AbortSignal) => Promise<unknown>;

export type Jobs = {
  /** Queues a job; with a transaction it exists if, and only if, that commits. */
  enqueue(tx: Sql | undefined, queue: string, payload: object, options?: EnqueueOptions): Promise<void>;
  /** Says who works on a queue; work begins with `start`. */
  work<Payload extends object>(queue: string, options: WorkOptions, handler: JobHandler<Payload>): void;
  /** Runs a handler about every so many seconds, in one process at a time however many there are. */
  schedule(name: string, everySeconds: number, handler: (signal: AbortSignal) => Promise<unknown>): void;
  start(): Promise<void>;
  /** Takes no new job, lets those in hand finish for up to 10 s; unfinished ones run again elsewhere. */
  stop(): Promise<void>;
};

export type JobsOptions = {
  readonly database: Database;
  readonly logger: Logger;
  /** Whether a queued job wakes its workers at once; costs one connection. Default true. */
  readonly useListenNotify?: boolean;
};

type BossDatabase = NonNullable<ConstructorOptions['db']>;

type Worker = { readonly queue: string; readonly options: WorkOptions; readonly handler: JobHandler<object> };

const drainMs = 10_000;
/** Jobs that one fetch brings; the fetch costs more than the job's own bookkeeping. */
const mostPerFetch = 8;
/** After this long without a sign of life a job is given to another worker; the least that pg-boss takes. */
const heartbeatSeconds = 10;

const adapterOf = (sql: Sql): BossDatabase => ({ executeSql: (text, values) => sql.query(text, values) });

/** The pool as pg-boss wants it, with a listening connection that comes back when it breaks. */
const databaseAdapter = (database: Database): BossDatabase => ({
  ...adapterOf(database),
  listen: async (channel, onNotification, onReconnect) => {
    const stop = await database.listen(channel, (payload) =>
      payload === '' ? onReconnect() : onNotification(payload),
    );
    return { close: stop };
  },
});

/** Jobs over pg-boss, on the service's own pool and in the schema `jobs`. */
export const createJobs = ({ database, logger, useListenNotify = true }: JobsOptions): Jobs => {
  const boss = new PgBoss({
    db: databaseAdapter(database),
    schema: 'jobs',
    useListenNotify,
    schedule: false,
    superviseIntervalSeconds: 10,
    maintenanceIntervalSeconds: 300,
    monitorIntervalSeconds: 10,
  });
  boss.on('error', (problem) => logger.warn({ err: problem }, 'the job queue met an error'));
  const workers: Worker[] = [];
  const timers: NodeJS.Timeout[] = [];
  const ticks: { name: string; everySeconds: number }[] = [];
  const queues = new Map<string, Promise<void>>();
  let started: Promise<unknown> | undefined;

  const createQueue = async (queue: string): Promise<void> => {
    await (started ??= boss.start());
    const {
      retryLimit = 8,
      retryDelaySeconds = 1,
      timeoutSeconds = 60,
    } = workers.find((worker) => worker.queue === queue)?.options ?? {};
    const settings = {
      retryLimit,
      retryDelay: retryDelaySeconds,
      retryBackoff: true,
      retryDelayMax: 60,
      expireInSeconds: timeoutSeconds,
      heartbeatSeconds,
      deleteAfterSeconds: 3_600,
      deadLetter: `${queue}-dead`,
      notify: useListenNotify,
    };
    await boss.createQueue(`${queue}-dead`, { deleteAfterSeconds: 0, retentionSeconds: 30 * 86_400 });
    await boss.createQueue(queue, settings);
    await boss.updateQueue(queue, settings);
  };

  const ensureQueue = (queue: string): Promise<void> => {
    const known = queues.get(queue) ?? createQueue(queue);
    queues.set(queue, known);
    known.catch(() => queues.delete(queue));
    return known;
  };

  const handleBatch = async ({ queue, handler }: Worker, jobs: Job<object>[]): Promise<JobResult[]> =>
    Promise.all(
      jobs.map(async ({ id, data, signal }): Promise<JobResult> => {
        try {
          await handler(data, signal);
          return { id, status: 'completed' };
        } catch (problem) {
          logger.warn({ err: problem, queue, jobId: id }, 'a job failed and will be tried again');
          return {
            id,
            status: 'failed',
            output: { message: problem instanceof Error ? problem.message : String(problem) },
          };
        }
      }),
    );

  const startWorker = async (worker: Worker): Promise<void> => {
    await ensureQueue(worker.queue);
    const concurrency = worker.options.concurrency ?? 4;
    const batchSize = Math.min(concurrency, mostPerFetch);
    await boss.work<object>(
      worker.queue,
      {
        batchSize,
        localConcurrency: Math.ceil(concurrency / batchSize),
        perJobResults: true,
        burstWhenBatchFull: batchSize > 1,
        pollingIntervalSeconds: 2,
        notifyPollingIntervalSeconds: 10,
      },
      (jobs) => handleBatch(worker, jobs),
    );
  };

  const tick = ({ name, everySeconds }: { name: string; everySeconds: number }) =>
    boss
      .send(name, {}, { singletonSeconds: everySeconds, retryLimit: 0 })
      .catch((problem: unknown) =>
        logger.warn({ err: problem, schedule: name }, 'a scheduled job could not be queued'),
      );

  return {
    enqueue: async (tx, queue, payload, options = {}) => {
      await ensureQueue(queue);
      await boss.send(queue, payload, { ...options, ...(tx && { db: adapterOf(tx) }) });
    },
    work: (queue, options, handler) => {
      workers.push({ queue, options, handler: handler as JobHandler<object> });
    },
    schedule: (name, everySeconds, handler) => {
      ticks.push({ name, everySeconds });
      workers.push({
        queue: name,
        options: { concurrency: 1, retryLimit: 0 },
        handler: (_, signal) => handler(signal),
      });
    },
    start: async () => {
      for (const worker of workers) await startWorker(worker);
      for (const each of ticks) {
        // Replicas that start together spread their ticks; the slot lets only one of them count.
        const interval = each.everySeconds * 1000;
        timers.push(
          setTimeout(() => {
            void tick(each);
            timers.push(setInterval(() => void tick(each), interval));
          }, randomInt(interval)),
        );
      }
    },
    stop: async () => {
      for (const timer of timers) clearTimeout(timer);
      if (started) await boss.stop({ graceful: true, close: false, timeout: drainMs });
    },
  };
};
