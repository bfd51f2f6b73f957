// A base image for tests where no image registry can be reached: Debian's packages and Node's binary from npm, no shell.
import { chmod, cp, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export type Run = (command: string, parameters: readonly string[]) => Promise<string>;

export type BaseImage = {
  /** Debian's and Docker's name of the architecture. */
  readonly architecture: 'amd64' | 'arm64';
  /** npm's name of it. */
  readonly npm: 'x64' | 'arm64';
};

export const baseImages: readonly BaseImage[] = [
  { architecture: 'amd64', npm: 'x64' },
  { architecture: 'arm64', npm: 'arm64' },
];

const packages = ['libc6', 'libgcc-s1', 'libstdc++6', 'ca-certificates', 'tzdata'];
/** What a package brings for people and for the system that it would be installed in: no process in the image needs it. */
const unneeded = ['bin', 'sbin', 'usr/bin', 'usr/sbin', 'usr/share/doc', 'usr/share/man', 'usr/share/lintian', 'var'];

/**
 * Where apt looks: on Debian where the machine does. Others, such as Ubuntu, keep arm64 on a host of its own and lay the C library
 * out so that Node does not find it; Debian's archive, checked with its own keys, gives them the same base.
 */
const archiveOptions = async (folder: string) => {
  if (/^ID=debian$/m.test(await readFile('/etc/os-release', 'utf8'))) return [];
  const list = join(folder, 'sources.list');
  const keys = '/usr/share/keyrings/debian-archive-keyring.gpg';
  await writeFile(list, `deb [signed-by=${keys}] http://deb.debian.org/debian bookworm main\n`);
  return ['-o', `Dir::Etc::sourcelist=${list}`, '-o', 'Dir::Etc::sourceparts=/dev/null'];
};

/** Downloads the packages of an architecture, whatever that of the machine is; apt checks their signatures. */
const downloadPackages = async (run: Run, folder: string, { architecture }: BaseImage) => {
  for (const part of ['lists/partial', 'cache/archives/partial', 'packages'])
    await mkdir(join(folder, part), { recursive: true });
  const options = [
    ...['-qq', '-o', `APT::Architecture=${architecture}`, '-o', `APT::Architectures=${architecture}`],
    ...['-o', `Dir::State=${folder}`, '-o', `Dir::State::lists=${join(folder, 'lists')}`],
    ...['-o', 'Dir::State::status=/dev/null', '-o', `Dir::Cache=${join(folder, 'cache')}`],
    // The folder belongs to root alone, and apt's own user could not write to it.
    ...['-o', 'APT::Sandbox::User=root'],
    ...(await archiveOptions(folder)),
  ];
  await run('apt-get', [...options, 'update']);
  await run('env', ['-C', join(folder, 'packages'), 'apt-get', ...options, 'download', ...packages]);
  return (await readdir(join(folder, 'packages'))).map((file) => join(folder, 'packages', file));
};

const addNode = async (run: Run, folder: string, files: string, version: string, { npm }: BaseImage) => {
  const name = `node-linux-${npm}`;
  await run('npm', ['pack', '--silent', '--pack-destination', folder, `${name}@${version}`]);
  await run('tar', ['-xzf', join(folder, `${name}-${version}.tgz`), '-C', folder, 'package/bin/node']);
  await mkdir(join(files, 'nodejs/bin'), { recursive: true });
  await cp(join(folder, 'package/bin/node'), join(files, 'nodejs/bin/node'));
  await chmod(join(files, 'nodejs/bin/node'), 0o755);
};

const addCertificates = async (files: string) => {
  const from = join(files, 'usr/share/ca-certificates/mozilla');
  const certificates = await Promise.all(
    (await readdir(from)).sort().map((file) => readFile(join(from, file), 'utf8')),
  );
  await mkdir(join(files, 'etc/ssl/certs'), { recursive: true });
  await writeFile(join(files, 'etc/ssl/certs/ca-certificates.crt'), certificates.join(''));
};

const exists = (file: string) =>
  stat(file).then(
    () => true,
    () => false,
  );

/**
 * File system of the base image as a tar file in `cache`, made once per version of Node. Throws what failed: apt without a
 * network, a version of Node that npm does not have.
 */
export const buildBase = async (run: Run, cache: string, version: string, image: BaseImage): Promise<string> => {
  const done = join(cache, `image-base-${version}-${image.architecture}.tar`);
  if (await exists(done)) return done;
  await mkdir(cache, { recursive: true });
  const folder = await mkdtemp(join(cache, 'image-base-'));
  try {
    const files = join(folder, 'files');
    await mkdir(files);
    for (const file of await downloadPackages(run, folder, image)) await run('dpkg-deb', ['--extract', file, files]);
    for (const part of unneeded) await rm(join(files, part), { recursive: true, force: true });
    await addNode(run, folder, files, version, image);
    await addCertificates(files);
    await writeFile(
      join(files, 'etc/passwd'),
      'root:x:0:0:root:/root:/sbin/nologin\nnonroot:x:65532:65532::/home:/sbin/nologin\n',
    );
    await mkdir(join(files, 'tmp'));
    await chmod(join(files, 'tmp'), 0o1777);
    const fixed = ['--sort=name', '--mtime=@0', '--owner=0', '--group=0', '--numeric-owner'];
    await run('tar', [...fixed, '-cf', join(folder, 'base.tar'), '-C', files, '.']);
    await rename(join(folder, 'base.tar'), done);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return done;
};
