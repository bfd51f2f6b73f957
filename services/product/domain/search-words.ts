/** Longer words are cut: PostgreSQL refuses a query word beyond 2,046 bytes. */
const maxWordLength = 64;

/**
 * The words of a text as the search compares them: accents and letter case removed ("Amélie" is found by "amelie").
 * Folded here and not in SQL, so that no database's locale decides what is a letter.
 */
export const searchWords = (text: string): string[] =>
  text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '')
    .map((word) => [...word].slice(0, maxWordLength).join(''));

/**
 * The tsquery that finds texts with every word of `q`, each as a beginning ("matr rel" finds "Matrix Reloaded").
 * Undefined when `q` holds no letter or digit, so that nothing can match.
 */
export const prefixQuery = (q: string): string | undefined => {
  const words = searchWords(q);
  return words.length === 0 ? undefined : words.map((word) => `${word}:*`).join(' & ');
};
