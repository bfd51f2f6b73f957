import { execFile } from 'node:child_process';

/** The commit that is checked out in a folder, with `-dirty` when files differ from it; absent outside a checkout. */
export const revisionOf = (folder: string): Promise<string | undefined> =>
  new Promise((resolve) => {
    const words = ['describe', '--always', '--abbrev=40', '--dirty', '--exclude', '*'];
    execFile('git', words, { cwd: folder, timeout: 10_000 }, (problem, output) =>
      resolve(problem ? undefined : output.trim()),
    );
  });
