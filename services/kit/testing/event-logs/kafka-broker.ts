/** One Apache Kafka of the machine, as `npm run test:real kafka` has made it ready: a broker that tests stop, kill and start again. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { freePorts } from '../loopback.ts';

export type KafkaBroker = {
  /** `127.0.0.1:port`. */
  readonly address: string;
  /** `kafka://127.0.0.1:port`. */
  readonly url: string;
  /** Ends the process as an operator would, `SIGKILL` as a machine that dies. The data stay. */
  stop(signal?: 'SIGTERM' | 'SIGKILL'): Promise<void>;
  /** Starts it again on its data and its port. */
  start(): Promise<void>;
  /** Stops it and removes its data. */
  drop(): Promise<void>;
};

const startDeadlineMs = 60_000;
const run = promisify(execFile);

const isListening = (port: number) =>
  new Promise<boolean>((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    socket.once('connect', () => resolve(true));
    socket.once('error', () => resolve(false));
    socket.once('close', () => socket.destroy());
  });

/** Small, on one machine, without replicas; retention looks often, because tests wait for it. */
const propertiesOf = (folder: string, port: number, controllerPort: number, extra: Readonly<Record<string, string>>) =>
  Object.entries({
    'process.roles': 'broker,controller',
    'node.id': '1',
    'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`,
    listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${port}`,
    'controller.listener.names': 'CONTROLLER',
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'log.dirs': join(folder, 'log'),
    'auto.create.topics.enable': 'false',
    'offsets.topic.replication.factor': '1',
    'offsets.topic.num.partitions': '4',
    'transaction.state.log.replication.factor': '1',
    'transaction.state.log.min.isr': '1',
    'share.coordinator.state.topic.replication.factor': '1',
    'share.coordinator.state.topic.min.isr': '1',
    'group.initial.rebalance.delay.ms': '0',
    'log.initial.task.delay.ms': '1000',
    'log.retention.check.interval.ms': '3000',
    ...extra,
  })
    .map(([name, value]) => `${name}=${value}`)
    .join('\n');

/**
 * Starts a broker with data of its own. `REAL_KAFKA` is the folder with the jars (`libs/`) and, if it was made, the
 * archive of loaded classes (`kafka.jsa`), which saves more than half of the start.
 */
export const startKafkaBroker = async (extra: Readonly<Record<string, string>> = {}): Promise<KafkaBroker> => {
  const home = process.env['REAL_KAFKA'];
  if (!home) throw new Error('REAL_KAFKA is not set; run `npm run test:real kafka`, which fetches the broker');
  const folder = mkdtempSync(join(tmpdir(), 'cloudmart-kafka-'));
  const [port = 0, controllerPort = 0] = await freePorts(2);
  const properties = join(folder, 'server.properties');
  writeFileSync(properties, propertiesOf(folder, port, controllerPort, extra));
  // The archive fits one class path only, in one order.
  const libs = readdirSync(join(home, 'libs')).toSorted();
  const archive = join(home, 'kafka.jsa');
  const java = [
    ...['-Xms96m', '-Xmx384m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-Xlog:disable', '-Xlog:all=off'],
    ...(existsSync(archive) ? [`-XX:SharedArchiveFile=${archive}`] : []),
    ...['-cp', libs.map((jar) => join(home, 'libs', jar)).join(':')],
  ];
  const id = Buffer.from(randomUUID().replaceAll('-', ''), 'hex').toString('base64url');
  // One id in 64 begins with a hyphen, which only this form takes for a value.
  await run('java', [...java, 'kafka.tools.StorageTool', 'format', `--cluster-id=${id}`, '-c', properties]);
  const output = join(folder, 'output.log');
  let broker: ChildProcess | undefined;

  const start = async () => {
    const sink = openSync(output, 'a');
    broker = spawn('java', [...java, 'kafka.Kafka', properties], { stdio: ['ignore', sink, sink] });
    const giveUpAt = performance.now() + startDeadlineMs;
    while (!(await isListening(port))) {
      if (broker.exitCode !== null || performance.now() > giveUpAt)
        throw new Error(`Kafka did not start: ${readFileSync(output, 'utf8').slice(-2_000)}`);
      await wait(50);
    }
  };
  const stop = async (signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM') => {
    if (!broker || broker.exitCode !== null || broker.signalCode !== null) return;
    const gone = once(broker, 'exit');
    broker.kill(signal);
    await gone;
  };
  await start();
  return {
    address: `127.0.0.1:${port}`,
    url: `kafka://127.0.0.1:${port}`,
    start,
    stop,
    drop: async () => {
      await stop('SIGKILL');
      rmSync(folder, { recursive: true, force: true });
    },
  };
};
