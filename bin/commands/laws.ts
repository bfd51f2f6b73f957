import { Command } from 'commander';
import type { Verdict } from '../../lib/laws/check-laws.ts';

type Flags = { data: string; history?: string; wait: string; limit: string; json?: boolean };

/** Violations shown per law; `--json` has them all. */
const shown = 5;

const linesOf = ({ id, sentence, checked, violations }: Verdict): string[] => [
  `${violations.length === 0 ? 'holds   ' : 'BROKEN  '} ${id.padEnd(4)} ${String(checked).padStart(8)} checked  ${violations.length} violations  ${sentence}`,
  ...violations.slice(0, shown).map(({ subject, detail }) => `             ${subject} ${detail}`),
  ...(violations.length > shown ? [`             and ${violations.length - shown} more`] : []),
];

const seconds = (flag: string, text: string): number => {
  const value = Number(text);
  if (!Number.isFinite(value) || value < 0 || value > 86_400)
    throw new Error(`--${flag} ${text}: give seconds from 0 to 86400`);
  return value;
};

const run = async ({ data, history, wait, limit, json = false }: Flags) => {
  const patienceSeconds = seconds('wait', wait);
  const limitSeconds = seconds('limit', limit);
  const { checkPlatform } = await import('../../lib/laws/check-platform.ts');
  const verdicts = await checkPlatform(data, {
    historyFile: history,
    limitSeconds,
    patienceSeconds,
    onWait: (waiting) =>
      process.stderr.write(
        `waiting for ${waiting.map(({ id, violations }) => `${id} (${violations.length})`).join(', ')}\n`,
      ),
  });
  const violations = verdicts.reduce((sum, verdict) => sum + verdict.violations.length, 0);
  if (json) process.stdout.write(`${JSON.stringify({ violations, laws: verdicts })}\n`);
  else
    process.stdout.write(
      `${verdicts.flatMap(linesOf).join('\n')}\n${verdicts.length} laws, ${violations} violations\n`,
    );
  process.exitCode = violations > 0 ? 1 : 0;
};

/** `cloudmart laws`: what must be true of orders, stock, money and events. */
export const lawsCommand = (): Command =>
  new Command('laws')
    .description('check what must be true of orders, stock, money and events; exit 1 if a law is broken')
    .option('--data <dir>', 'folder of the running platform', '.cloudmart')
    .option(
      '--history <file>',
      'what a client was promised, as "replay" writes it; checks that nothing promised was lost',
    )
    .option('--wait <seconds>', 'time for unfinished work to finish before its laws count as broken', '60')
    .option('--limit <seconds>', 'age at which unfinished work counts as stuck', '0')
    .option('--json', 'print every violation as one line of JSON')
    .action(run);
