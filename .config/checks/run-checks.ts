import { availableParallelism } from 'node:os';
import type { Check } from './checks.ts';

export type Tally = { readonly passed: number; readonly failed: number };

/** Runs the checks, at most `parallel` at a time, and prints one line each with the problems and the next step below it. */
export async function runChecks(
  checks: readonly Check[],
  print: (line: string) => void = console.log,
  parallel = availableParallelism(),
): Promise<Tally> {
  const waiting = [...checks];
  let failed = 0;
  const worker = async () => {
    for (let check = waiting.shift(); check; check = waiting.shift()) {
      const started = performance.now();
      const problems = await check.run().catch((error: unknown) => `The check itself failed: ${error}`);
      const seconds = ((performance.now() - started) / 1000).toFixed(1);
      if (problems === '') print(`ok    ${check.name} (${seconds} s)`);
      else {
        failed += 1;
        print(`FAIL  ${check.name} (${seconds} s)\n${problems.replace(/^/gm, '      ')}\n      next: ${check.next}`);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, parallel) }, worker));
  return { passed: checks.length - failed, failed };
}
