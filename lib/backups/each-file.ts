import pLimit from 'p-limit';

/** Files of PostgreSQL are many and small: what waits is the disk. */
const AT_ONCE = 8;

/**
 * Does something for every file, several at once. Once one fails or the signal is aborted no other begins, and those under way have ended
 * when this throws: whoever clears up after it has the folder alone.
 */
export const eachFile = async <File, Result>(
  files: readonly File[],
  work: (file: File) => Promise<Result>,
  signal: AbortSignal,
): Promise<Result[]> => {
  const failed = new AbortController();
  const over = AbortSignal.any([signal, failed.signal]);
  const limit = pLimit(AT_ONCE);
  const one = async (file: File) => {
    over.throwIfAborted();
    try {
      return await work(file);
    } catch (problem) {
      failed.abort(problem);
      throw problem;
    }
  };
  const settled = await Promise.allSettled(files.map((file) => limit(one, file)));
  over.throwIfAborted();
  return settled.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
};
