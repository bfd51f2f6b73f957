/** Dynalite with a way to the store below it, which it keeps to itself: whoever captures changes must write them beside the items. */
import type { Server } from 'node:http';
import { createRequire } from 'node:module';
import dynalite from 'dynalite';

export type Item = Readonly<Record<string, unknown>>;

type Written = (problem: Error | null) => void;

/** The items of one table; dynalite writes each under a lock of its key. */
export type ItemWrites = {
  put(key: string, item: Item, written: Written): void;
  del(key: string, written: Written): void;
};

export type WriteOperation =
  | { readonly type: 'put'; readonly key: string; readonly value: unknown }
  | { readonly type: 'del'; readonly key: string };

export type Range = {
  readonly gt?: string;
  readonly gte?: string;
  readonly lt?: string;
  readonly limit?: number;
  readonly reverse?: boolean;
};

/** The ordered keys and values below all tables. A batch is written as a whole or not at all. */
export type KeyValues = {
  open(): Promise<void>;
  get: (key: string, told: (problem: Error | null, value?: unknown) => void) => void;
  /** What is kept under the key; undefined: nothing. */
  getSync(key: string): unknown;
  batch(operations: readonly WriteOperation[]): Promise<void>;
  iterator(range: Range): { all(): Promise<[string, unknown][]> };
};

/** What dynalite knows of a table. */
export type StoredTable = {
  readonly KeySchema: readonly { readonly AttributeName: string }[];
  /** Seconds since 1970. */
  readonly CreationDateTime: number;
};

export type ItemStore = {
  readonly db: KeyValues;
  getItemDb(table: string): ItemWrites;
  /** @param isActive whether a table that is being made counts as none */
  getTable(table: string, isActive: boolean, told: (problem: Error | null, found?: StoredTable) => void): void;
};

/** Key of an item below all tables. */
export const itemKey = (table: string, key: string): string => `item-${table}~${key}`;

/**
 * Reads where they are asked for. The store would hand each to a thread of its own, and a read of pages that are in memory takes a
 * twentieth of what its way there and back does; dynalite reads two or three times for each call.
 */
const readAtOnce = ({ db }: ItemStore) => {
  db.get = (key, told) => {
    try {
      setImmediate(told, null, db.getSync(key));
    } catch (problem) {
      setImmediate(told, problem as Error);
    }
  };
};

const createServer = (folder: string | undefined): { readonly server: Server; readonly store: ItemStore } => {
  const stores = createRequire(import.meta.resolve('dynalite'))('./db') as { create(options: object): ItemStore };
  const { create } = stores;
  let store: ItemStore | undefined;
  stores.create = (options) => {
    store = create(options);
    return store;
  };
  try {
    const server = dynalite({
      ...(folder !== undefined && { path: folder }),
      createTableMs: 0,
      deleteTableMs: 0,
      updateTableMs: 0,
    });
    if (!store)
      throw new Error('this version of dynalite opens its store in another way; see lib/local/tables/item-store.ts');
    return { server, store };
  } finally {
    stores.create = create;
  }
};

/**
 * Dynalite, not yet listening, and its store, which is open. Rejects when the files are damaged: dynalite itself would never answer.
 * @param folder where the items are kept; undefined: in memory
 */
export const openItemStore = async (folder: string | undefined): Promise<ReturnType<typeof createServer>> => {
  const opened = createServer(folder);
  await opened.store.db.open();
  readAtOnce(opened.store);
  return opened;
};

/** What dynalite knows of a table, also of one that is still being made; undefined where there is none of that name. */
export const storedTable = (store: ItemStore, table: string): Promise<StoredTable | undefined> =>
  new Promise((resolve, reject) => {
    store.getTable(table, false, (problem, found) => {
      if (!problem) resolve(found);
      else if (problem.name === 'NotFoundError') resolve(undefined);
      else reject(problem);
    });
  });
