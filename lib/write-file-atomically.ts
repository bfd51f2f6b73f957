import { open, rename, rm } from 'node:fs/promises';

/**
 * Replaces a file in one step: readers and crashes see the old content or the new, never half. Default mode 0644.
 * A write that fails, such as on a full disk, leaves the old content and nothing beside it.
 */
export const writeFileAtomically = async (file: string, content: string, mode = 0o644): Promise<void> => {
  const draft = `${file}.${process.pid}.new`;
  try {
    const handle = await open(draft, 'w', mode);
    try {
      await handle.writeFile(content);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(draft, file);
  } catch (problem) {
    await rm(draft, { force: true });
    throw problem;
  }
};
