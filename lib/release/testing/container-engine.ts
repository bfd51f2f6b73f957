/** A container engine of its own for one test file, without a network: containers use that of the machine. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, link, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { eventually } from '../../../services/kit/testing/condition.ts';
import { runProgram } from '../../run-program.ts';
import { partOf } from '../../testing/real-part.ts';
import { type ImageEngine, imageEngine } from '../image/image-engine.ts';
import { PLATFORMS } from '../registry/image-platforms.ts';

/** Name of the base image for `--base`: Debian's libraries and Node, made by `npm run test:real`. */
export const TEST_BASE = 'cloudmart-base:{arch}';

export type ContainerEngine = ImageEngine & {
  /** Folder that goes with the engine. */
  readonly folder: string;
  stop(): Promise<void>;
};

const addBase = async (engine: ImageEngine, folder: string, platform: string) => {
  const architecture = platform.split('/')[1] as string;
  const context = path.join(folder, `base-${architecture}`);
  await mkdir(context);
  const archive = partOf(`REAL_IMAGE_BASE_${architecture.toUpperCase()}`);
  // A link takes no time; another file system has no links to this one.
  await link(archive, path.join(context, 'base.tar')).catch(() => cp(archive, path.join(context, 'base.tar')));
  await writeFile(
    path.join(context, 'Dockerfile'),
    'FROM scratch\nADD base.tar /\nENV PATH=/nodejs/bin SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt\n',
  );
  await engine.run(['build', '--platform', platform, '--tag', TEST_BASE.replace('{arch}', architecture), context], {
    what: `make the base for ${platform}`,
    deadlineMs: 120_000,
  });
};

/** Starts Debian's engine beside whatever else runs, with the base images for both platforms in it. */
export const startContainerEngine = async (): Promise<ContainerEngine> => {
  const folder = await mkdtemp(path.join(tmpdir(), 'cloudmart-engine-'));
  const socket = `unix://${path.join(folder, 'socket')}`;
  const daemon = spawn(
    'dockerd',
    [
      ...['--host', socket, '--data-root', path.join(folder, 'data'), '--exec-root', path.join(folder, 'run')],
      ...['--pidfile', path.join(folder, 'pid'), '--bridge=none', '--iptables=false', '--ip6tables=false'],
      ...['--ip-forward=false', '--ip-masq=false', '--log-level=warn'],
      // Where a containerd of the machine runs, dockerd takes it; the containers of the machine's own engine stay out of sight.
      ...[
        '--containerd-namespace',
        path.basename(folder),
        '--containerd-plugins-namespace',
        `${path.basename(folder)}-plugins`,
      ],
    ],
    // A group of its own, because it starts containerd, which Ctrl-C must not end before it.
    { stdio: ['ignore', 'ignore', 'pipe'], detached: true },
  );
  const complaint = text(daemon.stderr);
  const saved = process.env['DOCKER_HOST'];
  process.env['DOCKER_HOST'] = socket;
  const engine = imageEngine(partOf('REAL_ENGINE'));
  const stop = async () => {
    if (saved === undefined) delete process.env['DOCKER_HOST'];
    else process.env['DOCKER_HOST'] = saved;
    if (daemon.exitCode === null && daemon.signalCode === null) {
      daemon.kill('SIGTERM');
      await once(daemon, 'exit');
    }
    // dockerd leaves the network namespace of its containers mounted.
    const mounts = (await readFile('/proc/mounts', 'utf8')).split('\n').map((line) => line.split(' ')[1] ?? '');
    for (const mount of mounts.filter((one) => one.startsWith(folder)).reverse()) await runProgram('umount', [mount]);
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await eventually(() => engine.run(['version'], { what: 'start' }), { everyMs: 200 });
    for (const platform of PLATFORMS) await addBase(engine, folder, platform);
  } catch (problem) {
    await stop();
    throw new Error(`the engine did not start: ${(await complaint).slice(-2000)}`, { cause: problem });
  }
  return { ...engine, folder, stop };
};
