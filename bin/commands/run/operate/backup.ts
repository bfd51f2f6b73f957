import path from 'node:path';
import { backupsOf, type ListedBackup, listBackups } from '../../../../lib/backups/backup-folder.ts';
import type { BackupManifest } from '../../../../lib/backups/backup-manifest.ts';
import { createBackup } from '../../../../lib/backups/create-backup.ts';
import { type RestoreReport, restoreBackup } from '../../../../lib/backups/restore-backup.ts';
import { type VerifyReport, verifyBackup } from '../../../../lib/backups/verify-backup.ts';
import { reportsOf, writeReport } from '../../../../lib/backups/write-report.ts';
import type { LawVerdict } from '../../../../lib/laws/check-laws.ts';
import { type LabelledText, labelled, markdownList } from '../../../command-line/labelled.ts';
import { columns, paint, print, say } from '../../../command-line/print.ts';
import { userName } from '../../../command-line/user-name.ts';
import type { BackupAction, BackupFlags } from '../../operate/backup.ts';

/** Differences and violations that are shown; the report has them all. */
const SHOWN = 10;

const megabytes = (bytes: number) => `${(bytes / 1024 ** 2).toFixed(0)} MB`;

const totalOf = ({ files, databases }: BackupManifest) => ({
  bytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
  rows: Object.values(databases)
    .flatMap(({ tables }) => Object.values(tables))
    .reduce((sum, { rows }) => sum + rows, 0),
});

/** What is worth telling of a backup: its files and tables are too many. */
const briefOf = (manifest: BackupManifest) => {
  const { name, takenAt, seconds, heldMs, postgres, files } = manifest;
  return { name, takenAt, seconds, heldMs, postgres, files: files.length, ...totalOf(manifest) };
};

const create = async (name: string | undefined, flags: BackupFlags, signal: AbortSignal) => {
  const backups = path.resolve(flags.backups ?? backupsOf(flags.data));
  const brief = briefOf(await createBackup({ dataFolder: flags.data, backups, name, say, signal }));
  print(flags.json, { backups, ...brief }, () => [
    `${path.join(backups, brief.name)}`,
    `${brief.files} files, ${megabytes(brief.bytes)}, ${brief.rows} rows, in ${brief.seconds} s; writes waited for ${brief.heldMs} ms`,
    'npx cloudmart backup verify proves that it would bring the shop back',
  ]);
};

const rowOf = (one: ListedBackup): string[] => {
  if ('problem' in one) return [one.name, paint('bad', one.problem)];
  const { takenAt, rows, bytes } = briefOf(one.manifest);
  return [one.name, `as of ${takenAt}, ${rows} rows, ${megabytes(bytes)}`];
};

const list = async (flags: BackupFlags) => {
  const backups = path.resolve(flags.backups ?? backupsOf(flags.data));
  const found = await listBackups(backups);
  const items = found.map((one) => ('manifest' in one ? briefOf(one.manifest) : one));
  print(flags.json, { backups, items }, () =>
    found.length === 0 ? [`no backups in ${backups}`] : columns(found.map(rowOf)),
  );
};

const violationsOf = (laws: readonly LawVerdict[]): string[] =>
  laws.flatMap(({ id, violations }) => violations.map(({ subject, detail }) => `${id} ${subject} ${detail}`));

const verdictLines = (report: VerifyReport): LabelledText[] => {
  const { backup, takenAt, ageSeconds, seconds, databases, tables, rows, differences, laws, problem } = report;
  const broken = violationsOf(laws);
  const found = [...differences, ...broken];
  if (problem !== undefined)
    return [
      ['backup', `${backup}, as of ${takenAt}`],
      ['problem', problem],
    ];
  return [
    ['backup', `${backup}, as of ${takenAt}, ${ageSeconds} s old`],
    ['restored', `in ${seconds.restore} s`],
    [
      'compared',
      `${databases} databases, ${tables} tables, ${rows} rows in ${seconds.compare} s: ${differences.length} differences`,
    ],
    ['laws', `${laws.length} in ${seconds.laws} s: ${broken.length} violations`],
    ...(report.wasUnderWay ? [['', 'a shop on the copy finished what had been under way'] as const] : []),
    ...found.map((one): LabelledText => ['', one]),
  ];
};

const shortened = (lines: readonly LabelledText[]): readonly LabelledText[] =>
  lines.length <= SHOWN + 5 ? lines : [...lines.slice(0, SHOWN + 4), ['', `and ${lines.length - SHOWN - 4} more`]];

const verify = async (name: string | undefined, flags: BackupFlags, signal: AbortSignal) => {
  const backups = path.resolve(flags.backups ?? backupsOf(flags.data));
  const report = await verifyBackup({ backups, name, say, signal });
  const lines = verdictLines(report);
  const result: LabelledText = ['result', report.isGood ? 'it is good' : 'it is NOT good'];
  const written = markdownList([...lines, result]);
  const folder = path.resolve(flags.reports ?? reportsOf(flags.data));
  const files = await writeReport(folder, 'backup-verify', new Date(report.verifiedAt), report, written);
  print(flags.json, { ...report, report: files }, () => [
    ...shortened(lines).flatMap(([label, text]) => labelled(label, text)),
    ...labelled(...result, { mood: report.isGood ? 'good' : 'bad' }),
    `report      ${files.markdown}`,
  ]);
  if (!report.isGood) process.exitCode = 1;
};

const restoredLines = ({
  backup,
  takenAt,
  dataFolder,
  dryRun,
  files,
  bytes,
  seconds,
  kept,
}: RestoreReport): string[] => [
  dryRun
    ? `${backup} is whole (${files} files, ${megabytes(bytes)}) and would bring ${dataFolder} back to ${takenAt}`
    : `${dataFolder} is back at ${takenAt}, after ${seconds} s`,
  ...[...Map.groupBy(kept, ({ is }) => path.dirname(is))].map(
    ([folder, some]) => `kept in ${folder}: ${some.map(({ is }) => path.basename(is)).join(', ')}`,
  ),
];

const restore = async (name: string | undefined, flags: BackupFlags, signal: AbortSignal) => {
  const backups = path.resolve(flags.backups ?? backupsOf(flags.data));
  const { dryRun = false, reason = '' } = flags;
  const at = new Date();
  const report = await restoreBackup({ dataFolder: flags.data, backups, name, dryRun, say, signal });
  const lines = restoredLines(report);
  if (dryRun) return print(flags.json, report, () => lines);
  const folder = path.resolve(flags.reports ?? reportsOf(flags.data));
  const noted = { by: userName(), at: at.toISOString(), reason, ...report };
  const said = [...lines, `by ${noted.by}: ${reason}`];
  const files = await writeReport(folder, 'backup-restore', at, noted, said);
  print(flags.json, { ...noted, report: files }, () => [
    ...lines,
    'start the shop, and then load its figures anew: npx cloudmart warehouse backfill',
    `report in ${files.markdown}`,
  ]);
};

/** Does one thing about backups of the platform of a folder. */
export const runBackup = async (
  action: BackupAction,
  name: string | undefined,
  flags: BackupFlags,
  signal: AbortSignal,
): Promise<void> => {
  switch (action) {
    case 'create':
      return create(name, flags, signal);
    case 'list':
      return list(flags);
    case 'verify':
      return verify(name, flags, signal);
    case 'restore':
      return restore(name, flags, signal);
  }
};
