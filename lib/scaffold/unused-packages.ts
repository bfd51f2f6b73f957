/** Packages that nothing imports once a service is gone: out of package.json, its lock, node_modules and docs/dependencies.md. */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { runProgram } from '../run-program.ts';

type KnipReport = { readonly issues: readonly { readonly dependencies?: readonly { readonly name: string }[] }[] };

/** The page of dependencies without the lines of these packages. */
export const withoutPackages = (page: string, names: readonly string[]): string =>
  page
    .split('\n')
    .filter((line) => !names.some((name) => line.startsWith(`| ${name} |`)))
    .join('\n');

const succeed = async (root: string, program: string, parameters: readonly string[]): Promise<string> => {
  const { code, stdout, output } = await runProgram(program, parameters, { cwd: root });
  if (code !== 0)
    throw new Error(`"${path.basename(program)} ${parameters.join(' ')}" failed:\n${output.slice(-4_000)}`);
  return stdout;
};

/** Removes them, without a network, and says which; npm must be on the PATH. */
export const removeUnusedPackages = async (root: string): Promise<string[]> => {
  const knip = path.join(root, 'node_modules/.bin/knip');
  const asked = ['--config', '.config/knip.json', '--include', 'dependencies', '--reporter', 'json', '--no-exit-code'];
  const report = JSON.parse(await succeed(root, process.execPath, [knip, ...asked])) as KnipReport;
  const names = report.issues.flatMap(({ dependencies = [] }) => dependencies.map(({ name }) => name));
  if (names.length === 0) return [];
  await succeed(root, 'npm', ['uninstall', '--offline', '--ignore-scripts', '--no-audit', '--no-fund', ...names]);
  const page = path.join(root, 'docs/dependencies.md');
  await writeFile(page, withoutPackages(await readFile(page, 'utf8'), names));
  return names;
};
