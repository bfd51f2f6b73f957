// `npm run check`: every static check, or those whose names are given.
import { checks } from './checks/checks.ts';
import { runChecks } from './checks/run-checks.ts';

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !checks.some((check) => check.name === name));
if (unknown.length > 0) {
  console.error(`There is no check "${unknown[0]}"; there are: ${checks.map(({ name }) => name).join(', ')}.`);
  process.exitCode = 2;
} else {
  const { passed, failed } = await runChecks(checks.filter(({ name }) => wanted.length === 0 || wanted.includes(name)));
  console.log(`${passed} passed, ${failed} failed`);
  if (failed > 0) process.exitCode = 1;
}
