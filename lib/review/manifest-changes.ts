import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { outputOf } from '../run-program.ts';

export type ManifestChange = {
  /** For example `order/deployment.yaml`. */
  readonly file: string;
  /** Unified diff without its header. */
  readonly diff: string;
};

const parse = (section: string): ManifestChange => {
  const [header = '', ...lines] = section.split('\n');
  const file = / (?:before|after)\/(\S+)$/.exec(header)?.[1] ?? header;
  const from = lines.findIndex((line) => line.startsWith('@@'));
  return { file, diff: from < 0 ? '' : lines.slice(from).join('\n').trimEnd() };
};

/** Files that differ, by path. */
export const manifestChanges = async (
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): Promise<ManifestChange[]> => {
  const folder = await mkdtemp(path.join(tmpdir(), 'cloudmart-manifests-'));
  try {
    for (const [side, files] of Object.entries({ before, after })) {
      await mkdir(path.join(folder, side));
      for (const [file, content] of files) {
        await mkdir(path.dirname(path.join(folder, side, file)), { recursive: true });
        await writeFile(path.join(folder, side, file), content);
      }
    }
    const parameters = [
      'diff',
      '--no-index',
      '--no-color',
      '--no-prefix',
      '--no-renames',
      '--unified=2',
      'before',
      'after',
    ];
    const output = await outputOf('git', parameters, { cwd: folder, accepts: [0, 1] });
    return output
      .split(/^diff --git /m)
      .slice(1)
      .map(parse);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};
