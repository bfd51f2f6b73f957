/** Messages in a folder, one JSON file each, that are written once and never changed. */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { LRUCache } from 'lru-cache';

export type MessageFolder<T> = {
  /** Newest first, the last hundred; files that are no messages are passed over, and a folder that nobody has made yet is empty. */
  list(): Promise<T[]>;
};

const mostListed = 100;
/** Messages that are kept so that a page that is shown every few seconds reads only those that are new. */
const keptMessages = 20_000;

/** Opens a folder; `read` makes a message of what a file holds, and throws for what is none. */
export const openMessageFolder = <T extends { readonly sentAt: string }>(
  folder: string,
  read: (stored: unknown) => T,
): MessageFolder<T> => {
  const known = new LRUCache<string, T>({ max: keptMessages });
  const messageOf = async (name: string): Promise<T[]> => {
    const seen = known.get(name);
    if (seen) return [seen];
    try {
      const message = read(JSON.parse(await readFile(path.join(folder, name), 'utf8')));
      known.set(name, message);
      return [message];
    } catch {
      return [];
    }
  };
  return {
    list: async () => {
      const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.json'));
      const all: T[] = [];
      for (const name of names) all.push(...(await messageOf(name)));
      return all.sort((a, b) => b.sentAt.localeCompare(a.sentAt)).slice(0, mostListed);
    },
  };
};
