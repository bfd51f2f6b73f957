/** Longer words are cut: PostgreSQL refuses a query word beyond 2,046 bytes. */
const maxWordLength = 64;

/**
 * The words of a text, folded: letter case, accents and composition removed, so that "Amélie" is "amelie" and "STRASSE" is "straße".
 * Upper case first is full case folding: it takes ß apart and joins what has two small letters (ı and i, ς and σ). Folded here and
 * not in SQL, so that no database's locale decides what is a letter; what has no accent to remove (ł, đ, ø, þ, œ) the database
 * transliterates.
 */
export const searchWords = (text: string): string[] =>
  text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toUpperCase()
    .toLowerCase()
    .replaceAll('ς', 'σ')
    .normalize('NFC')
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '');

// Scripts that write without spaces, and Korean, whose particles hang on words: each letter is found by itself, in its order.
const unspaced =
  '\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}ー\\p{Script=Hangul}\\p{Script=Bopomofo}\\p{Script=Thai}\\p{Script=Lao}\\p{Script=Khmer}\\p{Script=Myanmar}';
const token = new RegExp(`[${unspaced}]|[^${unspaced}]+`, 'gu');

const tokensOf = (word: string): string[] =>
  (word.match(token) ?? []).map((part) => [...part].slice(0, maxWordLength).join(''));

/** What a text is found by, as the index takes it: its words with blanks between, and one letter a word where a script has no words. */
export const searchText = (text: string): string => searchWords(text).flatMap(tokensOf).join(' ');

const isUnspaced = new RegExp(`^[${unspaced}]`, 'u');

/** One letter is a word, such as the title "M": as a beginning it would find half of a catalogue, and take as long as that does. */
const beginning = (tokens: readonly string[]): string =>
  tokens.length === 1 && [...(tokens[0] ?? '')].length === 1 && !isUnspaced.test(tokens[0] ?? '') ? '' : ':*';

/**
 * The tsquery that finds texts with every word of `q`, each as a beginning ("matr rel" finds "Matrix Reloaded"), and letters of
 * scripts without words anywhere, one after the other ("神隠し" finds "千と千尋の神隠し").
 * Undefined when `q` holds no letter or digit, so that nothing can match.
 */
export const prefixQuery = (q: string): string | undefined => {
  const words = searchWords(q).map(tokensOf);
  return words.length === 0
    ? undefined
    : words.map((tokens) => `${tokens.join(' <-> ')}${beginning(tokens)}`).join(' & ');
};
