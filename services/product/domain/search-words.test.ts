import { describe, expect, it } from '@jest/globals';
import { prefixQuery, searchWords } from './search-words.ts';

describe('the words of a text', () => {
  it('forget accents, letter case and punctuation', () => {
    expect(searchWords("Le Fabuleux Destin d'AMÉLIE Poulain!")).toEqual([
      'le',
      'fabuleux',
      'destin',
      'd',
      'amelie',
      'poulain',
    ]);
  });

  it('keep letters of every alphabet and digits', () => {
    expect(searchWords('Ночной дозор, 2046 – 花樣年華')).toEqual(['ночнои', 'дозор', '2046', '花樣年華']);
  });

  it('are none when there is no letter and no digit', () => {
    expect(searchWords(' !?… ')).toEqual([]);
  });

  it('are cut before the database would refuse them', () => {
    expect(searchWords('ﷺ'.repeat(100)).every((word) => [...word].length <= 64)).toBe(true);
  });
});

describe('the query of a search', () => {
  it('asks for every word as a beginning', () => {
    expect(prefixQuery('Matr  rel')).toBe('matr:* & rel:*');
  });

  it('cannot be broken by the signs of the query language', () => {
    expect(prefixQuery("a' | !b <-> (c:*)")).toBe('a:* & b:* & c:*');
  });

  it('is none when nothing can match', () => {
    expect(prefixQuery('***')).toBeUndefined();
  });
});
