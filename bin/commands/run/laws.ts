import type { LawVerdict } from '../../../lib/laws/check-laws.ts';
import { checkPlatform } from '../../../lib/laws/check-platform.ts';
import { COLUMNS, wrapped } from '../../command-line/help.ts';
import { paint, print, say } from '../../command-line/print.ts';
import type { LawsFlags } from '../laws.ts';

/** Violations shown per law; `--json` has them all. */
const SHOWN = 5;

/** Columns before what is said of a law. */
const MARGIN = 24;

/** A text beside the margin, whose first line begins with `start`; each line fits 80 columns where its words do. */
const beside = (start: string, text: string): string[] =>
  wrapped(text, COLUMNS - MARGIN)
    .split('\n')
    .map((line, at) => `${at === 0 ? start : ' '.repeat(MARGIN)}${line}`);

const blank = ' '.repeat(MARGIN);

const linesOf = ({ id, sentence, checked, violations }: LawVerdict): string[] => {
  const isBroken = violations.length > 0;
  const verdict = isBroken ? paint('bad', 'BROKEN') : `${paint('good', 'holds')} `;
  return [
    ...beside(`${verdict}  ${id.padEnd(4)}${String(checked).padStart(10)}  `, sentence),
    ...(isBroken ? [`${blank}${paint('bad', `${violations.length} violations`)}`] : []),
    ...violations.slice(0, SHOWN).flatMap(({ subject, detail }) => beside(blank, `${subject} ${detail}`)),
    ...(violations.length > SHOWN ? [`${blank}and ${violations.length - SHOWN} more`] : []),
  ];
};

/** Checks every law and prints a line for each. */
export const runLaws = async ({ data, history, wait, limit, json }: LawsFlags): Promise<void> => {
  const verdicts = await checkPlatform(data, {
    historyFile: history,
    limitSeconds: limit,
    patienceSeconds: wait,
    onWait: (waiting) =>
      say(`waiting for ${waiting.map(({ id, violations }) => `${id} (${violations.length})`).join(', ')}`),
  });
  const violations = verdicts.reduce((sum, verdict) => sum + verdict.violations.length, 0);
  print(json, { violations, laws: verdicts }, () => [
    `${'law'.padStart(11)}${'checked'.padStart(11)}`,
    ...verdicts.flatMap(linesOf),
    paint(violations === 0 ? 'good' : 'bad', `${verdicts.length} laws, ${violations} violations`),
  ]);
  if (violations > 0) process.exitCode = 1;
};
