/** Who of a running platform can be killed, and which process each of them is at the moment. */
import pg from 'pg';
import { readProcessList } from '../local/process-list.ts';
import type { LocalState } from '../local/state.ts';
import { runsOnThisMachine, services } from '../services.ts';

/** Whichever process holds the relay lease of the order service at that moment. */
const RELAY = 'relay';
/** The process of `npm start`, which starts everything else and starts it again. */
export const SUPERVISOR = 'supervisor';

/** Every target: the services of this machine, functions included, PostgreSQL, who publishes the order events, and the supervisor. */
export const killTargets: readonly string[] = [
  ...services.filter(runsOnThisMachine).map(({ name }) => name),
  'postgres',
  RELAY,
  SUPERVISOR,
];

/** The targets, if each is one; throws one sentence for others. */
export const requireTargets = (targets: readonly string[]): readonly string[] => {
  const unknown = targets.find((target) => !killTargets.includes(target));
  if (unknown === undefined) return targets;
  throw new Error(`"${unknown}" is nobody who can be killed; name some of ${killTargets.join(', ')}`);
};

/** Process that publishes the outbox of a database, as its lease says: `order:1234`. */
const leaseHolder = async (url: string | undefined): Promise<number | undefined> => {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000, query_timeout: 5_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<{ holder: string | null }>(
      `SELECT holder FROM relay_lease WHERE expires_at > now()`,
    );
    return Number(rows[0]?.holder?.split(':').at(-1));
  } finally {
    await client.end().catch(() => undefined);
  }
};

/** Process of a target that is well; undefined while it is down or only starting. */
export const pidOf = async (target: string, state: LocalState): Promise<number | undefined> => {
  if (target === SUPERVISOR) return state.pid;
  const ready = (await readProcessList(state.dataFolder)).filter((listed) => listed.state === 'ready');
  if (target !== RELAY) return ready.find(({ name }) => name === target)?.pid ?? undefined;
  // The lease of a process that is dead already lasts a few seconds longer.
  const holder = await leaseHolder(state.databases['orders']).catch(() => undefined);
  return ready.some(({ pid }) => pid === holder) ? holder : undefined;
};
