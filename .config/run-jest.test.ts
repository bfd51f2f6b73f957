import { expect, test } from '@jest/globals';
import { type JestReport, runJest, tallyOf } from './run-jest.ts';

const report = (passed: number, failed: number, broken: number, skipped: readonly string[] = []): JestReport => ({
  numPassedTests: passed,
  numFailedTests: failed,
  numRuntimeErrorTestSuites: broken,
  testResults: [{ name: 'a.test.ts', assertionResults: skipped.map((fullName) => ({ fullName, status: 'pending' })) }],
});

test('passed and failed tests are counted, skipped ones are named', () => {
  expect(tallyOf(report(5, 2, 0, ['needs Java']), 1)).toEqual({ passed: 5, failed: 2, skipped: ['needs Java'] });
});

test('a file that broke before its tests ran counts as one failed', () => {
  expect(tallyOf(report(5, 0, 1), 1).failed).toBe(1);
});

test('an exit code that no failed test explains counts as one failed', () => {
  expect(tallyOf(report(5, 0, 0), 1).failed).toBe(1);
});

test('a run that finds no test counts as one failed', async () => {
  expect(await runJest(['no-test-has-this-name'], { output: 'kept' })).toMatchObject({
    passed: 0,
    failed: 1,
    skipped: [],
    output: expect.stringContaining('No tests found'),
  });
});
