/** The words of a text as the catalogue's search takes them: without accents, in lower case. */
export const wordsOf = (text: string): string[] =>
  text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '');

/** Whether the words stand in the text one after the other. */
export const standIn = (words: readonly string[], text: readonly string[]): boolean =>
  words.length > 0 && ` ${text.join(' ')} `.includes(` ${words.join(' ')} `);
