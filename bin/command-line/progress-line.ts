/** One line on stderr that moves on a terminal; in a log, where it cannot move, it is said every few seconds. */

import { COLUMNS } from './help.ts';
import { paint } from './print.ts';

const SAID_EVERY_MS = 10_000;
const SHOWN_EVERY_MS = 100;
const BAR = 20;

export type ProgressLine = {
  /** Shows how much of the work is done, 0 to 1, with a text that fits beside the bar. */
  show(share: number, text: () => string): void;
  /** Says a line of its own. */
  say(line: string): void;
  /** Leaves the terminal without the moving line. */
  end(): void;
};

const barOf = (share: number): string => {
  const full = Math.round(Math.min(1, Math.max(0, share)) * BAR);
  return paint('good', '█'.repeat(full)) + paint('aside', '░'.repeat(BAR - full));
};

/** A moving line for a stream, by default stderr. */
export const createProgressLine = (
  stream: Pick<NodeJS.WriteStream, 'write' | 'isTTY'> = process.stderr,
): ProgressLine => {
  let shownAt = Number.NEGATIVE_INFINITY;
  let isShown = false;
  const clear = () => {
    if (isShown) stream.write('\r\u001B[2K');
    isShown = false;
  };
  return {
    show: (share, text) => {
      const now = performance.now();
      if (now - shownAt < (stream.isTTY ? SHOWN_EVERY_MS : SAID_EVERY_MS)) return;
      shownAt = now;
      if (!stream.isTTY) return void stream.write(`${text()}\n`);
      clear();
      stream.write(`${barOf(share)} ${text().slice(0, COLUMNS - BAR - 2)}`);
      isShown = true;
    },
    say: (line) => {
      clear();
      stream.write(`${line}\n`);
    },
    end: clear,
  };
};
