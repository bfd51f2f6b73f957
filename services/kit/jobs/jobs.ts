/** Background jobs in the service's own database, queued in the transaction of what they follow from. */
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { PgBoss, type Queue } from 'pg-boss';
import { afterCommit, type Database, type Sql } from '../storage/database.ts';
import type { Logger } from '../telemetry/logger.ts';
import { type Metrics, startAtZero } from '../telemetry/metrics.ts';
import { currentTraceparent } from '../telemetry/tracing.ts';
import { adapterOf } from './boss-adapter.ts';
import { type JobHandler, type JobWorker, startJobWorker, traceKey } from './job-worker.ts';

export type EnqueueOptions = {
  /** Of several jobs with one key that nobody has begun, only the first is kept. */
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

export type Jobs = {
  /**
   * Queues a job; with a transaction it exists if, and only if, that commits. The queue of such a job must be prepared:
   * creating it takes a second connection, and transactions that wait for one another's connections never end.
   */
  enqueue(tx: Sql | undefined, queue: string, payload: object, options?: EnqueueOptions): Promise<void>;
  /** Says who works on a queue; work begins with `start`. */
  work<Payload extends object>(queue: string, options: WorkOptions, handler: JobHandler<Payload>): void;
  /** Runs a handler about every so many seconds, in one process at a time however many there are. A failure waits for the next turn. */
  schedule(name: string, everySeconds: number, handler: (signal: AbortSignal) => Promise<unknown>): void;
  /** Creates the queues that `work` and `schedule` declared. Before the first door opens, so that requests can queue jobs. */
  prepare(): Promise<void>;
  start(): Promise<void>;
  /** Takes no new job, lets those in hand finish for up to 10 s; unfinished ones run again elsewhere. */
  stop(): Promise<void>;
};

export type JobsOptions = {
  readonly database: Database;
  readonly logger: Logger;
  readonly metrics?: Metrics | undefined;
  /**
   * Whether a job also wakes the workers of other processes at once, by a NOTIFY after its commit; default false. Workers of
   * the process that queues are woken always, and a job is found after a second anyway.
   */
  readonly useListenNotify?: boolean;
};

type Worker = Required<WorkOptions> & {
  readonly queue: string;
  readonly handler: JobHandler<object>;
  /** Seconds between two runs; absent for a queue that is worked on demand. */
  readonly everySeconds?: number;
};

const schema = 'jobs';
const drainMs = 10_000;
const pollMs = 1_000;
const longestPollMs = 15_000;
/** After this long without a sign of life a job is given to another worker; the least that pg-boss takes. */
const heartbeatSeconds = 10;
/** Done jobs are of no use to anybody; a small table keeps fetching fast. */
const keepDoneSeconds = 600;
const keepDeadSeconds = 30 * 86_400;
const channel = 'jobs_queued';
const onDemand = { concurrency: 4, retryLimit: 8, retryDelaySeconds: 1, timeoutSeconds: 60 } as const;

/** The job continues the trace of what queued it. */
const traced = (payload: object): object => {
  const traceparent = currentTraceparent();
  return traceparent === undefined ? payload : { ...payload, [traceKey]: traceparent };
};

/**
 * Whether another replica made the schema first: pg-boss waits for it with a lock, in one message with `CREATE SCHEMA IF NOT
 * EXISTS`, which then still looks at the catalog of before the wait.
 */
const isCatalogRace = (error: unknown) =>
  error instanceof pg.DatabaseError && error.code === '23505' && error.schema === 'pg_catalog';

const queueSettings = ({
  retryLimit,
  retryDelaySeconds,
  timeoutSeconds,
  everySeconds,
  queue,
}: Omit<Worker, 'handler'>): Omit<Queue, 'name'> => ({
  retryLimit,
  retryDelay: retryDelaySeconds,
  retryBackoff: true,
  retryDelayMax: 60,
  expireInSeconds: timeoutSeconds + heartbeatSeconds,
  heartbeatSeconds,
  deleteAfterSeconds: Math.max(keepDoneSeconds, 2 * (everySeconds ?? 0)),
  // A schedule has one job at most, waiting or running, so runs never overlap. Other queues drop a doubled key only.
  ...(everySeconds === undefined ? { policy: 'short', deadLetter: `${queue}-dead` } : { policy: 'exclusive' }),
});

/** Jobs over pg-boss, on the service's own pool and in the schema `jobs`. */
export const createJobs = ({ database, logger, metrics, useListenNotify = false }: JobsOptions): Jobs => {
  const boss = new PgBoss({
    db: adapterOf(database),
    schema,
    schedule: false,
    // With the heartbeat: a killed worker's job is free again after 10 to 15 s.
    superviseIntervalSeconds: 5,
    monitorIntervalSeconds: 4,
    maintenanceIntervalSeconds: 300,
    flowIntervalSeconds: 3_600,
  });
  boss.on('error', (error) => logger.warn({ error }, 'the job queue met an error'));
  const declared = new Map<string, Worker>();
  const queues = new Map<string, Promise<void>>();
  const prepared = new Set<string>();
  const working = new Map<string, JobWorker>();
  const timers: NodeJS.Timeout[] = [];
  let started: Promise<unknown> | undefined;
  let stopListening: (() => Promise<void>) | undefined;
  const finished = metrics?.counter({
    name: 'jobs_finished_total',
    help: 'Runs of jobs by how they ended.',
    labels: ['queue', 'result'],
  });

  const open = async () => {
    started ??= boss.start().catch((error: unknown) => {
      if (!isCatalogRace(error)) throw error;
      return boss.start();
    });
    await started.catch((error: unknown) => {
      started = undefined;
      throw error;
    });
  };

  const createQueue = async (queue: string) => {
    await open();
    const { policy, ...settings } = queueSettings(declared.get(queue) ?? { ...onDemand, queue });
    if (settings.deadLetter)
      await boss.createQueue(settings.deadLetter, {
        deleteAfterSeconds: keepDeadSeconds,
        retentionSeconds: keepDeadSeconds,
      });
    await boss.createQueue(queue, { ...settings, policy });
    await boss.updateQueue(queue, settings);
    // pg-boss reads the settings of a queue at its first use and keeps them; that must not happen inside a transaction.
    await boss.getJobById(queue, randomUUID());
    prepared.add(queue);
  };

  const ensureQueue = (queue: string): Promise<void> => {
    const known = queues.get(queue) ?? createQueue(queue);
    queues.set(queue, known);
    known.catch(() => queues.delete(queue));
    return known;
  };

  /** Outside of the job's transaction, because NOTIFY holds a lock of the whole cluster until the commit is on disk. */
  const wake = (queue: string) => {
    working.get(queue)?.wake();
    if (useListenNotify)
      database
        .query('SELECT pg_notify($1, $2)', [channel, queue])
        .catch((error: unknown) => logger.debug({ error }, 'workers find the job by themselves'));
  };

  /** One job for each slot of time, whichever process asks first. */
  const tick = async ({ queue, everySeconds }: Worker) => {
    try {
      const id = await boss.send(queue, {}, { singletonSeconds: everySeconds as number });
      if (id) wake(queue);
    } catch (error) {
      logger.warn({ error, queue }, 'a scheduled job could not be queued; the next turn comes');
    }
  };

  const startWorker = async (worker: Worker) => {
    const { queue, everySeconds } = worker;
    await ensureQueue(queue);
    startAtZero(finished, [
      { queue, result: 'completed' },
      { queue, result: 'failed' },
    ]);
    working.set(
      queue,
      startJobWorker({
        ...{ ...worker, boss, heartbeatSeconds, logger },
        pollMs: everySeconds === undefined ? pollMs : Math.min(longestPollMs, Math.max(pollMs, everySeconds * 500)),
        count: (name, result) => finished?.inc({ queue: name, result }),
      }),
    );
    if (everySeconds === undefined) return;
    await tick(worker);
    timers.push(setInterval(() => void tick(worker), everySeconds * 1_000));
  };

  return {
    enqueue: async (tx, queue, payload, { singletonKey = randomUUID(), ...options } = {}) => {
      if (!tx) await ensureQueue(queue);
      else if (!prepared.has(queue))
        throw new Error(`the queue "${queue}" is not prepared: declare it by work() and await prepare() in app.ts`);
      const id = await boss.send(queue, traced(payload), {
        ...options,
        singletonKey,
        ...(tx && { db: adapterOf(tx) }),
      });
      // One for later is found by those who look every second.
      if (id && options.startAfter === undefined) afterCommit(tx ?? database, () => wake(queue));
    },
    work: (queue, options, handler) => {
      declared.set(queue, { ...onDemand, ...options, queue, handler: handler as JobHandler<object> });
    },
    schedule: (queue, everySeconds, handler) => {
      declared.set(queue, {
        ...onDemand,
        concurrency: 1,
        retryLimit: 0,
        queue,
        everySeconds,
        handler: (_, signal) => handler(signal),
      });
    },
    prepare: async () => {
      for (const queue of declared.keys()) await ensureQueue(queue);
    },
    start: async () => {
      for (const worker of declared.values()) await startWorker(worker);
      if (useListenNotify) stopListening = await database.listen(channel, (queue) => working.get(queue)?.wake());
    },
    stop: async () => {
      for (const timer of timers) clearInterval(timer);
      await stopListening?.();
      await Promise.all([...working.values()].map((worker) => worker.stop(drainMs)));
      if (started !== undefined) await boss.stop({ graceful: false, close: false });
    },
  };
};
