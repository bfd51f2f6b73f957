/** PostgreSQL as the services have it: started again whenever it dies, on the same files. */
import { setTimeout as pause } from 'node:timers/promises';
import { BACK_OFF, backOffMs, type Supervision } from '../service-process.ts';
import { explainDiskFault } from '../start-refused.ts';
import { type Postgres, type PostgresOptions, startPostgres } from './postgres.ts';

export type SupervisedPostgres = Pick<Postgres, 'port' | 'cluster' | 'outside'> & {
  /** As that of one server; a server that is being started again is given up. */
  stop(graceMs: number): Promise<void>;
};

/**
 * Starts the server and keeps it running until `stop`; it is never given up, because what ends it, such as a full disk, may pass.
 * The first start throws as `startPostgres` does.
 */
export const supervisePostgres = async (
  options: PostgresOptions,
  { say, changed = () => undefined, backOff = BACK_OFF }: Supervision,
): Promise<SupervisedPostgres> => {
  const halt = new AbortController();
  const signal = AbortSignal.any([halt.signal, ...(options.signal ? [options.signal] : [])]);
  let restarts = 0;
  const start = async (): Promise<Postgres> => {
    changed('starting', null, restarts);
    const server = await startPostgres({ ...options, signal });
    changed('ready', server.pid, restarts);
    return server;
  };

  /** The server of this life, which may be starting; it rejects when it could not start. */
  let current = start();
  const first = await current;
  const reasonOf = (problem: unknown) => (explainDiskFault(problem, options.folder.path) as Error).message;

  /** One life of the server. Returns how it ended or why there was none. */
  const live = async (): Promise<string> => {
    try {
      const server = await current;
      if (restarts > 0) say(`PostgreSQL is ready again after ${restarts} ${restarts === 1 ? 'restart' : 'restarts'}`);
      return `PostgreSQL ${await server.ended}`;
    } catch (problem) {
      return reasonOf(problem);
    } finally {
      changed('down', null, restarts);
    }
  };

  const supervise = async () => {
    let deaths = 0;
    while (!signal.aborted) {
      const bornAt = performance.now();
      const ending = await live();
      if (signal.aborted) return;
      deaths = performance.now() - bornAt > backOff.calmMs ? 1 : deaths + 1;
      const waitMs = backOffMs(deaths, backOff);
      say(`${ending}; starting it again in ${waitMs} ms`);
      await pause(waitMs, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
      restarts += 1;
      current = start();
      current.catch(() => undefined);
    }
  };
  const supervision = supervise();

  return {
    port: first.port,
    cluster: first.cluster,
    outside: first.outside,
    stop: async (graceMs) => {
      halt.abort();
      // One that is just being started may still come to run before it notices.
      const server = await current.catch(() => undefined);
      await server?.stop(graceMs);
      await supervision;
    },
  };
};
