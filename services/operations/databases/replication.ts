import type { Replication } from '../../contracts/http/operations/databases-api.ts';
import type { Database, Sql } from '../../kit/storage/database.ts';
import { type LookLimits, look } from './look.ts';

type ReplicaRow = {
  readonly name: string;
  readonly state: string;
  readonly lag_ms: number | null;
  readonly lag_bytes: string | null;
};

const streamingStatement = `SELECT coalesce(nullif(application_name, ''), usename) AS name, state,
    extract(epoch FROM replay_lag)::float8 * 1000 AS lag_ms,
    CASE WHEN NOT pg_is_in_recovery() THEN pg_wal_lsn_diff(pg_current_wal_lsn(), coalesce(replay_lsn, sent_lsn))::bigint END AS lag_bytes
  FROM pg_stat_replication ORDER BY 1, pid`;

/** A copy says itself how far it is; one that has all that it knows of is not behind, however long nobody wrote. */
const ownLagStatement = `SELECT 'this copy' AS name, CASE WHEN pg_is_wal_replay_paused() THEN 'paused' ELSE 'streaming' END AS state,
    CASE WHEN pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn() THEN 0
      ELSE extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp())::float8 * 1000 END AS lag_ms,
    pg_wal_lsn_diff(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn())::bigint AS lag_bytes`;

/** Aurora copies its storage and not its log. Source: Aurora user guide, aurora_replica_status. */
const auroraStatement = `SELECT server_id AS name, 'streaming' AS state, replica_lag_in_msec::float8 AS lag_ms, NULL::bigint AS lag_bytes
  FROM aurora_replica_status() WHERE session_id <> 'MASTER_SESSION_ID' ORDER BY 1`;

const slotStatement = `SELECT slot_name AS name, active AS is_read,
    CASE WHEN NOT pg_is_in_recovery() THEN pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn)::bigint END AS kept_bytes
  FROM pg_replication_slots ORDER BY 1`;

const replicaRows = async (tx: Sql, isAurora: boolean, isReader: boolean) => {
  if (isAurora) return (await tx.query<ReplicaRow>(auroraStatement)).rows;
  const { rows } = await tx.query<ReplicaRow>(streamingStatement);
  return isReader ? [...(await tx.query<ReplicaRow>(ownLagStatement)).rows, ...rows] : rows;
};

/** Copies of the server and how far they are behind, and what it keeps on disk for those who read its log. */
export const replicationOf = (database: Database, limits?: LookLimits): Promise<Replication> =>
  look(
    database,
    async (tx) => {
      const { rows: server } = await tx.query<{ is_reader: boolean; is_aurora: boolean }>(
        "SELECT pg_is_in_recovery() AS is_reader, to_regproc('aurora_replica_status') IS NOT NULL AS is_aurora",
      );
      const { is_reader: isReader = false, is_aurora: isAurora = false } = server[0] ?? {};
      const replicas = await replicaRows(tx, isAurora, isReader);
      const { rows: slots } = await tx.query<{ name: string; is_read: boolean; kept_bytes: string | null }>(
        slotStatement,
      );
      return {
        role: isReader ? 'reader' : 'writer',
        replicas: replicas.map((row) => ({
          name: row.name,
          state: row.state,
          lagMs: row.lag_ms,
          lagBytes: row.lag_bytes === null ? null : Number(row.lag_bytes),
        })),
        slots: slots.map((row) => ({
          name: row.name,
          isRead: row.is_read,
          keptBytes: row.kept_bytes === null ? null : Number(row.kept_bytes),
        })),
      };
    },
    limits,
  );
