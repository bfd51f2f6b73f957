/** The JAR that Flink runs of a stream job: its script, the runner and the connector, none of which Flink brings along. */
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { root } from '../../checkout.ts';
import { outputOf } from '../../run-program.ts';
import type { Bundle } from '../bundle.ts';

const DEADLINE_MS = 600_000;

const maven = async (draft: string, goals: readonly string[]) => {
  const parameters = ['-q', '-B', '-f', path.join(draft, 'pom.xml'), `-Djob=${draft}`, ...goals];
  await outputOf('mvn', parameters, { timeoutMs: DEADLINE_MS }).catch((problem: NodeJS.ErrnoException) => {
    if (problem.code === 'ENOENT')
      throw new Error('this machine has no mvn; a stream job becomes a JAR by Maven and a JDK of 17 or newer');
    throw problem;
  });
};

/** Every JAR that goes in, or that Flink has, is the one that was looked at when its version was chosen. */
const checkSums = async (draft: string) => {
  const sums = path.join(draft, 'SHA256SUMS');
  await outputOf('sha256sum', ['--strict', '--quiet', '-c', sums], { cwd: draft });
  const expected = (await readFile(sums, 'utf8')).trim().split('\n').length;
  const found = [...(await readdir(path.join(draft, 'job'))), ...(await readdir(path.join(draft, 'flink')))].length;
  if (found !== expected)
    throw new Error(
      `Maven fetched ${found} JARs for Flink, services/kit/stream-jobs/flink/SHA256SUMS names ${expected}`,
    );
};

export type JobJar = {
  /** What is uploaded. */
  readonly jar: string;
  /** Folder of the JARs that are where Flink runs. */
  readonly flink: string;
};

/**
 * Makes the JAR of a bundled stream job below `cache`, once for each content of the bundle; safe to break off. Throws one sentence
 * when Maven is missing, cannot fetch, or fetched something else than `SHA256SUMS` says.
 */
export const jobJar = async (
  { service, folder, hash }: Pick<Bundle, 'service' | 'folder' | 'hash'>,
  cache: string,
): Promise<JobJar> => {
  const done = path.join(cache, `${service}-${hash.slice(0, 16)}`);
  const made = { jar: path.join(done, 'target/job.jar'), flink: path.join(done, 'flink') };
  if (existsSync(made.jar)) return made;
  await mkdir(cache, { recursive: true });
  const draft = await mkdtemp(`${done}-draft-`);
  try {
    await cp(folder, draft, { recursive: true });
    const fetch = (scope: string, into: string) =>
      maven(draft, [
        'dependency:copy-dependencies',
        `-DincludeScope=${scope}`,
        `-DoutputDirectory=${path.join(draft, into)}`,
      ]);
    await fetch('runtime', 'job');
    await fetch('provided', 'flink');
    await checkSums(draft);
    await maven(draft, ['package']);
    await rm(done, { recursive: true, force: true });
    await rename(draft, done);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
  return made;
};

/** Where a checkout keeps the JARs of its jobs. */
export const jarCache: string = path.join(root, 'node_modules/.cache/cloudmart-stream-jobs');
