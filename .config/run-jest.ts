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

export type JestRun = JestTally & {
  /** What it printed, where it was not shown as it came. */
  readonly output: string;
};

export type JestOptions = {
  /** Variables beside those of this process. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Whether what it prints is shown as it comes, or kept for whoever runs several at once; default shown. */
  readonly output?: 'shown' | 'kept';
};

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

/** Runs jest and counts what it reports. A jest that dies without a report, or finds no test, counts as one failed. */
export async function runJest(
  parameters: readonly string[],
  { environment = {}, output: wanted = 'shown' }: JestOptions = {},
): Promise<JestRun> {
  const folder = mkdtempSync(join(tmpdir(), 'cloudmart-jest-'));
  const reportFile = join(folder, 'report.json');
  try {
    const all = ['--ci', '--json', `--outputFile=${reportFile}`, ...parameters];
    const print = wanted === 'shown' ? 'errors' : 'nothing';
    const { code, output } = await runCommand('jest', all, { environment, print });
    if (!existsSync(reportFile)) return { passed: 0, failed: 1, skipped: [], output };
    // Its report goes to standard output too.
    return { ...tallyOf(JSON.parse(readFileSync(reportFile, 'utf8')), code), output };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
