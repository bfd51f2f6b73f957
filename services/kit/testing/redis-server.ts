import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createClient } from '@redis/client';
import { eventually } from './condition.ts';
import { freePort } from './loopback.ts';

export type RedisServer = {
  readonly port: number;
  readonly url: string;
  /** Starts it again, empty, after `kill`. */
  start(): Promise<void>;
  kill(): Promise<void>;
  /** Accepts connections and is silent, as with a stuck host. */
  freeze(): void;
  thaw(): void;
  /** Answer of one command, past every adapter. */
  ask(...command: string[]): Promise<unknown>;
};

/** A real redis-server with nothing on disk. `more` goes on its command line. */
export const startRedis = async (...more: readonly string[]): Promise<RedisServer> => {
  const port = await freePort();
  const url = `redis://127.0.0.1:${port}`;
  let server: ChildProcess;
  const ask = async (...command: string[]) => {
    const client = createClient({ url, socket: { reconnectStrategy: false } }).on('error', () => undefined);
    try {
      await client.connect();
      return await client.sendCommand(command);
    } finally {
      client.destroy();
    }
  };
  const start = async () => {
    const parameters = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
    server = spawn('redis-server', [...parameters, ...more], { stdio: 'ignore' });
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
