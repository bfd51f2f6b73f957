import type { InvariantVerdict } from '../../../lib/chaos/invariants.ts';
import { type ChaosReport, type Inflicted, runChaos } from '../../../lib/chaos/run-chaos.ts';
import { durationOf } from '../../command-line/duration.ts';
import { columns, paint, print } from '../../command-line/print.ts';
import { createProgressLine } from '../../command-line/progress-line.ts';
import type { ChaosFlags } from '../chaos.ts';

/** Violations that are shown of an invariant; `--json` has them all. */
const SHOWN = 5;

const faultText = ({ kind, targets, lastsMs, atSeconds }: Inflicted) =>
  `after ${atSeconds} s: ${kind} ${targets.join(' and ')}${lastsMs > 0 ? ` for ${durationOf(lastsMs)}` : ''}`;

const violationLines = ({ letter, violations }: InvariantVerdict): string[] => [
  ...violations.slice(0, SHOWN).map(({ subject, detail }) => `${letter}  ${subject} ${detail}`),
  ...(violations.length > SHOWN ? [`${letter}  and ${violations.length - SHOWN} more`] : []),
];

const linesOf = (report: ChaosReport, violations: number): string[] => {
  const { purchases, faults, invariants, healedSeconds, drainedSeconds, notInflicted, seed } = report;
  const kinds = [...Map.groupBy(faults, ({ kind }) => kind)].map(([kind, some]) => `${kind} ${some.length}`);
  return [
    `faults      ${faults.length}: ${kinds.join(', ')}`,
    ...notInflicted.map((what) => `not tried   ${what}`),
    `purchases   ${purchases.purchases}, accepted ${purchases.accepted}, failed ${purchases.failed}, requests repeated ${purchases.retries}`,
    `healed      every process ready after ${healedSeconds} s, every purchase at its end after ${drainedSeconds} s`,
    '',
    ...columns([
      ['invariant', 'checked', 'verdict', ''],
      ...invariants.map(({ letter, sentence, checked, violations: { length } }) => [
        letter,
        String(checked),
        length === 0 ? paint('good', 'holds') : paint('bad', `${length} violations`),
        sentence,
      ]),
    ]),
    ...invariants.flatMap(violationLines),
    '',
    paint(violations === 0 ? 'good' : 'bad', `seed ${seed}: ${violations} violations`),
  ];
};

/** Breaks, judges and prints; a violation is a finding. */
export const runChaosCommand = async (flags: ChaosFlags, signal: AbortSignal): Promise<void> => {
  const { minutes, seed, rate, portBase, json } = flags;
  const line = createProgressLine();
  try {
    const report = await runChaos({
      ...{ minutes, seed, rate, portBase, signal, say: line.say },
      onFault: (fault) => line.say(faultText(fault)),
      onProgress: ({ settled, failed, retries }, purchases) =>
        line.show(
          (settled + failed) / purchases,
          () => `${settled + failed} of ${purchases}, ${retries} requests repeated`,
        ),
    });
    line.end();
    const violations = report.invariants.reduce((sum, verdict) => sum + verdict.violations.length, 0);
    print(json, { violations, ...report }, () => linesOf(report, violations));
    if (violations > 0) process.exitCode = 1;
  } finally {
    line.end();
  }
};
