import { COLUMNS, wrapped } from './help.ts';
import { columns, type Mood, paint } from './print.ts';

/** Cells of a label, with the gap behind it, where none are given. */
const LABEL = 12;

/** A text and what it is about; an empty label: it belongs to the one above. */
export type LabelledText = readonly [label: string, text: string];

/** Labelled texts as a list in Markdown. */
export const markdownList = (texts: readonly LabelledText[]): string[] =>
  texts.map(([label, text]) => (label === '' ? `  - ${text}` : `- ${label}: ${text}`));

/** A label with a text beside it, as lines that fit 80 columns where its words do. */
export const labelled = (label: string, text: string, { mood, width = LABEL }: { mood?: Mood; width?: number } = {}) =>
  wrapped(text, COLUMNS - width)
    .split('\n')
    .map((line, at) => `${(at === 0 ? label : '').padEnd(width)}${mood ? paint(mood, line) : line}`);

/** Cells by which a text stands in below what it is about. */
const INDENT = 4;

/** Short cells, and a text of any length about them. */
export type ToldRow = { readonly cells: readonly string[]; readonly text: string };

/** Rows of short cells in columns, each with its text below it, as lines that fit 80 columns where cells and words do. */
export const toldRows = (rows: readonly ToldRow[]): string[] => {
  const above = columns(rows.map(({ cells }) => cells));
  return rows.flatMap(({ text }, at) => [above[at] as string, ...labelled('', text, { width: INDENT })]);
};

/** A time to the second: as exact as anybody reads it in a list. */
export const toSecond = (time: string): string => time.replace(/\.\d+Z$/, 'Z');
