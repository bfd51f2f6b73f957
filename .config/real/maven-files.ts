// Fetches programs of Java from Maven: their files by version, checked against the sums that the repository keeps.
import { existsSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from '../../lib/checkout.ts';
import { runCommand } from '../run-command.ts';

/** Runs a command; throws its last lines when it fails. */
export const runNicely = async (command: string, parameters: readonly string[]) => {
  const { code, output } = await runCommand('nice', [command, ...parameters]);
  if (code !== 0) throw new Error(`${command} ${parameters[0]} failed: ${output.split('\n').slice(-5).join(' ')}`);
};

const fetchInto = async (folder: string, name: string) => {
  const settings = join(root, '.config/real', name);
  await copyFile(join(settings, 'pom.xml'), join(folder, 'pom.xml'));
  const libs = join(folder, 'libs');
  await runNicely('mvn', [
    '-q',
    '-B',
    '-f',
    join(folder, 'pom.xml'),
    'dependency:copy-dependencies',
    `-DoutputDirectory=${libs}`,
  ]);
  await runNicely('sh', ['-c', `cd "$0" && sha256sum --strict --quiet -c "$1"`, libs, join(settings, 'SHA256SUMS')]);
  const expected = (await readFile(join(settings, 'SHA256SUMS'), 'utf8')).trim().split('\n').length;
  const found = (await readdir(libs)).length;
  if (found !== expected)
    throw new Error(`Maven fetched ${found} files for ${name}, .config/real/${name}/SHA256SUMS names ${expected}`);
};

/**
 * Folder with `libs/` of what `.config/real/<name>/pom.xml` names; fetched once for each version. Safe to break off: only a whole
 * folder gets its name.
 */
export const mavenFiles = async (cache: string, name: string, version: string): Promise<string> => {
  const folder = join(cache, `${name}-${version}`);
  if (existsSync(folder)) return folder;
  await mkdir(cache, { recursive: true });
  const draft = await mkdtemp(`${folder}-draft-`);
  try {
    await fetchInto(draft, name);
    await rename(draft, folder);
  } catch (problem) {
    await rm(draft, { recursive: true, force: true });
    throw problem;
  }
  return folder;
};
