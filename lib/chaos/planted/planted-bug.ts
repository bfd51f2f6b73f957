/** A bug that is planted on purpose, as changes of source text that no file on disk ever has. */
import type { Letter } from '../invariants.ts';

export type Edit = {
  /** Path in the repository. */
  readonly file: string;
  /** Text that is in the file exactly once. */
  readonly find: string;
  readonly replace: string;
};

export type PlantedBug = {
  readonly name: string;
  /** What is wrong with such a build. */
  readonly sentence: string;
  /** The invariant that is there to catch it. */
  readonly caughtBy: Letter;
  readonly edits: readonly Edit[];
};

/** The text of one file with the bug in it. Throws when an edit does not find its place, or finds two. */
export const withEdits = ({ name, edits }: PlantedBug, file: string, text: string): string =>
  edits
    .filter((edit) => edit.file === file)
    .reduce((source, { find, replace }) => {
      const parts = source.split(find);
      if (parts.length !== 2)
        throw new Error(
          `${name}: its text is in ${file} ${parts.length - 1} times instead of once; bring lib/chaos/planted up to date`,
        );
      return parts.join(replace);
    }, text);
