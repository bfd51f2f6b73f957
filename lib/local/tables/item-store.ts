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
  get(key: string): Promise<unknown>;
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

/** Dynalite, not yet listening, and its store. @param folder where the items are kept; undefined: in memory */
export const openItemStore = (folder: string | undefined): { readonly server: Server; readonly store: ItemStore } => {
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

/** What dynalite knows of a table, also of one that is still being made; undefined where there is none of that name. */
export const storedTable = (store: ItemStore, table: string): Promise<StoredTable | undefined> =>
  new Promise((resolve, reject) => {
    store.getTable(table, false, (problem, found) => {
      if (!problem) resolve(found);
      else if (problem.name === 'NotFoundError') resolve(undefined);
      else reject(problem);
    });
  });
