import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Tally } from './checks/run-checks.ts';
import { runCommand } from './run-command.ts';

/** The parts of jest's `--json` report that are counted. */
export type JestReport = {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  /** Files that broke before their tests could run. */
  readonly numRuntimeErrorTestSuites: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[];
  }[];
};

export type JestTally = Tally & { readonly skipped: readonly string[] };

/** Counts a report; a file that could not run, and a failure that no test stands for, count as one failed each. */
export function tallyOf(report: JestReport, exitCode: number): JestTally {
  const counted = report.numFailedTests + report.numRuntimeErrorTestSuites;
  return {
    passed: report.numPassedTests,
    failed: counted === 0 && exitCode !== 0 ? 1 : counted,
    skipped: report.testResults.flatMap(({ assertionResults }) =>
      assertionResults
        .filter(({ status }) => status === 'pending' || status === 'todo')
        .map(({ fullName }) => fullName),
    ),
  };
}

/** Runs jest with its usual output and counts what it reports. A jest that dies without a report, or finds no test, counts as one failed. */
export async function runJest(parameters: readonly string[]): Promise<JestTally> {
  const folder = mkdtempSync(join(tmpdir(), 'cloudmart-jest-'));
  const reportFile = join(folder, 'report.json');
  try {
    const all = ['--ci', '--json', `--outputFile=${reportFile}`, ...parameters];
    const { code } = await runCommand('jest', all, { print: 'errors' });
    if (!existsSync(reportFile)) return { passed: 0, failed: 1, skipped: [] };
    return tallyOf(JSON.parse(readFileSync(reportFile, 'utf8')), code);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
