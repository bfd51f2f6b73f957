import type { z } from 'zod';
import type { importProductsAnswer } from '../../services/contracts/http/catalogue/product-api.ts';
import { type CsvProduct, csvRows, type RefusedRow } from './csv-rows.ts';

export type CsvImport = {
  /** Rows of products, the header apart. */
  readonly rows: number;
  readonly created: number;
  readonly updated: number;
  /** Rows that were not taken. */
  readonly refused: number;
};

export type CsvImportOptions = {
  readonly file: string;
  /** The staff's bulk door; undefined only checks the file. It may be asked again with the same products, which doubles nothing. */
  readonly send: ((items: CsvProduct[]) => Promise<z.output<typeof importProductsAnswer>>) | undefined;
  /** Told of each fault of each row, in the order of the file but for what only the shop refuses, which follows its batch. */
  readonly onRefused: (row: RefusedRow) => void;
  readonly onProgress: (done: CsvImport) => void;
};

// What the door takes at a time, below its 8 MiB.
const mostItems = 500;
const mostBytes = 4 * 1024 * 1024;

/**
 * Loads the products of a CSV file batch by batch, each as one transaction of the shop: a row is taken whole or not at all. Whatever
 * ends it, doing it again goes on: products are known by their reference. Of the rows before only the references are kept, some 100 bytes each.
 */
export const importCsv = async ({ file, send, onRefused, onProgress }: CsvImportOptions): Promise<CsvImport> => {
  let done: CsvImport = { rows: 0, created: 0, updated: 0, refused: 0 };
  let batch: { readonly line: number; readonly product: CsvProduct }[] = [];
  let bytes = 0;
  const flush = async () => {
    const sent = batch;
    batch = [];
    bytes = 0;
    if (sent.length === 0) return;
    const answer = await send?.(sent.map(({ product }) => product));
    for (const { index, code, message } of answer?.refused ?? [])
      onRefused({ line: sent[index]?.line ?? 0, column: null, code, message });
    const { created = 0, updated = 0, refused = [] } = answer ?? {};
    done = {
      ...done,
      created: done.created + created,
      updated: done.updated + updated,
      refused: done.refused + refused.length,
    };
    onProgress(done);
  };
  for await (const row of csvRows(file)) {
    done = { ...done, rows: done.rows + 1 };
    if ('refused' in row) {
      for (const fault of row.refused) onRefused(fault);
      done = { ...done, refused: done.refused + 1 };
      continue;
    }
    bytes += JSON.stringify(row.product).length * 3;
    batch.push(row);
    if (batch.length >= mostItems || bytes >= mostBytes) await flush();
  }
  await flush();
  return done;
};
