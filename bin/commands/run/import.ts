import { importDoor } from '../../../lib/local/import-door.ts';
import type { RefusedRow } from '../../../lib/shop/csv-rows.ts';
import { type CsvImport, importCsv } from '../../../lib/shop/import-csv.ts';
import { paint, print } from '../../command-line/print.ts';
import { createProgressLine } from '../../command-line/progress-line.ts';
import type { ImportFlags } from '../import.ts';

/** Faults in the report of `--json`; its count says how many rows there are. */
const mostReported = 10_000;

const lineOf = ({ line, column, code, message }: RefusedRow) =>
  `line ${line}${column === null ? '' : `, ${column}`}: ${message} (${code})`;

const summary = ({ rows, created, updated, refused }: CsvImport, isDry: boolean): string =>
  isDry
    ? `${rows} rows checked, ${refused} bad; nothing was loaded`
    : `${rows} rows read, ${created} added, ${updated} updated, ${refused} refused`;

/** Loads the file, or checks it; a refused row is a finding. */
export const runImport = async (file: string, { data, dryRun = false, json }: ImportFlags, signal: AbortSignal) => {
  const line = createProgressLine();
  const faults: RefusedRow[] = [];
  try {
    const done = await importCsv({
      file,
      send: dryRun ? undefined : await importDoor(data, signal),
      onRefused: (row) => {
        if (!json) line.say(paint('bad', lineOf(row)));
        else if (faults.length < mostReported) faults.push(row);
      },
      onProgress: (progress) => {
        signal.throwIfAborted();
        line.show(0, () => summary(progress, dryRun));
      },
    });
    line.end();
    print(json, { ...done, dryRun, faults }, () => [summary(done, dryRun)]);
    if (done.refused > 0) process.exitCode = 1;
  } finally {
    line.end();
  }
};
