/** The file that a supervised process writes to: what it said last, and an end to its growth. */
import { open, stat } from 'node:fs/promises';

const TAIL_BYTES = 4096;

/** Last line that the child wrote since `from`; JSON log lines are cut to their message. */
export const lastWords = async (logFile: string, from: number): Promise<string> => {
  const file = await open(logFile, 'r');
  try {
    const { size } = await file.stat();
    const start = Math.max(from, size - TAIL_BYTES);
    const { buffer, bytesRead } = await file.read(
      Buffer.alloc(Math.max(size - start, 0)),
      0,
      Math.max(size - start, 0),
      start,
    );
    const lines = buffer
      .subarray(0, bytesRead)
      .toString('utf8')
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '');
    const telling = lines.filter((line) => !/^(at |Node\.js v|\(Use `node )/.test(line));
    const found = telling.findLastIndex((line) => /error|cannot|fatal|refus/i.test(line));
    const at = found === -1 ? telling.length - 1 : found;
    const last = telling[at] ?? 'it wrote nothing';
    // A line that ends in a colon announces the list that follows.
    if (last.endsWith(':')) return [last, ...telling.slice(at + 1)].join(' ');
    if (!last.startsWith('{')) return last;
    const { message, error } = JSON.parse(last) as { message?: string; error?: { message?: string } };
    return [message, error?.message].filter(Boolean).join(': ') || last;
  } catch {
    return `see ${logFile}`;
  } finally {
    await file.close();
  }
};

/** Bytes of a log after which it is cut. */
const LOG_LIMIT_BYTES = 50 * 1024 ** 2;

/** Empties a log that grew past its limit; children append, so they go on at the new end. */
export const cutLog = async (logFile: string): Promise<void> => {
  const size = await stat(logFile).then(
    ({ size }) => size,
    () => 0,
  );
  if (size <= LOG_LIMIT_BYTES) return;
  const file = await open(logFile, 'r+');
  await file.truncate(0);
  await file.close();
};
