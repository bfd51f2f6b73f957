import { execFile } from 'node:child_process';
import { rename } from 'node:fs/promises';
import { promisify } from 'node:util';
import type pg from 'pg';
import { type ClusterDoor, inDatabase } from '../backups/open-cluster.ts';
import { requireFreePorts } from '../local/port-holder.ts';
import type { Postgres } from '../local/postgres/postgres.ts';
import { ADMINISTRATOR, postmasterOf } from '../local/postgres/postgres-cluster.ts';
import { readSecrets } from '../local/secrets.ts';
import type { LocalState } from '../local/state.ts';
import { pauseUnless } from '../shop/patiently.ts';
import { copyBeside } from './copy-beside.ts';
import type { Drill, DrillContext } from './drill.ts';

const run = promisify(execFile);
/** Name of the replica at the writer, and of the place that the writer keeps its log from for it. */
const REPLICA = 'replica';
const POLL_MS = 100;
const IN_STEP_WITHIN_MS = 60_000;
const GONE_WITHIN_MS = 10_000;
const STOP_WITHIN_MS = 10_000;

/** Copies the running cluster and starts the copy as a streaming replica, on a port of its own. */
const startReplica = async (context: DrillContext, client: pg.Client, writer: ClusterDoor): Promise<Postgres> => {
  await client.query('SELECT pg_create_physical_replication_slot($1, true)', [REPLICA]);
  const copy = await copyBeside(context, client, { name: REPLICA, password: writer.password });
  context.say('starting the copy as a replica');
  return copy.start('standby.signal', {
    primary_conninfo: `host=127.0.0.1 port=${writer.port} user=${ADMINISTRATOR} password=${writer.password} application_name=${REPLICA}`,
    primary_slot_name: REPLICA,
  });
};

/** From here on the writer answers nobody before the replica has what it answers for. */
const keepInStep = async (client: pg.Client, signal: AbortSignal) => {
  await client.query(`ALTER SYSTEM SET synchronous_standby_names = '${REPLICA}'`);
  await client.query('SELECT pg_reload_conf()');
  for (const until = performance.now() + IN_STEP_WITHIN_MS; ; await pauseUnless(signal, POLL_MS)) {
    const { rows } = await client.query<{ sync_state: string }>(
      'SELECT sync_state FROM pg_stat_replication WHERE application_name = $1',
      [REPLICA],
    );
    if (rows[0]?.sync_state === 'sync') return;
    if (performance.now() > until) throw new Error('the replica did not come into step within 60 s');
  }
};

/** Ends the writer as a power cut would, with whoever works for it. */
const cutOff = async ({ postgres: { cluster, port } }: LocalState) => {
  const postmaster = await postmasterOf(cluster);
  if (postmaster === undefined) throw new Error(`${cluster} has no server to end`);
  const { stdout } = await run('ps', ['-o', 'pgid=', '-p', String(postmaster)]);
  process.kill(-Number(stdout), 'SIGKILL');
  await requireFreePorts([{ name: 'the promoted PostgreSQL', port }], GONE_WITHIN_MS);
};

/** Makes the replica the writer, and gives it the old one's place and port; who supervises them starts it there. */
const promoteInPlace = async ({ state, say }: DrillContext, replica: Postgres, password: string) => {
  // Else the old writer would be started again in the same moment.
  process.kill(state.pid, 'SIGSTOP');
  try {
    say('the writer is lost: promoting the replica');
    await cutOff(state);
    const isWriter = await inDatabase({ port: replica.port, password }, 'postgres', async (client) => {
      await client.query('SELECT pg_promote(true, 30)');
      for (const setting of ['primary_conninfo', 'primary_slot_name'])
        await client.query(`ALTER SYSTEM RESET ${setting}`);
      const { rows } = await client.query<{ waits: boolean }>('SELECT pg_is_in_recovery() AS waits');
      return rows[0]?.waits === false;
    });
    await replica.stop(STOP_WITHIN_MS);
    await rename(state.postgres.cluster, `${state.postgres.cluster}.fenced`);
    await rename(replica.cluster, state.postgres.cluster);
    return isWriter;
  } finally {
    process.kill(state.pid, 'SIGCONT');
  }
};

/** The loss of the database's writer, with a replica that has all that was answered. */
export const promote: Drill = {
  name: 'promote',
  sentence: 'the writer of the databases is lost with its machine, and its replica is promoted',
  run: async (context) => {
    const { state, say, signal, afterPurchases } = context;
    const { administrator: password } = await readSecrets(state.dataFolder);
    const writer = { port: state.postgres.port, password };
    const replica = await inDatabase(writer, 'postgres', async (client) => {
      say('copying the databases under purchases');
      const started = await startReplica(context, client, writer);
      await keepInStep(client, signal);
      return started;
    });
    try {
      await afterPurchases(5);
      const isWriter = await promoteInPlace(context, replica, password);
      await afterPurchases(5);
      const { rows } = await inDatabase(writer, 'postgres', (client) =>
        client.query<{ timeline: number }>('SELECT timeline_id AS timeline FROM pg_control_checkpoint()'),
      );
      return [
        { sentence: 'the replica became the writer', holds: isWriter },
        { sentence: 'the shop works on the promoted history', holds: Number(rows[0]?.timeline) === 2 },
      ];
    } finally {
      await replica.stop(STOP_WITHIN_MS);
    }
  },
};
