import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { importItem } from '../../services/contracts/http/catalogue/product-api.ts';
import { type DemoCatalogue, FILMS_FILE, readDemoCatalogue } from './demo-catalogue.ts';

const HEADER = 'title,year,genre,director,distributor,rating,minutes,imdb_rating,imdb_votes,gross_usd\n';
const findings = ({ findings }: DemoCatalogue) =>
  findings.map(({ action, reason, count }) => `${action} ${count}: ${reason}`);

describe('the demo catalogue', () => {
  it('accounts for every row: an item, or skipped with a reason', () => {
    const catalogue = readDemoCatalogue(
      `${HEADER},1999,Drama,,,,,,,\nSlam,1998,Drama,,,,,,,\nslam ,1998,Drama,,,,,,,\nLate,2212,Drama,,,,,,,\nNever,,Drama,,,,,,,\nLong ${'x'.repeat(200)},1990,,,,,,,,\n`,
    );
    const skipped = catalogue.findings
      .filter(({ action }) => action === 'skipped')
      .reduce((sum, { count }) => sum + count, 0);
    expect(catalogue.rows).toBe(6);
    expect(catalogue.items.map(({ title }) => title)).toEqual(['Slam']);
    expect(catalogue.items.length + skipped).toBe(6);
    expect(findings(catalogue)).toEqual([
      'skipped 1: no title',
      'skipped 1: same title and year as a row before',
      'skipped 2: year missing or not from 1888 to 2011',
      'skipped 1: title longer than 180 characters or with control characters',
    ]);
  });

  it('repairs what can be known: a year a century too late, a misread character set, a missing genre', () => {
    const catalogue = readDemoCatalogue(
      `${HEADER}Duel in the Sun,2046,Western,,,,,,,\nDÈj‡ Vu,2006,,,,,,,,\nAlien³,1992,Horror,,,,,,,\n`,
    );
    expect(catalogue.items.map(({ title, category, attributes }) => [title, category, attributes['year']])).toEqual([
      ['Duel in the Sun', 'Western', 1946],
      ['Déjà Vu', 'Other', 2006],
      ['Alien³', 'Horror', 1992],
    ]);
    expect(findings(catalogue)).toEqual([
      'repaired 1: year a century too late',
      'repaired 1: title in a wrong character set',
      'repaired 1: no genre, shelved under "Other"',
    ]);
  });

  it('keeps a number as a title and says so', () => {
    const catalogue = readDemoCatalogue(`${HEADER}300,2007,Action,,,,117,7.8,1,456\n`);
    expect(catalogue.items[0]).toMatchObject({
      title: '300',
      attributes: { minutes: 117, imdbRating: 7.8, grossUsd: 456 },
    });
    expect(findings(catalogue)).toEqual(['kept 1: number as title, kept as text']);
  });

  it('of the real file is what the product door takes, priced from 4.99 to 29.99 and the same at every load', () => {
    const csv = readFileSync(FILMS_FILE, 'utf8');
    const catalogue = readDemoCatalogue(csv);
    expect(catalogue.rows).toBe(3200);
    expect(catalogue.items.filter((item) => !importItem.safeParse(item).success)).toEqual([]);
    const prices = catalogue.items.map(({ price }) => price.amount);
    expect([Math.min(...prices), Math.max(...prices), new Set(prices).size]).toEqual([499, 2999, 26]);
    expect(readDemoCatalogue(csv)).toEqual(catalogue);
    expect(findings(catalogue)).toMatchInlineSnapshot(`
[
  "repaired 275: no genre, shelved under "Other"",
  "repaired 22: year a century too late",
  "kept 10: number as title, kept as text",
  "repaired 18: title in a wrong character set",
]
`);
  });
});
