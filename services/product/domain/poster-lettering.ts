/** Sets a title in lines without asking a font: widths are estimated, and a line that may come out too wide is held by `textLength`. */

/** Family of a title, and how wide its letters are, in parts of the size. */
export type Typeface = {
  readonly family: string;
  readonly weight: number;
  readonly isUpperCase: boolean;
  readonly upper: number;
  readonly lower: number;
};

export const serif: Typeface = {
  family: "Georgia, 'Times New Roman', 'DejaVu Serif', serif",
  weight: 700,
  isUpperCase: false,
  upper: 0.74,
  lower: 0.56,
};

export const sans: Typeface = {
  family: "'Helvetica Neue', Helvetica, Arial, 'Liberation Sans', 'DejaVu Sans', sans-serif",
  weight: 800,
  isUpperCase: true,
  upper: 0.71,
  lower: 0.58,
};

/** Estimated width of a text, in parts of its size; never much less than what a browser makes of it. */
export const widthOf = (text: string, { upper, lower }: Typeface): number => {
  let width = 0;
  for (const letter of text)
    if (/\p{M}|\u200d|\ufe0f/u.test(letter)) width += 0;
    else if (/[\s]/.test(letter)) width += 0.28;
    else if (/[iljtfrI.,:;'’!|()[\]-]/.test(letter)) width += 0.38;
    else if (/[mwMW@%&—]/.test(letter)) width += upper + 0.2;
    else if (
      /\p{Script=Han}|\p{Script=Hiragana}|\p{Script=Katakana}|\p{Script=Hangul}|\p{Extended_Pictographic}/u.test(letter)
    )
      width += /[0-9#*©®]/.test(letter) ? lower : 1.1;
    else width += /\p{Lu}|\p{N}/u.test(letter) ? upper : lower;
  return width;
};

/** Breaks a word that is wider than a line alone. */
const breakWord = (word: string, most: number, face: Typeface): string[] => {
  const parts = [''];
  for (const { segment } of new Intl.Segmenter('en').segment(word)) {
    const grown = `${parts.at(-1)}${segment}`;
    if (parts.at(-1) !== '' && widthOf(grown, face) > most) parts.push(segment);
    else parts[parts.length - 1] = grown;
  }
  return parts;
};

/** Lines of at most `most` times the size. */
const wrap = (text: string, most: number, face: Typeface): string[] => {
  const lines: string[] = [];
  for (const word of text.split(/\s+/))
    for (const [index, part] of breakWord(word, most, face).entries()) {
      const line = lines.at(-1);
      const grown = `${line} ${part}`;
      if (line !== undefined && index === 0 && widthOf(grown, face) <= most) lines[lines.length - 1] = grown;
      else lines.push(part);
    }
  return lines;
};

export type Lettering = { readonly size: number; readonly lines: readonly string[] };

export type LetteringLimits = {
  /** Width of a line and height of all lines, in units of the picture. */
  readonly width: number;
  readonly height: number;
  readonly largest: number;
  readonly smallest: number;
};

export const lineHeight = 1.08;

/** The title as large as it fits, whole words before large letters; what does not fit at the smallest size ends with an ellipsis. */
export const letter = (
  title: string,
  face: Typeface,
  { width, height, largest, smallest }: LetteringLimits,
): Lettering => {
  const text = face.isUpperCase ? title.toUpperCase() : title;
  const longest = Math.max(...text.split(/\s+/).map((word) => widthOf(word, face)));
  for (let size = largest; size > smallest; size -= 2) {
    const lines = wrap(text, width / size, face);
    if (longest * size <= width && lines.length * size * lineHeight <= height) return { size, lines };
  }
  const lines = wrap(text, width / smallest, face);
  const room = Math.max(1, Math.floor(height / smallest / lineHeight));
  if (lines.length <= room) return { size: smallest, lines };
  const last = lines[room - 1] ?? '';
  const shortened = widthOf(`${last}…`, face) * smallest <= width ? last : [...last].slice(0, -2).join('');
  return { size: smallest, lines: [...lines.slice(0, room - 1), `${shortened.trimEnd()}…`] };
};
