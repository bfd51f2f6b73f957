import { readFile } from 'node:fs/promises';
import { StartRefused } from './start-refused.ts';

/**
 * Reads a JSON file that a platform keeps in its data folder; undefined where there is none. Throws `StartRefused` when it holds
 * something else.
 * @param wayOut what to do about a damaged file, after "<file> is damaged"
 */
export const readKeptJson = async <T>(file: string, wayOut: string): Promise<T | undefined> => {
  const text = await readFile(file, 'utf8').catch((problem: NodeJS.ErrnoException) => {
    if (problem.code === 'ENOENT') return undefined;
    throw problem;
  });
  if (text === undefined) return undefined;
  try {
    const kept: unknown = JSON.parse(text);
    if (typeof kept === 'object' && kept !== null) return kept as T;
  } catch {
    // What is cut off and what is no object is damaged alike.
  }
  throw new StartRefused('data.corrupt', `${file} is damaged${wayOut}`);
};
