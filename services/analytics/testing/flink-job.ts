/** The job that ships on a Flink of one slot. */
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { AnalyticsResult } from '../../contracts/events/analytics-results.ts';
import { runJava } from '../../kit/testing/run-java.ts';

const script = new URL('../job.sql', import.meta.url);

const replaced = (text: string, from: string, to: string) => {
  if (!text.includes(from)) throw new Error(`job.sql has no ${from} any more`);
  return text.replaceAll(from, to);
};

export type FlinkRun = {
  /** Folder that the run may write to. */
  readonly folder: string;
  /** `kafka://` URL. */
  readonly eventsUrl: string;
  /** Topic of the results. */
  readonly into: string;
  /** When it is ended; absent: at the end of what the topic holds at its start. */
  readonly until?: AbortSignal;
};

/** Runs the job to its end. Throws what Flink printed when it fails, and an `AbortError` when it was ended. */
export const runOnFlink = async ({ folder, eventsUrl, into, until }: FlinkRun): Promise<void> => {
  const over = path.join(folder, into);
  await mkdir(over);
  let sql = await readFile(script, 'utf8');
  if (!until) sql = replaced(sql, "'scan.startup.mode'", "'scan.bounded.mode' = 'latest-offset', 'scan.startup.mode'");
  sql = replaced(sql, "'topic' = 'analytics-results'", `'topic' = '${into}'`);
  sql = replaced(sql, "'60 s'", "'1 s'");
  const settings = "SET 'parallelism.default' = '1';\n\nSET 'restart-strategy.type' = 'none';\n\n";
  await writeFile(path.join(over, 'job.sql'), settings + sql);
  const flink = process.env['REAL_FLINK'] ?? '';
  const jars = (await readdir(flink)).toSorted().map((jar) => path.join(flink, jar));
  // In front of the one in the JAR, so that only the settings differ.
  await runJava([over, process.env['REAL_FLINK_JOB'] ?? '', ...jars], 'SqlJob', { EVENTS_URL: eventsUrl }, until);
};

/** Results in an order that does not depend on who told them first. */
export const sorted = (results: readonly AnalyticsResult[]): AnalyticsResult[] =>
  results.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
