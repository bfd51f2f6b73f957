import { outputOf } from '../../run-program.ts';

/** The commit that is checked out in a folder, with `-dirty` when files differ from it; absent outside a checkout. */
export const revisionOf = (folder: string): Promise<string | undefined> =>
  outputOf('git', ['describe', '--always', '--abbrev=40', '--dirty', '--exclude', '*'], {
    cwd: folder,
    timeoutMs: 10_000,
  }).then(
    (commit) => commit.trim(),
    () => undefined,
  );
