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
