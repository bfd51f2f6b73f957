/** Copies folders file by file, with a digest of what was copied. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readdir } from 'node:fs/promises';
import path from 'node:path';
import type { BackedUpFile } from './backup-manifest.ts';
import { eachFile } from './each-file.ts';

/** What was copied, by paths below the folder that was copied to, with `/`. */
export type CopiedTree = { readonly folders: readonly string[]; readonly files: readonly BackedUpFile[] };

export type CopyTreeOptions = {
  /** Whether something is left out, by its path below the folder. */
  readonly skip?: (name: string) => boolean;
  readonly signal: AbortSignal;
};

const isGone = (problem: unknown) => (problem as NodeJS.ErrnoException).code === 'ENOENT';

/** Copies one file onto the disk, readable by its owner alone. The target must not be there yet. */
export const copyFile = async (from: string, to: string): Promise<Pick<BackedUpFile, 'bytes' | 'sha256'>> => {
  const hash = createHash('sha256');
  let bytes = 0;
  const source = createReadStream(from);
  // Opened ahead of the target: a file that is gone leaves no empty copy.
  await new Promise((resolve, reject) => source.once('ready', () => resolve(undefined)).once('error', reject));
  const target = await open(to, 'wx', 0o600);
  try {
    for await (const chunk of source as AsyncIterable<Buffer>) {
      hash.update(chunk);
      bytes += chunk.length;
      await target.writeFile(chunk);
    }
    await target.datasync();
  } finally {
    source.destroy();
    await target.close();
  }
  return { bytes, sha256: hash.digest('hex') };
};

/**
 * Copies a folder that others may write to meanwhile: a file that vanishes is left out, one that changes is copied as it was read. A
 * folder that is not there is an empty one.
 */
export const copyTree = async (
  from: string,
  to: string,
  { skip = () => false, signal }: CopyTreeOptions,
): Promise<CopiedTree> => {
  await mkdir(to, { recursive: true, mode: 0o700 });
  const entries = await readdir(from, { recursive: true, withFileTypes: true }).catch((problem: unknown) => {
    if (isGone(problem)) return [];
    throw problem;
  });
  const nameOf = (entry: (typeof entries)[number]) =>
    path.relative(from, path.join(entry.parentPath, entry.name)).replaceAll(path.sep, '/');
  const wanted = entries.map((entry) => ({ entry, name: nameOf(entry) })).filter(({ name }) => !skip(name));
  const folders = wanted.flatMap(({ entry, name }) => (entry.isDirectory() ? [name] : [])).toSorted();
  for (const name of folders) await mkdir(path.join(to, name), { recursive: true, mode: 0o700 });
  const names = wanted.flatMap(({ entry, name }) => (entry.isFile() ? [name] : []));
  const copy = async (name: string): Promise<BackedUpFile[]> => {
    try {
      return [{ path: name, ...(await copyFile(path.join(from, name), path.join(to, name))) }];
    } catch (problem) {
      if (isGone(problem)) return [];
      throw problem;
    }
  };
  const copied = await eachFile(names, copy, signal);
  return { folders, files: copied.flat() };
};

/** What was copied, as seen from the folder above. */
export const below = (part: string, { folders, files }: CopiedTree): CopiedTree => ({
  folders: [part, ...folders.map((name) => `${part}/${name}`)],
  files: files.map((file) => ({ ...file, path: `${part}/${file.path}` })),
});
