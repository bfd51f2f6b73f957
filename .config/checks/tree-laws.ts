import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { platformName } from '../../lib/names.ts';
import { runCommand } from '../run-command.ts';

const drawers = /^(utils?|helpers?|common|misc|shared|base|managers?|types|constants|data|impl)$/;
const unfinished = /\b(TODO|FIXME|HACK)\b/;
const sources = /^(bin|lib|services)\/.*\.(tsx?|sql|proto)$/;

/** Files that git has or would take, so that caches and local data are left out. */
export async function repositoryFiles(folder: string): Promise<string[]> {
  const { code, output } = await runCommand('git', ['ls-files', '--cached', '--others', '--exclude-standard', '-z'], {
    cwd: folder,
  });
  if (code !== 0) throw new Error(`git could not list the files of ${folder}: ${output}`);
  return [...new Set(output.split('\0'))].filter((path) => path !== '' && existsSync(join(folder, path)));
}

/** Empty files: the shop once shipped a service whose every source file was one. */
export const emptyFiles = (folder: string, files: readonly string[]) =>
  files.filter((path) => readFileSync(join(folder, path), 'utf8').trim() === '');

/** Files and folders named after a drawer (`utils`, `common` ...) instead of the thing that lies in it. */
export const drawerNames = (files: readonly string[]) =>
  files.filter((path) => sources.test(path) && path.split('/').some((part) => drawers.test(part.split('.')[0] ?? '')));

/** Barrels: an `index.ts` makes every tab and stack trace say the same. */
export const barrels = (files: readonly string[]) => files.filter((path) => basename(path) === 'index.ts');

/** Files that one can still overlook at a glance; tests, generated code and migrations do not count. */
const mostSourcesOfFolder = 25;
const uncounted = /\.test\.ts$|\/(generated|migrations)\//;

/** Folders with more source files than a reader takes in, and how many they hold. */
export const fullFolders = (files: readonly string[]) =>
  [
    ...Map.groupBy(
      files.filter((path) => sources.test(path) && !uncounted.test(path)),
      (path) => dirname(path),
    ),
  ]
    .filter(([, inside]) => inside.length > mostSourcesOfFolder)
    .map(([folder, inside]) => `${folder}: ${inside.length} source files, more than ${mostSourcesOfFolder}`);

const linesOf = (folder: string, files: readonly string[], wrong: RegExp) =>
  files
    .filter((path) => sources.test(path))
    .flatMap((path) =>
      readFileSync(join(folder, path), 'utf8')
        .split('\n')
        .flatMap((line, at) => (wrong.test(line) ? [`${path}:${at + 1}: ${line.trim()}`] : [])),
    );

/** `file:line` of words that promise to finish something later. */
export const unfinishedWords = (folder: string, files: readonly string[]) => linesOf(folder, files, unfinished);

// Of an environment or a variable part: `cloudmart-${name}/order`, `cloudmart-production-deploy`, `part-of=cloudmart`.
const physicalName = new RegExp(`${platformName}[-/](\\$\\{|dev\\b|staging\\b|production\\b)|=${platformName}\\b`);

/** `file:line` of physical names that are spelled out although lib/names.ts makes them; tests spell them out on purpose. */
export const spelledNames = (folder: string, files: readonly string[]) =>
  linesOf(
    folder,
    files.filter((path) => /^lib\//.test(path) && !/^lib\/names\.ts$|\.test\.ts$|\/testing\//.test(path)),
    physicalName,
  );
