import { Worker } from 'node:worker_threads';
import pLimit from 'p-limit';
import { contentRefused, makerBusy } from '../domain/image-refusals.ts';
import type { ImageOutcome, ImageTask, MadeImage } from './image-worker.ts';

/** Pictures that wait for the one being read; the next is told to come again. */
const mostWaiting = 4;
/** Milliseconds for one picture; the largest takes about two seconds of a whole processor. */
const deadlineMs = 20_000;

/** Makes the forms of one picture; refuses what is no such picture. */
export type MakeImage = (task: ImageTask, uploadId: string) => Promise<MadeImage>;

export type ImageMaker = {
  /**
   * Does the work on one picture once those before it are done: content and pixels of one alone are in memory. Refuses as `image.busy`
   * when too many wait.
   */
  inTurn<Result>(work: (make: MakeImage) => Promise<Result>): Promise<Result>;
};

const besides = import.meta.url.endsWith('.ts') ? './image-worker.ts' : './image-worker.mjs';

const outcomeOf = (task: ImageTask): Promise<ImageOutcome> => {
  const { promise, resolve, reject } = Promise.withResolvers<ImageOutcome>();
  const worker = new Worker(new URL(besides, import.meta.url), {
    workerData: task,
    resourceLimits: { maxOldGenerationSizeMb: 64, maxYoungGenerationSizeMb: 16 },
  });
  const deadline = setTimeout(() => reject(makerBusy()), deadlineMs);
  worker.once('message', resolve);
  worker.once('error', reject);
  worker.once('exit', () => reject(new Error('the thread that reads pictures ended without an answer')));
  return promise.finally(async () => {
    clearTimeout(deadline);
    await worker.terminate();
  });
};

const make: MakeImage = async (task, uploadId) => {
  const outcome = await outcomeOf(task);
  if ('fault' in outcome) throw contentRefused(outcome.fault, uploadId);
  return outcome.made;
};

/** Reads one picture at a time: the memory of a pod has room for one. */
export const createImageMaker = (): ImageMaker => {
  const oneAtATime = pLimit(1);
  return {
    inTurn: async (work) => {
      if (oneAtATime.pendingCount >= mostWaiting) throw makerBusy();
      return oneAtATime(work, make);
    },
  };
};
