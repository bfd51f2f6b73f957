// Where the programs of real parts are kept, and how each kind of them gets there.
import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { runCommand } from '../run-command.ts';

/** Survives between runs; a new machine starts empty and takes minutes to fill it. */
export const cache = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'cloudmart');

/** What a command printed; throws its last lines when it fails. */
export const run = async (command: string, parameters: readonly string[], environment: Record<string, string> = {}) => {
  const assignments = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
  const { code, output } = await runCommand('env', [...assignments, 'nice', command, ...parameters]);
  if (code !== 0) throw new Error(`${command} ${parameters[0]} failed: ${output.split('\n').slice(-3).join(' ')}`);
  return output;
};

/** A program of a Go module, installed by its name. */
export const goTool = async (name: string, module: string) => {
  const folder = join(cache, 'bin', module.replaceAll(/[^\w.]+/g, '-'));
  const file = join(folder, name);
  if (!existsSync(file)) await run('go', ['install', '-trimpath', module], { GOBIN: folder, GOFLAGS: '' });
  return file;
};

/** A program of a Go module that cannot be installed by its name, because its go.mod excludes versions of others. */
export const goProgram = async (name: string, module: string, folder: string) => {
  const file = join(cache, 'bin', module.replaceAll(/[^\w.]+/g, '-'), name);
  if (!existsSync(file))
    await run('go', ['build', '-C', await goModule(module), '-trimpath', '-o', file, folder], { GOFLAGS: '' });
  return file;
};

/** Folder of a Go module's sources, for files that only come with them. */
export const goModule = async (module: string) => {
  const answer = JSON.parse(await run('go', ['mod', 'download', '-json', module], { GOFLAGS: '' })) as { Dir: string };
  return answer.Dir;
};

/** A command of a package of Python, in an environment of its own. */
export const pythonTool = async (name: string, version: string, command = name) => {
  const folder = join(cache, `${name}-${version}`);
  const file = join(folder, 'bin', command);
  if (!existsSync(file)) {
    await mkdir(cache, { recursive: true });
    await run('python3', ['-m', 'venv', '--clear', folder]);
    await run(join(folder, 'bin/pip'), ['install', '--quiet', `${name}==${version}`]);
  }
  return file;
};

/** Folder with the files of one of Debian's packages, which is not installed. */
export const debianPackage = async (name: string) => {
  const folder = join(cache, `debian-${name}`);
  if (existsSync(folder)) return folder;
  const work = `${folder}-download`;
  await rm(work, { recursive: true, force: true });
  await mkdir(work, { recursive: true });
  await run('apt-get', ['update', '-qq']);
  // The folder belongs to root alone, and apt's own user could not write to it.
  await run('env', ['-C', work, 'apt-get', '-qq', '-o', 'APT::Sandbox::User=root', 'download', name]);
  const files = (await readdir(work)).map((file) => join(work, file));
  for (const file of files) await run('dpkg-deb', ['--extract', file, join(work, 'files')]);
  await rename(join(work, 'files'), folder);
  await rm(work, { recursive: true });
  return folder;
};
