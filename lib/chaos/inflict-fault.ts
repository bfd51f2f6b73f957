/** Carries out one fault on a shop of this machine, and undoes it. */
import { readdir, readFile } from 'node:fs/promises';
import pg from 'pg';
import { startAgain } from '../local/start-again.ts';
import { readState } from '../local/state.ts';
import { SUPERVISOR } from '../replay/kill-targets.ts';
import { signalTarget } from '../replay/signal-target.ts';
import { patiently, pauseUnless } from '../shop/patiently.ts';
import type { Fault } from './fault-plan.ts';

export type Battlefield = {
  readonly dataFolder: string;
  readonly signal: AbortSignal;
  /** Told while nothing runs because the supervisor was killed. */
  readonly onRestarting: (isRestarting: boolean) => void;
};

const POSTGRES = 'postgres';
/** Of every slow spell the database stands still first, and then works. */
const STILL_MS = 200;
const WORKING_MS = 50;
const STATEMENT_WITHIN_MS = 10_000;
const PATIENCE_SECONDS = 120;

/** Whoever sends itself no signal any more is gone, which is as well. */
const send = (pids: readonly number[], name: NodeJS.Signals) => {
  for (const pid of pids)
    try {
      process.kill(pid, name);
    } catch (problem) {
      if ((problem as NodeJS.ErrnoException).code !== 'ESRCH') throw problem;
    }
};

/** A process and its children, as Linux tells. */
const familyOf = async (pid: number): Promise<number[]> => {
  const others = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const parents = await Promise.all(
    others.map(async (other) => {
      const text = await readFile(`/proc/${other}/stat`, 'utf8').catch(() => '');
      return { other, parent: Number(text.replace(/^.*\)/s, '').trim().split(' ')[1]) };
    }),
  );
  return [pid, ...parents.filter(({ parent }) => parent === pid).map(({ other }) => other)];
};

const inDatabase = async (connectionString: string, work: (client: pg.Client) => Promise<void>) => {
  const client = new pg.Client({
    connectionString,
    connectionTimeoutMillis: STATEMENT_WITHIN_MS,
    query_timeout: STATEMENT_WITHIN_MS,
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await work(client);
  } finally {
    void client.end().catch(() => undefined);
  }
};

/** As the owner of a database, which may be recovering from an earlier fault: again and again until it lets us in. */
const asOwner = async (database: string, field: Battlefield, work: (client: pg.Client) => Promise<void>) => {
  const state = await readState(field.dataFolder);
  const url = database === 'events' ? state.events : (state.databases[database] ?? '');
  await patiently(() => inDatabase(url, work), {
    ...{ seconds: PATIENCE_SECONDS, signal: field.signal },
    onRetry: () => undefined,
  });
};

const killSupervisor = async ({ dataFolder, signal, onRestarting }: Battlefield) => {
  const state = await readState(dataFolder);
  onRestarting(true);
  try {
    await signalTarget(SUPERVISOR, 'SIGKILL', { dataFolder, signal });
    await startAgain(state, signal);
  } finally {
    onRestarting(false);
  }
};

/** Stops processes, lets `meanwhile` pass and has them go on, whatever happens. */
const still = async (pids: readonly number[], meanwhile: () => Promise<void>) => {
  send(pids, 'SIGSTOP');
  try {
    await meanwhile();
  } finally {
    send(pids, 'SIGCONT');
  }
};

/** Inflicts a fault and resolves once it is over. Throws when nobody was there to suffer it within two minutes. */
export const inflictFault = async ({ kind, targets, lastsMs }: Fault, field: Battlefield): Promise<void> => {
  const { signal } = field;
  const [target = ''] = targets;
  const wellPid = (name: string) => signalTarget(name, 0, field);
  switch (kind) {
    case 'kill':
      if (target === SUPERVISOR) return killSupervisor(field);
      await signalTarget(target, 'SIGKILL', field);
      return;
    case 'kill-two':
      send(await Promise.all(targets.map(wellPid)), 'SIGKILL');
      return;
    case 'pause':
      return still([await wellPid(target)], () => pauseUnless(signal, lastsMs));
    case 'cut-off-database':
      return still(await familyOf(await wellPid(POSTGRES)), () => pauseUnless(signal, lastsMs));
    case 'slow-database': {
      const postmaster = await wellPid(POSTGRES);
      for (const until = performance.now() + lastsMs; performance.now() < until; ) {
        await still(await familyOf(postmaster), () => pauseUnless(signal, STILL_MS));
        await pauseUnless(signal, WORKING_MS);
      }
      return;
    }
    case 'disconnect':
      return asOwner(target, field, async (client) => {
        // The log's tables belong to a role that may end nobody.
        await client.query('SET ROLE NONE');
        await client.query(
          'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = session_user AND pid <> pg_backend_pid()',
        );
      });
    case 'locked-outbox':
      return asOwner(target, field, async (client) => {
        await client.query('BEGIN');
        await client.query('LOCK TABLE outbox IN ACCESS EXCLUSIVE MODE');
        await pauseUnless(signal, lastsMs);
        await client.query('ROLLBACK');
      });
  }
};
