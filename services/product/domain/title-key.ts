import { searchWords } from './search-words.ts';

/** With the id and the sort's name this stays below the 200 characters that a cursor may have. */
const maxBytes = 100;

/** What a title is sorted by: its folded words, cut at 100 bytes; equal keys are sorted by id. */
export const titleKey = (title: string): string => {
  let key = '';
  let bytes = 0;
  for (const letter of searchWords(title).join(' ')) {
    bytes += new TextEncoder().encode(letter).length;
    if (bytes > maxBytes) break;
    key += letter;
  }
  return key;
};
