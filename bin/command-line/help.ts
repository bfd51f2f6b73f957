import { Help } from 'commander';

/** What `--help` says below the options. */
export type HelpParts = {
  /** What somebody should know beforehand; one paragraph each. */
  readonly notes?: readonly string[];
  /** Whole command lines. */
  readonly examples: readonly string[];
  /** What exit code 0 means. */
  readonly done: string;
  /** What exit code 1 means. */
  readonly failed: string;
};

/** Columns of the narrowest terminal that everything fits. */
export const COLUMNS = 80;

/** Breaks a text at its spaces, so that it fits a terminal. */
export const wrapped = (text: string, columns: number = COLUMNS): string => new Help().boxWrap(text, columns);

const item = (term: string, meaning: string): string => {
  const indent = `  ${' '.repeat(term.length)}  `;
  return `  ${term}  ${wrapped(meaning, COLUMNS - indent.length).replaceAll('\n', `\n${indent}`)}`;
};

/** Exit codes with what they mean, as a list. */
export const exitCodes = (meanings: Readonly<Record<string, string>>): string =>
  ['\nExit codes:', ...Object.entries(meanings).map(([code, meaning]) => item(code, meaning))].join('\n');

/** The end of a command's help: notes, examples, and what its exit codes mean. For `addHelpText('after', ...)`. */
export const helpAfter = ({ notes = [], examples, done, failed }: HelpParts): string =>
  [
    ...notes.map((note) => `\n${wrapped(note)}`),
    '\nExamples:',
    ...examples.map((example) => `  ${example}`),
    exitCodes({ 0: done, 1: failed, 2: 'wrong usage' }),
  ].join('\n');
