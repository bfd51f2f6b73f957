import { stripVTControlCharacters, styleText } from 'node:util';

/** Colours with a meaning. */
export type Mood = 'good' | 'bad' | 'doubtful' | 'aside';

const FORMATS = { good: 'green', bad: ['red', 'bold'], doubtful: 'yellow', aside: 'dim' } as const;

/** Colours a text on a terminal that wants colours; `NO_COLOR` and pipes get it as it is. */
export const paint = (mood: Mood, text: string): string =>
  styleText([...[FORMATS[mood]].flat()], text, { stream: process.stdout });

/**
 * Prints what a command found on stdout: one line of JSON for scripts, or lines for people.
 * @param lines made only where people read them
 */
export const print = (json: boolean | undefined, report: unknown, lines: () => readonly string[]): void => {
  process.stdout.write(
    json
      ? `${JSON.stringify(report)}\n`
      : lines()
          .map((line) => `${line}\n`)
          .join(''),
  );
};

/** Says on stderr what goes on; stdout is for what was found. */
export const say = (sentence: string): void => {
  process.stderr.write(`${sentence}\n`);
};

/** Cells below each other, each column as wide as its widest cell; the last may be any width. */
export const columns = (rows: readonly (readonly string[])[]): string[] => {
  const width = (text: string) => stripVTControlCharacters(text).length;
  const widths = (rows[0] ?? []).map((_, at) => Math.max(...rows.map((row) => width(row[at] ?? ''))));
  return rows.map((row) =>
    row
      .map((cell, at) => (at === row.length - 1 ? cell : cell + ' '.repeat((widths[at] ?? 0) - width(cell))))
      .join('  ')
      .trimEnd(),
  );
};
