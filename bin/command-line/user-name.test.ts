import { execFileSync } from 'node:child_process';
import { expect, test } from '@jest/globals';
import { userName } from './user-name.ts';

/** An id that no machine gives a name to. */
const nameless = 54_321;

test('is the name of who runs the command', () => {
  expect(userName()).toMatch(/^\S+$/);
});

// Nobody else may become another user.
(process.getuid?.() === 0 ? test : test.skip)('is a number for a user without a name, as containers have it', () => {
  const module = new URL('./user-name.ts', import.meta.url).href;
  const script = `const { userName } = await import('${module}'); process.setuid(${nameless}); console.log(userName());`;
  const said = execFileSync(process.execPath, ['--input-type=module', '--eval', script], { encoding: 'utf8' });
  expect(said.trim()).toBe(`user ${nameless}`);
});
