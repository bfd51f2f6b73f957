// `npm run test:real [PART...]`: tests against real parts. A part that the machine lacks is named; in CI it counts as failed.
import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';
import { realParts } from './real/real-parts.ts';
import { runJest } from './run-jest.ts';

const wanted = process.argv.slice(2).map((word) => word.toLowerCase());
const inCi = process.env['CI'] === 'true';

const isOnPath = (command: string) =>
  (process.env['PATH'] ?? '').split(':').some((folder) => {
    try {
      accessSync(join(folder, command), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });

let passed = 0;
let failed = 0;
const lacking: string[] = [];
const parts = realParts.filter(({ name, needs }) => {
  if (wanted.length > 0 && !wanted.some((word) => name.toLowerCase().includes(word))) return false;
  const missing = needs.filter((command) => !isOnPath(command));
  if (missing.length > 0) lacking.push(`${name}: this machine has no ${missing.join(', ')}`);
  return missing.length === 0;
});

// One after another, but ahead of the tests, which mostly wait: where the cache is empty, building takes as long as testing.
let last: Promise<unknown> = Promise.resolve();
const readiness = parts.map(({ prepare }) => {
  const ready = last.then(prepare);
  last = ready.catch(() => undefined);
  return ready;
});

for (const [at, { name, tests, notShown = [] }] of parts.entries()) {
  console.log(`\n${name}: getting ready`);
  const startedAt = performance.now();
  try {
    Object.assign(process.env, await readiness[at]);
  } catch (problem) {
    console.log(`${name}: ${problem instanceof Error ? problem.message : String(problem)}`);
    failed += 1;
    continue;
  }
  console.log(`${name}: ready after ${Math.round((performance.now() - startedAt) / 1000)} s`);
  const tally = await runJest(['--config', '.config/real/jest.real.config.js', '--runInBand', tests]);
  console.log(`${name}: ${tally.passed} passed, ${tally.failed} failed`);
  for (const line of notShown) console.log(`${name}, not shown: ${line}`);
  passed += tally.passed;
  failed += tally.failed;
}
for (const line of lacking) console.log(`not run: ${line}`);
if (inCi) failed += lacking.length;
console.log(`${passed} passed, ${failed} failed`);
if (failed > 0) process.exitCode = 1;
