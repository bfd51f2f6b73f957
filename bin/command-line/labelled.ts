import { COLUMNS, wrapped } from './help.ts';
import { type Mood, paint } from './print.ts';

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
