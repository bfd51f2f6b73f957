/** Kills processes of a running platform without warning, to see whether anything is lost. */
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { services } from '../services.ts';

export type KillPlan = {
  /** Services to kill; `relay` is whichever process holds the relay lease of the order service at that moment. */
  readonly targets: readonly string[];
  /** How often each is killed. */
  readonly times: number;
  /** Milliseconds over which the kills are spread. */
  readonly withinMs: number;
};

export type Kill = { readonly target: string; readonly pid: number; readonly atMs: number };

export type KillOptions = KillPlan & {
  /** `postgresql://` URL of the database that each service owns, by service name. */
  readonly databaseOf: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  readonly onKill: (kill: Kill) => void;
};

/** Milliseconds to wait for a service that is just being restarted to take its lease again. */
const leaseWithinMs = 60_000;

/** Process that publishes the outbox of a database, as its lease says: `order:1234`. */
const holderPid = async (url: string): Promise<number | undefined> => {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000, query_timeout: 5_000 });
  await client.connect();
  try {
    const { rows } = await client.query<{ holder: string | null }>(
      `SELECT holder FROM relay_lease WHERE expires_at > now()`,
    );
    const pid = Number(rows[0]?.holder?.split(':').at(-1));
    return Number.isInteger(pid) && pid > 0 ? pid : undefined;
  } finally {
    await client.end();
  }
};

const killHolder = async (url: string): Promise<number> => {
  for (const until = Date.now() + leaseWithinMs; ; await pause(250)) {
    const pid = await holderPid(url).catch(() => undefined);
    if (pid !== undefined) {
      try {
        process.kill(pid, 'SIGKILL');
        return pid;
      } catch (problem) {
        // The lease of a process that is dead already lasts a few seconds longer.
        if ((problem as NodeJS.ErrnoException).code !== 'ESRCH') throw problem;
      }
    }
    if (Date.now() > until)
      throw new Error('no living process took the relay lease; is the platform restarting its services?');
  }
};

const urlOf = (target: string, databaseOf: KillOptions['databaseOf']) =>
  databaseOf[target === 'relay' ? 'order' : target];

/** Services that publish, whose relay says which process they are, and `relay` for whoever publishes the order events. */
const knownTargets = [
  ...services
    .filter(({ owns, publishes }) => owns.database && Object.keys(publishes).length > 0)
    .map(({ name }) => name),
  'relay',
];

/** The targets, if each can be found; throws one sentence for others. */
export const requireTargets = (targets: readonly string[]): readonly string[] => {
  const unknown = targets.find((target) => !knownTargets.includes(target));
  if (unknown === undefined) return targets;
  throw new Error(`"${unknown}" owns no database with a relay; kill some of ${knownTargets.join(', ')}`);
};

/** Carries out the plan, each kill at a random moment of its own slice of time. Returns what was killed. */
export const killServices = async ({
  targets,
  times,
  withinMs,
  databaseOf,
  signal,
  onKill,
}: KillOptions): Promise<Kill[]> => {
  const startedAt = performance.now();
  const kills: Kill[] = [];
  const count = targets.length * times;
  for (let index = 0; index < count; index++) {
    const target = targets[index % targets.length] ?? '';
    const moment = ((index + Math.random()) * withinMs) / count;
    const early = startedAt + moment - performance.now();
    if (early > 0) await pause(early, undefined, { signal });
    signal.throwIfAborted();
    const url = urlOf(target, databaseOf) ?? '';
    const kill = { target, pid: await killHolder(url), atMs: Math.round(performance.now() - startedAt) };
    kills.push(kill);
    onKill(kill);
  }
  return kills;
};
