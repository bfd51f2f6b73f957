import path from 'node:path';
import { reportsOf, writeReport } from '../../../../lib/backups/write-report.ts';
import type { Drill } from '../../../../lib/drills/drill.ts';
import { drills } from '../../../../lib/drills/drills.ts';
import { type DrillReport, runDrill } from '../../../../lib/drills/run-drill.ts';
import { type LabelledText, labelled, markdownList } from '../../../command-line/labelled.ts';
import { print, say } from '../../../command-line/print.ts';
import type { DrillFlags } from '../../operate/drill.ts';

/** Findings that are shown; the report has them all. */
const SHOWN = 10;

/** Cells of the longest name, with the gap behind it. */
const NAME = Math.max(...drills.map(({ name }) => name.length)) + 2;

const linesOf = ({ sentence, purchases, checks, laws, findings, ...times }: DrillReport): LabelledText[] => [
  ['drill', sentence],
  [
    'purchases',
    `${purchases.purchases}, accepted ${purchases.accepted}, failed ${purchases.failed}, requests repeated ${purchases.retries}`,
  ],
  ['seconds', `${times.drillSeconds} for the loss and its answer; at most ${times.outageSeconds} without an order`],
  ...checks.map(({ sentence: what, holds }): LabelledText => [holds ? 'holds' : 'NOT SO', what]),
  ['laws', `${laws.length}, ${laws.reduce((sum, { violations }) => sum + violations.length, 0)} violations`],
  ...findings.map((finding): LabelledText => ['', finding]),
];

const shortened = (lines: readonly LabelledText[], findings: number): readonly LabelledText[] =>
  findings <= SHOWN ? lines : [...lines.slice(0, SHOWN - findings), ['', `and ${findings - SHOWN} more`]];

/** Rehearses one and prints what came of it, or says which there are. */
export const runDrillCommand = async (
  drill: Drill | undefined,
  { data, reports, portBase, json }: DrillFlags,
  signal: AbortSignal,
): Promise<void> => {
  if (!drill) {
    const items = drills.map(({ name, sentence }) => ({ name, sentence }));
    return print(json, { items }, () =>
      items.flatMap(({ name, sentence }) => labelled(name, sentence, { width: NAME })),
    );
  }
  const report = await runDrill(drill, { portBase, say, signal });
  const lines = linesOf(report);
  const folder = path.resolve(reports ?? reportsOf(data));
  const isGood = report.findings.length === 0;
  const result: LabelledText = ['result', isGood ? 'nothing was lost' : `${report.findings.length} findings`];
  const written = markdownList([...lines, result]);
  const files = await writeReport(folder, `drill-${drill.name}`, new Date(report.startedAt), report, written);
  print(json, { ...report, report: files }, () => [
    ...shortened(lines, report.findings.length).flatMap(([label, text]) => labelled(label, text)),
    ...labelled(...result, { mood: isGood ? 'good' : 'bad' }),
    `report      ${files.markdown}`,
  ]);
  if (!isGood) process.exitCode = 1;
};
