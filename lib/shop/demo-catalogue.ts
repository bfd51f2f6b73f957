/** The demo shop's goods: real films, with what was wrong in their file repaired or left out, and counted. */
import { createHash } from 'node:crypto';
import { parse } from 'csv-parse/sync';

/** The films, from the root of the checkout. */
export const FILMS_FILE = 'lib/shop/films.csv';

export type CatalogueItem = {
  /** Own key of the film, so that loading twice changes nothing. */
  readonly reference: string;
  readonly title: string;
  readonly description: string;
  readonly category: string;
  readonly price: { readonly amount: number; readonly currency: string };
  readonly stock: number;
  readonly imageUrl: null;
  readonly attributes: Readonly<Record<string, string | number>>;
};

/** One kind of dirt: how many rows had it, what was done, and the first rows as examples. */
export type CatalogueNote = {
  readonly reason: string;
  readonly action: 'skipped' | 'repaired' | 'kept';
  readonly count: number;
  readonly examples: readonly string[];
};

export type DemoCatalogue = {
  readonly rows: number;
  readonly items: readonly CatalogueItem[];
  readonly findings: readonly CatalogueNote[];
};

// The file was compiled in 2010 with films announced for the next year; the first film was shot in 1888.
const FIRST_YEAR = 1888;
const LAST_YEAR = 2011;
const CENTURY = 100;
const LONGEST_TITLE = 180;
const EXAMPLES = 3;

const LOWEST_PRICE = 499;
const PRICE_STEP = 100;
const PRICE_STEPS = 26;
const STOCK = 250;

/** 4.99 to 29.99 USD in steps of a dollar, spread by the film's own key so that every load gives the same price. */
const priceOf = (reference: string) => ({
  amount: LOWEST_PRICE + (createHash('sha256').update(reference).digest().readUInt32BE() % PRICE_STEPS) * PRICE_STEP,
  currency: 'USD',
});

// Some titles were written as Windows-1252 and read as Mac OS Roman ("LÈon"); both are one byte a character, so it can be undone.
const HIGH_BYTES = Uint8Array.from({ length: 128 }, (_, index) => index + 128);
const misread = [...new TextDecoder('macintosh').decode(HIGH_BYTES)];
const meant = [...new TextDecoder('windows-1252').decode(HIGH_BYTES)];
const UNDO = new Map(misread.map((character, index) => [character, meant[index] ?? character]));

const repairEncoding = (title: string) => {
  const foreign = [...title].filter((character) => character > '\u007f');
  return foreign.every((character) => UNDO.has(character))
    ? [...title].map((character) => UNDO.get(character) ?? character).join('')
    : title;
};

type Row = Readonly<Record<string, string | undefined>>;

const numberOf = (text: string | undefined) => {
  const value = Number(text);
  return text !== undefined && text.trim() !== '' && Number.isFinite(value) ? value : undefined;
};
const textOf = (text: string | undefined) => (text?.trim() ? text.trim() : undefined);

const describe = (category: string, year: number, row: Row) => {
  const facts = [
    textOf(row['minutes']) && `${row['minutes']} minutes`,
    textOf(row['rating']) && `rated ${row['rating']}`,
  ].filter(Boolean);
  const by = textOf(row['director']) ? ` by ${row['director']}` : '';
  const from = textOf(row['distributor']) ? `, released by ${row['distributor']}` : '';
  return `${category} of ${year}${by}${from}${facts.length > 0 ? ` (${facts.join(', ')})` : ''}.`;
};

const attributesOf = (year: number, row: Row) =>
  Object.fromEntries(
    Object.entries({
      year,
      director: textOf(row['director']),
      distributor: textOf(row['distributor']),
      rating: textOf(row['rating']),
      minutes: numberOf(row['minutes']),
      imdbRating: numberOf(row['imdb_rating']),
      imdbVotes: numberOf(row['imdb_votes']),
      grossUsd: numberOf(row['gross_usd']),
    }).filter((entry): entry is [string, string | number] => entry[1] !== undefined),
  );

const createFindings = () => {
  const found = new Map<string, { action: CatalogueNote['action']; count: number; examples: string[] }>();
  return {
    note: (action: CatalogueNote['action'], reason: string, example: string) => {
      const finding = found.get(reason) ?? { action, count: 0, examples: [] };
      finding.count += 1;
      if (finding.examples.length < EXAMPLES) finding.examples.push(example);
      found.set(reason, finding);
    },
    list: (): CatalogueNote[] => [...found].map(([reason, finding]) => ({ reason, ...finding })),
  };
};

/** Reads the films. Every row becomes an item or is counted as skipped with its reason. */
export const readDemoCatalogue = (csv: string): DemoCatalogue => {
  const rows: Row[] = parse(csv, { columns: true, bom: true, relax_column_count: true, skip_empty_lines: true });
  const { note, list } = createFindings();
  const items: CatalogueItem[] = [];
  const seen = new Set<string>();
  for (const [index, row] of rows.entries()) {
    const line = `row ${index + 2}`;
    const given = textOf(row['title']);
    if (given === undefined) {
      note('skipped', 'no title', line);
      continue;
    }
    if (given.length > LONGEST_TITLE || /\p{Cc}/u.test(given)) {
      note('skipped', `title longer than ${LONGEST_TITLE} characters or with control characters`, line);
      continue;
    }
    const title = repairEncoding(given);
    if (title !== given) note('repaired', 'title in a wrong character set', `${given} -> ${title}`);
    const givenYear = numberOf(row['year']);
    const year = givenYear !== undefined && givenYear > LAST_YEAR ? givenYear - CENTURY : givenYear;
    if (year === undefined || !Number.isInteger(year) || year < FIRST_YEAR || year > LAST_YEAR) {
      note('skipped', `year missing or not from ${FIRST_YEAR} to ${LAST_YEAR}`, `${title} (${row['year'] || 'none'})`);
      continue;
    }
    const reference = `film ${title.toLowerCase()} (${year})`;
    if (seen.has(reference)) {
      note('skipped', 'same title and year as a row before', `${title} (${year})`);
      continue;
    }
    seen.add(reference);
    if (year !== givenYear) note('repaired', 'year a century too late', `${title}: ${givenYear} -> ${year}`);
    if (/^[\d\s.,:]+$/.test(title)) note('kept', 'number as title, kept as text', title);
    const category = textOf(row['genre']) ?? 'Other';
    if (category === 'Other') note('repaired', 'no genre, shelved under "Other"', title);
    items.push({
      reference,
      title,
      description: describe(category, year, row),
      category,
      price: priceOf(reference),
      stock: STOCK,
      imageUrl: null,
      attributes: attributesOf(year, row),
    });
  }
  return { rows: rows.length, items, findings: list() };
};
