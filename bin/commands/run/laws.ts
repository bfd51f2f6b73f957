import type { LawVerdict } from '../../../lib/laws/check-laws.ts';
import { checkPlatform } from '../../../lib/laws/check-platform.ts';
import { print, say } from '../../command-line/print.ts';
import type { LawsFlags } from '../laws.ts';

/** Violations shown per law; `--json` has them all. */
const SHOWN = 5;

const linesOf = ({ id, sentence, checked, violations }: LawVerdict): string[] => [
  `${violations.length === 0 ? 'holds   ' : 'BROKEN  '} ${id.padEnd(4)} ${String(checked).padStart(8)} checked  ${violations.length} violations  ${sentence}`,
  ...violations.slice(0, SHOWN).map(({ subject, detail }) => `             ${subject} ${detail}`),
  ...(violations.length > SHOWN ? [`             and ${violations.length - SHOWN} more`] : []),
];

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
    ...verdicts.flatMap(linesOf),
    `${verdicts.length} laws, ${violations} violations`,
  ]);
  if (violations > 0) process.exitCode = 1;
};
