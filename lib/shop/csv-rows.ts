/** Products as rows of a CSV file: read as a stream, each row a product of the bulk door or refused with its line, column and reason. */
import { createReadStream } from 'node:fs';
import { CsvError, parse } from 'csv-parse';
import type { z } from 'zod';
import { importItem } from '../../services/contracts/http/catalogue/product-api.ts';
import { currencyDecimals, isCurrency } from '../../services/kit/values/currencies.ts';

export type CsvProduct = z.output<typeof importItem>;

/** What is wrong with a row. `column` is null where it is the row as a whole. */
export type RefusedRow = {
  /** Line of the file on which the row begins; the header is line 1. */
  readonly line: number;
  readonly column: string | null;
  readonly code: string;
  readonly message: string;
};

type CsvRow = { readonly line: number; readonly product: CsvProduct } | { readonly refused: readonly RefusedRow[] };

const required = ['reference', 'title', 'category', 'price', 'currency'] as const;
const optional = ['description', 'stock', 'imageUrl'] as const;
const attributePrefix = 'attributes.';

/** Largest row in bytes: that of the door, with room for quotes. */
const largestRow = 32 * 1024;

/** A file whose header nobody can work with: nothing of it was read. */
class CsvHeaderError extends Error {}

const requireHeader = (header: readonly string[]): string[] => {
  const names = header.map((name) => name.trim());
  const known = new Set<string>([...required, ...optional]);
  const missing = required.filter((name) => !names.includes(name));
  const unknown = names.filter((name) => !known.has(name) && !name.startsWith(attributePrefix));
  const repeated = names.filter((name, at) => names.indexOf(name) !== at);
  const faults = [
    missing.length > 0 && `lacks ${missing.join(', ')}`,
    unknown.length > 0 && `has unknown columns (${unknown.map((name) => JSON.stringify(name)).join(', ')})`,
    repeated.length > 0 && `names ${repeated.join(', ')} twice`,
  ].filter(Boolean);
  if (faults.length > 0)
    throw new CsvHeaderError(
      `line 1, the header, ${faults.join(' and ')}; columns are ${[...required, ...optional].join(', ')} and ${attributePrefix}NAME for each attribute`,
    );
  return names;
};

type Fault = Omit<RefusedRow, 'line'>;

/** `12.99` in a currency of two decimals is 1299; undefined and the fault where it is none. */
const amountOf = (price: string, currency: string): number | Fault => {
  if (!isCurrency(currency))
    return {
      column: 'currency',
      code: 'row.currency',
      message: `must be an ISO 4217 code such as USD, not ${JSON.stringify(currency.slice(0, 20))}`,
    };
  const decimals = currencyDecimals(currency);
  const [, whole, fraction = ''] = /^(\d{1,12})(?:\.(\d+))?$/.exec(price) ?? [];
  if (whole === undefined || fraction.length > decimals)
    return {
      column: 'price',
      code: 'row.price',
      message: `must be a number such as ${decimals === 0 ? '1299' : `12.${'9'.repeat(decimals)}`} with at most ${decimals} decimals`,
    };
  return Number(`${whole}${fraction.padEnd(decimals, '0')}`);
};

/** A number where the text is one that is written back the same, so that "007" and "1e3" stay text; true and false likewise. */
const attributeOf = (text: string): string | number | boolean => {
  if (text === 'true' || text === 'false') return text === 'true';
  return text !== '' && String(Number(text)) === text && Number.isFinite(Number(text)) ? Number(text) : text;
};

const columnOf = (path: readonly PropertyKey[]): string | null => {
  const [first, second] = path.map(String);
  if (first === 'attributes') return second === undefined ? null : `${attributePrefix}${second}`;
  return first ?? null;
};

const productOf = (row: Readonly<Record<string, string>>): CsvProduct | readonly Fault[] => {
  const { reference, title, category, description = '', price = '', currency = '', stock = '', imageUrl = '' } = row;
  const amount = amountOf(price.trim(), currency.trim());
  const attributes = Object.entries(row)
    .filter(([name, text]) => name.startsWith(attributePrefix) && text.trim() !== '')
    .map(([name, text]) => [name.slice(attributePrefix.length), attributeOf(text.trim())]);
  const { success, data, error } = importItem.safeParse({
    reference,
    title,
    category,
    description,
    price: {
      amount: typeof amount === 'number' ? amount : 0,
      currency: typeof amount === 'number' ? currency.trim() : 'USD',
    },
    stock: stock.trim() === '' ? 0 : /^\d{1,9}$/.test(stock.trim()) ? Number(stock) : Number.NaN,
    imageUrl: imageUrl.trim() === '' ? null : imageUrl.trim(),
    attributes: Object.fromEntries(attributes),
  });
  const faults: Fault[] = [
    ...(typeof amount === 'number' ? [] : [amount]),
    ...(error?.issues ?? []).map(({ path, message }) => ({ column: columnOf(path), code: 'product.invalid', message })),
  ];
  return success && faults.length === 0 ? data : faults;
};

type Read = {
  readonly record: Readonly<Record<string, string>>;
  readonly info: { readonly lines: number; readonly error?: CsvError };
};

/**
 * The rows of a file, one after the other, none of them kept but for its reference. Throws before the first row where nobody can work with the header, and
 * the system's error where the file cannot be read; a quote that is never closed ends the file with a refused row.
 */
export const csvRows = async function* (file: string): AsyncGenerator<CsvRow> {
  let hasHeader = false;
  const parser = parse({
    bom: true,
    columns: (header: string[]) => {
      hasHeader = true;
      return requireHeader(header);
    },
    info: true,
    skip_empty_lines: true,
    relax_column_count: true,
    max_record_size: largestRow,
  });
  const source = createReadStream(file);
  source.on('error', (problem) => parser.destroy(problem));
  let line = 2;
  let doubled = 0;
  const seen = new Set<string>();
  try {
    for await (const { record, info } of source.pipe(parser) as AsyncIterable<Read>) {
      const begun = line;
      // The parser counts a line break of two characters within quotes twice.
      doubled += Object.values(record).join('').split('\r\n').length - 1;
      line = info.lines - doubled + 1;
      const refuse = (faults: readonly Fault[]): CsvRow => ({
        refused: faults.map((fault) => ({ line: begun, ...fault })),
      });
      const product = info.error
        ? [{ column: null, code: 'row.columns', message: 'must have as many columns as the header' }]
        : productOf(record);
      if (!('reference' in product)) yield refuse(product);
      else if (seen.has(product.reference))
        yield refuse([
          { column: 'reference', code: 'product.reference-repeated', message: 'stands on an earlier line already' },
        ]);
      else {
        seen.add(product.reference);
        yield { line: begun, product };
      }
    }
    if (!hasHeader) requireHeader([]);
  } catch (problem) {
    if (!(problem instanceof CsvError)) throw problem;
    const message = `${problem.message.replace(/\.$/, '')}; nothing after it was read`;
    yield { refused: [{ line, column: null, code: 'row.broken', message }] };
  } finally {
    source.destroy();
  }
};
