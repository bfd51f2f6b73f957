/** Dated reports of what was rehearsed: one for programs and one for people, under the same name. */
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { REPORTS } from '../local/data-folder.ts';
import { writeFileAtomically } from '../write-file-atomically.ts';

/** Folder of the reports of a data folder, where none is named. */
export const reportsOf = (dataFolder: string): string => path.join(path.resolve(dataFolder), REPORTS);

export type WrittenReport = { readonly json: string; readonly markdown: string };

/**
 * Writes a report under its kind and time, such as `backup-verify-2026-03-01T14-30-00Z.json`, and returns the files.
 * @param lines what people read, as Markdown, without the title
 */
export const writeReport = async (
  folder: string,
  kind: string,
  at: Date,
  report: object,
  lines: readonly string[],
): Promise<WrittenReport> => {
  await mkdir(folder, { recursive: true });
  const stem = path.join(folder, `${kind}-${at.toISOString().replaceAll(/[:.]/g, '-')}`);
  const written = { json: `${stem}.json`, markdown: `${stem}.md` };
  await writeFileAtomically(written.json, `${JSON.stringify(report, null, 2)}\n`, 0o600);
  await writeFileAtomically(written.markdown, `# ${kind}, ${at.toISOString()}\n\n${lines.join('\n')}\n`, 0o600);
  return written;
};
