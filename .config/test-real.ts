// `npm run test:real [PART...]`: tests against real parts. A part that the machine lacks is named; in CI it counts as failed.
import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';
import { type RealPart, realParts } from './real/real-parts.ts';
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
const readiness = new Map(
  parts.map((part) => {
    const ready = last.then(part.prepare);
    last = ready.catch(() => undefined);
    return [part, ready];
  }),
);

const lanes = Object.values(Object.groupBy(parts, ({ waits = false }) => (waits ? 'waiting' : 'working')));
const output = lanes.length > 1 ? 'kept' : 'shown';

const testPart = async (part: RealPart) => {
  const { name, tests, notShown = [] } = part;
  console.log(`${name}: getting ready`);
  const startedAt = performance.now();
  const seconds = () => Math.round((performance.now() - startedAt) / 1000);
  let environment: Readonly<Record<string, string>>;
  try {
    environment = (await readiness.get(part)) ?? {};
  } catch (problem) {
    console.log(`${name}: ${problem instanceof Error ? problem.message : String(problem)}`);
    failed += 1;
    return;
  }
  console.log(`${name}: ready after ${seconds()} s`);
  const parameters = ['--config', '.config/real/jest.real.config.js', '--runInBand', tests];
  const tally = await runJest(parameters, { environment, output });
  if (output === 'kept') console.log(`\n${tally.output}`);
  console.log(`${name}: ${tally.passed} passed, ${tally.failed} failed, ${seconds()} s`);
  for (const line of notShown) console.log(`${name}, not shown: ${line}`);
  passed += tally.passed;
  failed += tally.failed;
};

await Promise.all(
  lanes.map(async (lane) => {
    for (const part of lane) await testPart(part);
  }),
);
for (const line of lacking) console.log(`not run: ${line}`);
if (inCi) failed += lacking.length;
console.log(`${passed} passed, ${failed} failed`);
if (failed > 0) process.exitCode = 1;
