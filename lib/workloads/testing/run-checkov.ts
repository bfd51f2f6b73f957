import { runProgram } from '../../run-program.ts';
import { partOf } from '../../testing/real-part.ts';

/** One check that one resource fails. */
export type CheckovFinding = {
  readonly check: string;
  /** File of the resource, from the searched folder. */
  readonly file: string;
  /** The resource as checkov names it, for example `AWS::S3::Bucket.FilesBucket1A2B3C4D`. */
  readonly resource: string;
};

export type CheckovReport = {
  readonly passed: number;
  /** Files that checkov recognised and could not read. */
  readonly parsingErrors: number;
  /** Files with at least one resource that a check knows. */
  readonly files: readonly string[];
  readonly findings: readonly CheckovFinding[];
};

type Check = { readonly check_id: string; readonly file_path: string; readonly resource: string };

/** Checks every file of a folder with all of checkov's rules for one kind of file. */
export const runCheckov = async (
  framework: 'kubernetes' | 'cloudformation',
  folder: string,
): Promise<CheckovReport> => {
  const parameters = ['--directory', folder, '--framework', framework, '--skip-download', '--compact'];
  const { output } = await runProgram(partOf('REAL_CHECKOV'), [...parameters, '--output', 'json']);
  const { summary, results } = JSON.parse(output.slice(output.indexOf('{'))) as {
    summary: { passed: number; parsing_errors: number };
    results: { passed_checks: Check[]; failed_checks: Check[] };
  };
  return {
    passed: summary.passed,
    parsingErrors: summary.parsing_errors,
    files: [...new Set([...results.passed_checks, ...results.failed_checks].map(({ file_path }) => file_path))],
    findings: results.failed_checks.map(({ check_id, file_path, resource }) => ({
      check: check_id,
      file: file_path,
      resource,
    })),
  };
};
