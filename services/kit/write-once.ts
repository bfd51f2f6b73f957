import { randomUUID } from 'node:crypto';
import { link, mkdir, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Writes a file of a folder, which it makes if need be: at once and whole, on disk, and never in place of one that is there. Throws what the
 * file system says.
 */
export const writeOnce = async (folder: string, name: string, content: string): Promise<void> => {
  const draft = join(folder, `.${randomUUID()}.draft`);
  const write = () => writeFile(draft, content, { flush: true });
  try {
    await write().catch(async (problem: NodeJS.ErrnoException) => {
      if (problem.code !== 'ENOENT') throw problem;
      await mkdir(folder, { recursive: true });
      await write();
    });
    await link(draft, join(folder, name)).catch((problem: NodeJS.ErrnoException) => {
      if (problem.code !== 'EEXIST') throw problem;
    });
  } finally {
    await unlink(draft).catch(() => undefined);
  }
};
