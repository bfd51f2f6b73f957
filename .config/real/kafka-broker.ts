// Fetches the Kafka of the real tests: its jars by version, checked against the sums that the repository keeps.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { root } from '../../lib/checkout.ts';
import { freePorts } from '../../services/kit/testing/loopback.ts';
import { runCommand } from '../run-command.ts';

const settings = join(root, '.config/real/kafka');
const version = '4.3.1';
const startDeadlineMs = 120_000;

const run = async (command: string, parameters: readonly string[]) => {
  const { code, output } = await runCommand('nice', [command, ...parameters]);
  if (code !== 0) throw new Error(`${command} ${parameters[0]} failed: ${output.split('\n').slice(-5).join(' ')}`);
};

const isListening = (port: number) =>
  new Promise<boolean>((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' }, () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });

/** Runs the broker once, so that Java writes down the classes that it loaded: the later starts take a third of the time. */
const archiveClasses = async (folder: string) => {
  const log = join(folder, 'first-start');
  const properties = `${log}.properties`;
  const [port = 0, controller = 0] = await freePorts(2);
  const draft = join(folder, 'draft.jsa');
  // What a start that was broken off has left; a log that is formatted is not formatted again.
  for (const left of [log, draft]) await rm(left, { recursive: true, force: true });
  await writeFile(
    properties,
    [
      'process.roles=broker,controller',
      'node.id=1',
      `controller.quorum.voters=1@127.0.0.1:${controller}`,
      `listeners=PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controller}`,
      'controller.listener.names=CONTROLLER',
      'offsets.topic.replication.factor=1',
      `log.dirs=${log}`,
    ].join('\n'),
  );
  const jars = (await readdir(join(folder, 'libs'))).toSorted().map((jar) => join(folder, 'libs', jar));
  const java = ['-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-Xmx384m', '-cp', jars.join(':')];
  await run('java', [...java, 'kafka.tools.StorageTool', 'format', '-t', 'AAAAAAAAAAAAAAAAAAAAAQ', '-c', properties]);
  const broker = spawn('java', [`-XX:ArchiveClassesAtExit=${draft}`, ...java, 'kafka.Kafka', properties], {
    stdio: 'ignore',
  });
  const gone = once(broker, 'exit');
  const giveUpAt = performance.now() + startDeadlineMs;
  while (broker.exitCode === null && performance.now() < giveUpAt && !(await isListening(port))) await pause(100);
  broker.kill('SIGTERM');
  await gone;
  await rm(log, { recursive: true, force: true });
  if (existsSync(draft)) await rename(draft, join(folder, 'kafka.jsa'));
};

const fetchInto = async (folder: string) => {
  await copyFile(join(settings, 'pom.xml'), join(folder, 'pom.xml'));
  const libs = join(folder, 'libs');
  await run('mvn', [
    '-q',
    '-B',
    '-f',
    join(folder, 'pom.xml'),
    'dependency:copy-dependencies',
    `-DoutputDirectory=${libs}`,
  ]);
  await run('sh', ['-c', `cd "$0" && sha256sum --strict --quiet -c "$1"`, libs, join(settings, 'SHA256SUMS')]);
  const expected = (await readFile(join(settings, 'SHA256SUMS'), 'utf8')).trim().split('\n').length;
  const found = (await readdir(libs)).length;
  if (found !== expected)
    throw new Error(`Maven fetched ${found} jars for Kafka, .config/real/kafka/SHA256SUMS names ${expected}`);
};

/** Folder with `libs/` and `kafka.jsa`; fetched once for each version. Safe to break off: only a whole folder gets its name. */
export const kafkaBroker = async (cache: string): Promise<string> => {
  const folder = join(cache, `kafka-${version}`);
  if (!existsSync(folder)) {
    await mkdir(cache, { recursive: true });
    const draft = await mkdtemp(`${folder}-draft-`);
    try {
      await fetchInto(draft);
      await rename(draft, folder);
    } catch (problem) {
      await rm(draft, { recursive: true, force: true });
      throw problem;
    }
  }
  if (!existsSync(join(folder, 'kafka.jsa'))) await archiveClasses(folder);
  return folder;
};
