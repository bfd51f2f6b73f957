import path from 'node:path';
import { reportsOf, writeReport } from '../../../../lib/backups/write-report.ts';
import type { Drill } from '../../../../lib/drills/drill.ts';
import { drills } from '../../../../lib/drills/drills.ts';
import { type DrillReport, runDrill } from '../../../../lib/drills/run-drill.ts';
import { wrapped } from '../../../command-line/help.ts';
import { columns, paint, print, say } from '../../../command-line/print.ts';
import type { DrillFlags } from '../../operate/drill.ts';

/** Findings that are shown; the report has them all. */
const SHOWN = 10;

const linesOf = ({ sentence, purchases, checks, laws, findings, ...times }: DrillReport): string[] => [
  ...wrapped(sentence).split('\n'),
  `purchases   ${purchases.purchases}, accepted ${purchases.accepted}, failed ${purchases.failed}, requests repeated ${purchases.retries}`,
  `seconds     ${times.drillSeconds} for the loss and its answer; at most ${times.outageSeconds} without an order`,
  ...checks.map(({ sentence: what, holds }) => `${holds ? 'holds       ' : 'NOT SO      '}${what}`),
  `laws        ${laws.length}, ${laws.reduce((sum, { violations }) => sum + violations.length, 0)} violations`,
  ...findings,
  findings.length === 0 ? 'nothing was lost' : `${findings.length} findings`,
];

const shortened = (lines: readonly string[], findings: number) =>
  findings <= SHOWN
    ? lines
    : [...lines.slice(0, SHOWN - findings - 1), `and ${findings - SHOWN} more`, lines.at(-1) ?? ''];

/** Rehearses one and prints what came of it, or says which there are. */
export const runDrillCommand = async (
  drill: Drill | undefined,
  { data, reports, portBase, json }: DrillFlags,
  signal: AbortSignal,
): Promise<void> => {
  if (!drill) {
    const items = drills.map(({ name, sentence }) => ({ name, sentence }));
    return print(json, { items }, () => columns(items.map(({ name, sentence }) => [name, sentence])));
  }
  const report = await runDrill(drill, { portBase, say, signal });
  const lines = linesOf(report);
  const folder = path.resolve(reports ?? reportsOf(data));
  const files = await writeReport(folder, `drill-${drill.name}`, new Date(report.startedAt), report, lines);
  const isGood = report.findings.length === 0;
  print(json, { ...report, report: files }, () => [
    ...shortened(lines, report.findings.length).map((line, at, all) =>
      at === all.length - 1 ? paint(isGood ? 'good' : 'bad', line) : line,
    ),
    `report      ${files.markdown}`,
  ]);
  if (!isGood) process.exitCode = 1;
};
