import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createClient } from '@redis/client';
import { cacheServerUsers } from '../cache-rights.ts';
import type { ServiceManifest } from '../manifest.ts';
import { eventually } from './condition.ts';
import { freePort } from './loopback.ts';

export type RedisServer = {
  readonly port: number;
  /** Of the default user, who may do everything; off where services are given. */
  readonly url: string;
  /** Of the user of one of the given services. */
  urlOf(service: Pick<ServiceManifest, 'name'>): string;
  /** Starts it again, empty, after `kill`. */
  start(): Promise<void>;
  kill(): Promise<void>;
  /** Accepts connections and is silent, as with a stuck host. */
  freeze(): void;
  thaw(): void;
  /** Answer of one command, past every adapter and every right. */
  ask(...command: string[]): Promise<unknown>;
};

export type RedisServerOptions = {
  /** Services that sign in, each with the rights that its manifest gives it; nobody else then may. Default: everybody may do everything. */
  readonly services?: readonly ServiceManifest[];
  /** More of the command line. */
  readonly parameters?: readonly string[];
};

const passwordOf = (service: string) => `password-of-${service}`;
/** Who asks in the name of the test. */
const tester = 'tester';

/** A real redis-server with nothing on disk. */
export const startRedis = async ({ services, parameters = [] }: RedisServerOptions = {}): Promise<RedisServer> => {
  const port = await freePort();
  const url = `redis://127.0.0.1:${port}`;
  const users = [
    ...['--user', tester, 'on', 'nopass', '~*', '&*', '+@all'],
    ...(services ? cacheServerUsers(services, passwordOf) : []),
  ];
  let server: ChildProcess;
  const ask = async (...command: string[]) => {
    const client = createClient({ url, username: tester, password: tester, socket: { reconnectStrategy: false } }).on(
      'error',
      () => undefined,
    );
    try {
      await client.connect();
      return await client.sendCommand(command);
    } finally {
      client.destroy();
    }
  };
  const start = async () => {
    const own = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
    server = spawn('redis-server', [...own, ...users, ...parameters], { stdio: 'ignore' });
    // A test that fails before its `kill` must not keep the run, or the server, alive.
    server.unref();
    process.once('exit', () => server.kill('SIGKILL'));
    await eventually(async () => {
      if (server.exitCode !== null) throw new Error(`redis-server ended with exit code ${server.exitCode}`);
      await ask('PING');
    });
  };
  await start();
  return {
    port,
    url,
    urlOf: ({ name }) => `redis://${name}:${passwordOf(name)}@127.0.0.1:${port}`,
    start,
    ask,
    kill: async () => {
      if (server.exitCode !== null || server.signalCode !== null) return;
      const gone = once(server, 'exit');
      server.kill('SIGKILL');
      await gone;
    },
    freeze: () => void server.kill('SIGSTOP'),
    thaw: () => void server.kill('SIGCONT'),
  };
};
