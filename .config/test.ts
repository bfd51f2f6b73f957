// `npm test`: static checks, then unit, integration and snapshot tests, then stories; the last line sums them all.
import { checks } from './checks/checks.ts';
import { runChecks } from './checks/run-checks.ts';
import { runJest } from './run-jest.ts';

console.log('Static checks');
const checked = await runChecks(checks);

console.log('\nUnit, integration and snapshot tests');
const tested = await runJest(['--testPathIgnorePatterns', '\\.e2e\\.test\\.ts$']);

console.log('\nStories');
const told = await runJest(['--runInBand', '\\.e2e\\.test\\.ts$']);

for (const name of [...tested.skipped, ...told.skipped]) console.log(`skipped: ${name}`);
const passed = checked.passed + tested.passed + told.passed;
const failed = checked.failed + tested.failed + told.failed;
console.log(`${passed} passed, ${failed} failed`);
if (failed > 0) process.exitCode = 1;
