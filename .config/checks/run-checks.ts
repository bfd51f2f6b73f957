import { availableParallelism } from 'node:os';
import pLimit from 'p-limit';
import type { Check } from './checks.ts';

export type Tally = { readonly passed: number; readonly failed: number };

/** Runs the checks, at most `parallel` at a time, and prints one line each with the problems and the next step below it. */
export async function runChecks(
  checks: readonly Check[],
  print: (line: string) => void = console.log,
  parallel = availableParallelism(),
): Promise<Tally> {
  let failed = 0;
  await pLimit(Math.max(1, parallel)).map(checks, async (check) => {
    const started = performance.now();
    const problems = await check.run().catch((error: unknown) => `The check itself failed: ${error}`);
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    if (problems === '') return print(`ok    ${check.name} (${seconds} s)`);
    failed += 1;
    print(`FAIL  ${check.name} (${seconds} s)\n${problems.replace(/^/gm, '      ')}\n      next: ${check.next}`);
  });
  return { passed: checks.length - failed, failed };
}
