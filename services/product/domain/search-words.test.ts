import { describe, expect, it } from '@jest/globals';
import { prefixQuery, searchText, searchWords } from './search-words.ts';

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

  it.each([
    ['STRASSE', 'straße'],
    ['ΟΔΟΣ', 'οδος'],
    ['οδός', 'ΟΔΌΣ'],
    ['ışık', 'IŞIK'],
    ['İstanbul', 'istanbul'],
    ['ﬁlm', 'FILM'],
  ])('are the same for %s and %s', (one, other) => {
    expect(searchWords(one)).toEqual(searchWords(other));
  });
});

describe('what a text is found by', () => {
  it('is each letter where a script has no words', () => {
    expect(searchText('千と千尋の神隠し (Spirited Away)')).toBe('千 と 千 尋 の 神 隠 し spirited away');
    expect(searchText('서울의 봄')).toBe('서 울 의 봄');
  });

  it('is cut before the database would refuse a word', () => {
    const words = searchText(`${'ﷺ'.repeat(100)} ${'a'.repeat(3_000)}`).split(' ');
    expect(words.every((word) => [...word].length <= 64)).toBe(true);
  });
});

describe('the query of a search', () => {
  it('asks for every word as a beginning', () => {
    expect(prefixQuery('Matr  rel')).toBe('matr:* & rel:*');
  });

  it('asks for letters of scripts without words one after the other', () => {
    expect(prefixQuery('神隠し')).toBe('神 <-> 隠 <-> し:*');
    expect(prefixQuery('tokyo物語 1953')).toBe('tokyo <-> 物 <-> 語:* & 1953:*');
  });

  it('cannot be broken by the signs of the query language', () => {
    expect(prefixQuery("ab' | !cd <-> (ef:*)")).toBe('ab:* & cd:* & ef:*');
  });

  it('takes one letter for a word, unless its script has no words', () => {
    expect(prefixQuery('M le maudit')).toBe('m & le:* & maudit:*');
    expect(prefixQuery('花')).toBe('花:*');
  });

  it('is none when nothing can match', () => {
    expect(prefixQuery('***')).toBeUndefined();
  });
});
