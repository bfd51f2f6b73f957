import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type CsvProduct, csvRows, type RefusedRow } from './csv-rows.ts';
import { importCsv } from './import-csv.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'import-csv-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const write = async (text: string | Buffer): Promise<string> => {
  const file = path.join(await mkdtemp(path.join(folder, 'file-')), 'products.csv');
  await writeFile(file, text);
  return file;
};

const header = 'reference,title,category,price,currency,stock,attributes.year,attributes.code';

/** What becomes of a file; the shop takes what it is sent. */
const load = async (text: string | Buffer, { refuses = [] as string[], isDry = false } = {}) => {
  const sent: CsvProduct[][] = [];
  const faults: RefusedRow[] = [];
  const done = await importCsv({
    file: await write(text),
    send: isDry
      ? undefined
      : async (items) => {
          sent.push(items);
          const refused = items.flatMap(({ reference }, index) =>
            refuses.includes(reference) ? [{ index, code: 'product.removed', message: 'was removed' }] : [],
          );
          return { created: items.length - refused.length, updated: 0, refused };
        },
    onRefused: (row) => faults.push(row),
    onProgress: () => undefined,
  });
  return { done, sent, faults, places: faults.map(({ line, column, code }) => [line, column, code]) };
};

describe('a CSV file', () => {
  it('becomes products of the bulk door, with prices in minor units and attributes by their names', async () => {
    const { done, sent } = await load(
      `\uFEFF${header}\nm,"M, a film",Crime,12.99,EUR,3,1931,007\n\ny,Yen,Crime,1500,JPY,,,\n`,
    );
    expect(done).toEqual({ rows: 2, created: 2, updated: 0, refused: 0 });
    expect(sent).toEqual([
      [
        {
          reference: 'm',
          title: 'M, a film',
          description: '',
          category: 'Crime',
          price: { amount: 1299, currency: 'EUR' },
          stock: 3,
          imageUrl: null,
          attributes: { year: 1931, code: '007' },
        },
        expect.objectContaining({ price: { amount: 1500, currency: 'JPY' }, stock: 0, attributes: {} }),
      ],
    ]);
  });

  it('takes the good rows and names line, column and code of each bad one', async () => {
    const { done, sent, places } = await load(
      [
        header,
        'a,A,Drama,1.00,USD,1,,',
        'b,"two',
        'lines",Drama,12.999,USD,1,,',
        'c,,Drama,1.00,XXX,-1,,',
        'd,D,Drama',
        'a,Again,Drama,1.00,USD,1,,',
        'e,E,Drama,1e3,USD,many,,',
        'f,F,Drama,2.5,USD,1,,',
      ].join('\r\n'),
    );
    expect(sent.flat().map(({ reference, price }) => [reference, price.amount])).toEqual([
      ['a', 100],
      ['f', 250],
    ]);
    expect(done).toMatchObject({ rows: 7, created: 2, refused: 5 });
    expect(places).toEqual([
      [3, 'price', 'row.price'],
      [3, 'title', 'product.invalid'],
      [5, 'currency', 'row.currency'],
      [5, 'title', 'product.invalid'],
      [5, 'stock', 'product.invalid'],
      [6, null, 'row.columns'],
      [7, 'reference', 'product.reference-repeated'],
      [8, 'price', 'row.price'],
      [8, 'stock', 'product.invalid'],
    ]);
  });

  it('names the line of what only the shop refuses', async () => {
    const { done, places } = await load(`${header}\na,A,Drama,1,USD,1,,\nb,B,Drama,1,USD,1,,`, { refuses: ['b'] });
    expect([done.created, done.refused, places]).toEqual([1, 1, [[3, null, 'product.removed']]]);
  });

  it('is only checked in a dry run', async () => {
    const { done, sent, places } = await load(`${header}\na,A,Drama,1,USD,1,,\nb,,Drama,1,USD,1,,`, { isDry: true });
    expect([sent, done, places]).toEqual([
      [],
      { rows: 2, created: 0, updated: 0, refused: 1 },
      [[3, 'title', 'product.invalid']],
    ]);
  });

  it('goes to the shop in batches of at most 500', async () => {
    const rows = Array.from({ length: 1_201 }, (_, row) => `r${row},T,Drama,1,USD,1,,`);
    const { done, sent } = await load([header, ...rows].join('\n'));
    expect([done.created, sent.map(({ length }) => length)]).toEqual([1_201, [500, 500, 201]]);
  });

  it.each([
    ['', 'lacks reference'],
    ['title,price\n', 'lacks reference, category, currency'],
    [`${header},color\n`, 'unknown columns ("color")'],
    [`${header},title\n`, 'names title twice'],
  ])('with the header %j is refused as a whole', async (text, reason) => {
    await expect(load(text)).rejects.toThrow(reason);
  });

  it('with a quote that is never closed loads what stands before it, and says that it read no further', async () => {
    const { done, places } = await load(`${header}\na,A,Drama,1,USD,1,,\nb,"open,Drama,1,USD,1,,\nc,C,Drama,1,USD,1,,`);
    expect([done.created, done.refused, places]).toEqual([1, 1, [[3, null, 'row.broken']]]);
  });

  it('with a row that never ends is refused before the memory is gone', async () => {
    const { places } = await load(`${header}\n"${'x'.repeat(100_000)}`);
    expect(places).toEqual([[2, null, 'row.broken']]);
  });

  it('that is not there is an error that names it', async () => {
    await expect(csvRows(path.join(folder, 'none.csv')).next()).rejects.toThrow('none.csv');
  });
});
