import { stripVTControlCharacters, styleText } from 'node:util';
import { COLUMNS, wrapped } from './help.ts';

/** Colours with a meaning. */
export type Mood = 'good' | 'bad' | 'doubtful' | 'aside';

const FORMATS = { good: 'green', bad: ['red', 'bold'], doubtful: 'yellow', aside: 'dim' } as const;

/** Colours a text on a terminal that wants colours; `NO_COLOR` and pipes get it as it is. */
export const paint = (mood: Mood, text: string): string =>
  styleText([...[FORMATS[mood]].flat()], text, { stream: process.stdout });

const width = (text: string): number => stripVTControlCharacters(text).length;

/** Breaks lines that a terminal of 80 columns would break anywhere, at their spaces; a file or a pipe gets each as it is. */
export const fitted = (stream: Pick<NodeJS.WriteStream, 'isTTY'>, text: string): string => {
  if (!stream.isTTY) return text;
  const fit = (line: string) => {
    if (width(line) <= COLUMNS) return line;
    const indent = /^ */.exec(line)?.[0] ?? '';
    return indent + wrapped(line.trimStart(), COLUMNS - indent.length).replaceAll('\n', `\n${indent}`);
  };
  return text.split('\n').map(fit).join('\n');
};

/**
 * Prints what a command found on stdout: one line of JSON for scripts, or lines for people.
 * @param lines made only where people read them
 */
export const print = (json: boolean | undefined, report: unknown, lines: () => readonly string[]): void => {
  process.stdout.write(
    json
      ? `${JSON.stringify(report)}\n`
      : lines()
          .map((line) => `${fitted(process.stdout, line)}\n`)
          .join(''),
  );
};

/** Says on stderr what goes on; stdout is for what was found. On a terminal it fits 80 columns; a log has a line a sentence. */
export const say = (sentence: string): void => {
  process.stderr.write(`${fitted(process.stderr, sentence)}\n`);
};

/** Cells that a last cell needs beside the others; a text in fewer is hard to read, and stands below them. */
const BESIDE = 40;
/** Cells by which it stands in there. */
const INDENT = 4;

/** A last cell behind the others, its words broken into lines where they do not fit 80 columns. */
const withLast = (before: string, last: string): string => {
  const start = width(before);
  if (start + width(last) <= COLUMNS) return (before + last).trimEnd();
  const indent = COLUMNS - start >= BESIDE ? start : INDENT;
  const text = wrapped(last, COLUMNS - indent).replaceAll('\n', `\n${' '.repeat(indent)}`);
  return indent === start ? before + text : `${before.trimEnd()}\n${' '.repeat(indent)}${text}`;
};

/**
 * Cells below each other, each column as wide as its widest cell, a text a row. The last cell may be any text: words that do not fit
 * 80 columns go on below, so a row may be several lines.
 */
export const columns = (rows: readonly (readonly string[])[]): string[] => {
  const widths = (rows[0] ?? []).map((_, at) => Math.max(...rows.map((row) => width(row[at] ?? ''))));
  return rows.map((row) => {
    const before = row.slice(0, -1).map((cell, at) => `${cell}${' '.repeat((widths[at] ?? 0) - width(cell))}  `);
    return withLast(before.join(''), row.at(-1) ?? '');
  });
};
