/** Work that begins right after the commit it follows from, in the same process, with jobs for what does not come to its end. */
import { setTimeout as wait } from 'node:timers/promises';
import { LRUCache } from 'lru-cache';
import pLimit from 'p-limit';
import type { Logger } from '../telemetry/logger.ts';
import { inSpan, noteProblem, startSpan } from '../telemetry/tracing.ts';

export type DirectWork<Known, Result = object> = {
  /** Whether it takes one more; else a job has to. False before its start and once it stops. */
  hasRoom(): boolean;
  /** Whether this process has the key in hand, or waiting for its turn. */
  isInHand(key: string): boolean;
  /**
   * Keeps what somebody has heard of a key that is in hand until its work has come to an end, well or not, and has it told then. False, and
   * nothing kept, where the key is free. What it throws leaves the key to a job, as work that fails does.
   */
  tellAfterwards(key: string, tell: () => Promise<void>): boolean;
  /**
   * Works on a key. One that is in hand is worked on once more afterwards, because something has changed meanwhile.
   * @param known what this process has just written, so that it need not be read
   */
  take(key: string, known?: Known): void;
  /** What the work on a key came to, once it is no longer in hand; undefined where it failed, was left to a job or takes longer than so many milliseconds. */
  resultOf(key: string, withinMs: number): Promise<Result | undefined>;
  /** What the newest work on a key came to in this process, of the last 500 keys: others may have gone on from there. */
  lastResult(key: string): Result | undefined;
  start(): Promise<void>;
  /** Takes nothing new, waits for what is in hand for up to 10 s, and leaves the rest to jobs. */
  stop(): Promise<void>;
};

export type DirectWorkOptions<Known, Result = object> = {
  /** Must be safe to run twice, also at the same time elsewhere. */
  readonly work: (key: string, known?: Known) => Promise<Result>;
  /** Queues the job that works on a key, for one whose work failed or was not begun. */
  readonly queue: (key: string) => Promise<void>;
  /** Keys that were left by a process that ended; taken up at the start. Default none. */
  readonly abandoned?: () => Promise<readonly string[]>;
  readonly logger: Logger;
  /** Keys worked on at the same time. */
  readonly concurrency: number;
};

type InHand<Result> = {
  /** Whether to work on it, for the first time or once more. */
  isChanged: boolean;
  /** What was heard of it meanwhile, in its order. */
  readonly heard: (() => Promise<void>)[];
  readonly ended: PromiseWithResolvers<Result | undefined>;
};

/** Keys that wait for their turn; beyond it they are queued as jobs, which any process takes. */
const mostWaiting = 500;
const mostRemembered = 500;
const drainMs = 10_000;

/**
 * In the ordinary course nothing is written, fetched and completed only to begin at once. A row of the service's own has to say what is
 * still owed, and a sweeper to look for it: that is what survives the process.
 */
export const createDirectWork = <Known, Result extends object = object>(
  options: DirectWorkOptions<Known, Result>,
): DirectWork<Known, Result> => {
  const { work, queue, abandoned = async () => [], logger, concurrency } = options;
  const limit = pLimit(concurrency);
  const inHand = new Map<string, InHand<Result>>();
  const results = new LRUCache<string, Result>({ max: mostRemembered });
  let isRunning = false;

  const leaveToJob = (key: string) =>
    queue(key).catch((error: unknown) => logger.warn({ error, key }, 'work could not be queued; the sweeper finds it'));

  const run = async (key: string, known: Known | undefined, state: InHand<Result>) => {
    let result: Result | undefined;
    const workOn = async (given?: Known) => {
      state.isChanged = false;
      result = await work(key, given);
      results.set(key, result);
    };
    const tellHeard = async () => {
      for (let tell = state.heard.shift(); tell; tell = state.heard.shift()) await tell();
    };
    try {
      for (let given = known; isRunning && (state.isChanged || state.heard.length > 0); given = undefined)
        try {
          if (state.isChanged) await workOn(given);
        } finally {
          await tellHeard();
        }
    } catch (error) {
      noteProblem(error);
      logger.warn({ error, key }, 'work after a commit failed; a job tries again');
      state.isChanged = true;
    } finally {
      inHand.delete(key);
      state.ended.resolve(state.isChanged ? undefined : result);
    }
    if (state.isChanged || state.heard.length > 0) await leaveToJob(key);
  };

  const take = (key: string, known?: Known) => {
    const state = inHand.get(key);
    if (state) {
      state.isChanged = true;
      return;
    }
    const begun = { isChanged: true, heard: [], ended: Promise.withResolvers<Result | undefined>() };
    inHand.set(key, begun);
    // A trace of its own hop, and not the request's deadline: nobody waits for it any more.
    void inSpan(startSpan('work after a commit'), () => limit(() => run(key, known, begun)));
  };

  return {
    hasRoom: () => isRunning && limit.pendingCount < mostWaiting,
    isInHand: (key) => inHand.has(key),
    tellAfterwards: (key, tell) => inHand.get(key)?.heard.push(tell) !== undefined,
    take,
    lastResult: (key) => results.get(key),
    resultOf: async (key, withinMs) => {
      const ended = inHand.get(key)?.ended.promise;
      if (!ended) return undefined;
      const late = Promise.withResolvers<undefined>();
      const timer = setTimeout(() => late.resolve(undefined), withinMs);
      try {
        return await Promise.race([ended, late.promise]);
      } finally {
        clearTimeout(timer);
      }
    },
    start: async () => {
      isRunning = true;
      for (const key of await abandoned()) take(key);
    },
    stop: async () => {
      isRunning = false;
      const giveUpAt = performance.now() + drainMs;
      while (inHand.size > 0 && performance.now() < giveUpAt) await wait(20);
      for (const key of inHand.keys()) await leaveToJob(key);
    },
  };
};
