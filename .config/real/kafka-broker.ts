// The Kafka of the real tests: its jars, and an archive of its classes.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readdir, rename, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { freePorts } from '../../services/kit/testing/loopback.ts';
import { mavenFiles, runNicely } from './maven-files.ts';

const version = '4.3.1';
const startDeadlineMs = 120_000;

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
  await runNicely('java', [
    ...java,
    'kafka.tools.StorageTool',
    'format',
    '-t',
    'AAAAAAAAAAAAAAAAAAAAAQ',
    '-c',
    properties,
  ]);
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

/** Folder with `libs/` and `kafka.jsa`; fetched once for each version. */
export const kafkaBroker = async (cache: string): Promise<string> => {
  const folder = await mavenFiles(cache, 'kafka', version);
  if (!existsSync(join(folder, 'kafka.jsa'))) await archiveClasses(folder);
  return folder;
};
