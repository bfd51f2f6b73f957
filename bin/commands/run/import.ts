import { readState } from '../../../lib/local/state.ts';
import type { RefusedRow } from '../../../lib/shop/csv-rows.ts';
import { type CsvImport, importCsv } from '../../../lib/shop/import-csv.ts';
import { patiently } from '../../../lib/shop/patiently.ts';
import { createShopClient } from '../../../services/contracts/http/client.ts';
import { paint, print } from '../../command-line/print.ts';
import { createProgressLine } from '../../command-line/progress-line.ts';
import type { ImportFlags } from '../import.ts';

/** Seconds for which one batch is asked again while a service is started again. */
const patienceSeconds = 60;
const tokenAgeMs = 5 * 60_000;
/** Faults in the report of `--json`; its count says how many rows there are. */
const mostReported = 10_000;

const lineOf = ({ line, column, code, message }: RefusedRow) =>
  `line ${line}${column === null ? '' : `, ${column}`}: ${message} (${code})`;

const summary = ({ rows, created, updated, refused }: CsvImport, isDry: boolean): string =>
  isDry
    ? `${rows} rows checked, ${refused} bad; nothing was loaded`
    : `${rows} rows read, ${created} added, ${updated} updated, ${refused} refused`;

const doorOf = async (data: string, signal: AbortSignal) => {
  const { gateway, staff } = await readState(data);
  const api = createShopClient({ baseUrl: gateway, signal });
  const ask = <T>(work: () => Promise<T>): Promise<T> =>
    patiently(work, { seconds: patienceSeconds, onRetry: () => undefined, signal });
  // Anew every few minutes: a file may take longer than a token lives, and log-ins are limited.
  let signedIn = { token: '', at: Number.NEGATIVE_INFINITY };
  const token = async () => {
    if (performance.now() - signedIn.at > tokenAgeMs)
      signedIn = { token: (await api.accounts.logIn({ body: staff })).accessToken, at: performance.now() };
    return signedIn.token;
  };
  return (items: object[]) => ask(async () => api.products.load({ body: { items } }, { token: await token() }));
};

/** Loads the file, or checks it; a refused row is a finding. */
export const runImport = async (file: string, { data, dryRun = false, json }: ImportFlags, signal: AbortSignal) => {
  const line = createProgressLine();
  const faults: RefusedRow[] = [];
  try {
    const done = await importCsv({
      file,
      send: dryRun ? undefined : await doorOf(data, signal),
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
