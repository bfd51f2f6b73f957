import { existsSync } from 'node:fs';
import path from 'node:path';
import { runProgram } from './run-program.ts';

export type ManifestChange = {
  /** File relative to the environment's folder, for example `order/deployment.yaml`. */
  readonly file: string;
  /** Unified diff without its header. */
  readonly diff: string;
};

const parse = (section: string): ManifestChange => {
  const [header = '', ...lines] = section.split('\n');
  const file = (/ (?:before|after)\/(\S+)$/.exec(header)?.[1] ?? header).replace(/^[^/]+\//, '');
  const from = lines.findIndex((line) => line.startsWith('@@'));
  return { file, diff: from < 0 ? '' : lines.slice(from).join('\n').trimEnd() };
};

/**
 * Rendered files of an environment that differ, by path.
 * @param folder holds `before/<environment>` and `after/<environment>`
 */
export const manifestChanges = async (folder: string, environment: string): Promise<ManifestChange[]> => {
  const sides = ['before', 'after'].map((side) => path.join(side, environment));
  // An environment that only one side has shows in its stacks.
  if (sides.some((side) => !existsSync(path.join(folder, side)))) return [];
  const output = await runProgram(
    'git',
    ['diff', '--no-index', '--no-color', '--no-prefix', '--no-renames', '--unified=2', ...sides],
    {
      cwd: folder,
      accepts: [0, 1],
    },
  );
  return output
    .split(/^diff --git /m)
    .slice(1)
    .map(parse)
    .filter(({ file }) => !file.startsWith('.'));
};
