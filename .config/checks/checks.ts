import { join } from 'node:path';
import { root } from '../../lib/checkout.ts';
import { runCommand } from '../run-command.ts';
import { breakingChanges, lintContracts, staleContracts } from './contracts.ts';
import { breakingPublished, stalePublished } from './published-contracts.ts';
import {
  barrels,
  drawerNames,
  emptyFiles,
  fullFolders,
  repositoryFiles,
  spelledNames,
  unfinishedWords,
} from './tree-laws.ts';
import { waitingEntries } from './waiting-entries.ts';

export type Check = {
  readonly name: string;
  /** What to do about a problem; printed below it. */
  readonly next: string;
  /** The problems found; empty when there are none. */
  readonly run: () => Promise<string>;
};

const contracts = join(root, 'services/contracts');

const command = (name: string, parameters: readonly string[]) => async () => {
  const { code, output } = await runCommand(name, parameters);
  return code === 0 ? '' : output || `${name} ended with exit code ${code}.`;
};

const files = (problems: (files: readonly string[]) => readonly string[]) => async () =>
  problems(await repositoryFiles(root)).join('\n');

/** Pages know what browsers have, and no other file of the repository does; so each has types of its own. */
const pageTypes = async () => {
  const projects = (await repositoryFiles(root)).filter((path) => /^services\/[^/]+\/tsconfig\.json$/.test(path));
  const problems = await Promise.all(projects.map((path) => command('tsc', ['--noEmit', '-p', path])()));
  return problems.filter((text) => text !== '').join('\n');
};

/** Every static check, the slowest first so that two at a time end together. */
export const checks: readonly Check[] = [
  {
    name: 'types',
    next: 'Correct the types; `npx tsc --noEmit -p .` shows them again.',
    run: command('tsc', ['--noEmit', '-p', '.']),
  },
  {
    name: 'types of pages',
    next: 'Correct the types; `npx tsc --noEmit -p services/<name>` shows them again.',
    run: pageTypes,
  },
  {
    name: 'lint laws',
    next: '`npm run format` corrects what it safely can; change the rest as the messages say. The rules are in .biome.json.',
    run: command('biome', ['check', '--formatter-enabled=false', '--error-on-warnings', '--colors=off', '.']),
  },
  {
    name: 'boundaries',
    next: 'Each line above names the way out; the rules are in .config/checks/boundaries.cjs.',
    run: command('depcruise', [
      '--config',
      '.config/checks/boundaries.cjs',
      '--output-type',
      'err-long',
      'bin',
      'lib',
      'services',
    ]),
  },
  {
    name: 'dead code',
    next: 'Delete it, drop the `export`, or import it where it is needed; entry points are in .config/knip.json.',
    run: command('knip', ['--config', '.config/knip.json', '--no-progress']),
  },
  {
    name: 'lock file',
    next: 'Install what is named with --save-exact; a package "missing" for another platform goes back to its last version that has it (docs/dependencies.md).',
    run: command('npm', ['ci', '--dry-run', '--offline', '--ignore-scripts', '--loglevel=error']),
  },
  {
    name: 'generated code',
    next: 'Run `npm run generate` and commit what it writes.',
    run: async () => [await staleContracts(contracts), await stalePublished(contracts)].filter(Boolean).join('\n'),
  },
  {
    name: 'contract lint',
    next: 'Correct the .proto files under services/contracts/proto.',
    run: () => lintContracts(contracts),
  },
  {
    name: 'contract compatibility',
    next: 'Add a field, an event of the next version or a v2 package instead; `npm run generate -- --accept-breaking` is only for contracts never deployed.',
    run: async () => [await breakingChanges(contracts), await breakingPublished(contracts)].filter(Boolean).join('\n'),
  },
  {
    name: 'format',
    next: 'Run `npm run format`.',
    run: command('biome', ['format', '--reporter=concise', '--max-diagnostics=none', '--colors=off', '.']),
  },
  { name: 'empty files', next: 'Write the file or delete it.', run: files((all) => emptyFiles(root, all)) },
  {
    name: 'file names',
    next: 'Name the file or folder after the thing in it, and put what has no place where its noun lives.',
    run: files((all) => [...drawerNames(all), ...barrels(all)]),
  },
  {
    name: 'full folders',
    next: 'Find the two rooms in it, and give each a folder named after what lies there.',
    run: files(fullFolders),
  },
  {
    name: 'physical names',
    next: 'Take the name from lib/names.ts, or add it there.',
    run: files((all) => spelledNames(root, all)),
  },
  {
    name: 'waiting entries',
    next: 'Put it into a function that the entry calls without `await`, or load the file with `import()`: every page imports the entry and would wait with it.',
    run: files((all) => waitingEntries(root, all)),
  },
  {
    name: 'unfinished words',
    next: 'Finish it now, or open an issue and remove the word.',
    run: files((all) => unfinishedWords(root, all)),
  },
];
