import { deadLetterTopicOf } from '../../manifest.ts';
import type { Database } from '../../storage/database.ts';
import { isUnavailable } from '../../storage/database-failure.ts';
import type { Logger } from '../../telemetry/logger.ts';
import {
  type EventLog,
  GroupIsActive,
  type GroupOffset,
  type LogRecord,
  type NewRecord,
  type PartitionLag,
  type PartitionOffsets,
  RecordRefused,
  UnknownTopic,
} from '../event-log.ts';
import { embeddedLogSchema } from './embedded-log-schema.ts';
import { subscribeEmbedded } from './embedded-subscription.ts';

export type EmbeddedLogOptions = {
  /** A pool on the database of the log; two connections are enough, because appends and fetches are batches. */
  readonly database: Database;
  readonly logger: Logger;
  /** Milliseconds that a silent member keeps its partitions; default 3,000. */
  readonly leaseMs?: number;
};

/** Bytes of a record's value: what Kafka's brokers take by default, so that a topic can move there. */
const largestValue = 1_000_000;
/** Days that dead letters are kept at least: somebody has to come back from holidays. */
const deadLetterDays = 30;
const expireEveryMs = 3_600_000;
/** Records of each partition that one statement removes, so that it ends before its deadline. */
const expireSize = 1_000;
const schemaLock = 4_701_338_202;

const refuseUnstorable = (topic: string, records: readonly NewRecord[]) => {
  for (const { key, value, headers } of records) {
    if (Buffer.byteLength(value) > largestValue)
      throw new RecordRefused(
        `a record of "${topic}" with key "${key}" is larger than ${largestValue} bytes; publish a reference instead`,
      );
    if (`${key}${value}${JSON.stringify(headers ?? {})}`.includes('\0'))
      throw new RecordRefused(
        `a record of "${topic}" with key "${key}" contains a NUL character, which no text column stores`,
      );
  }
};

/** A durable log of topics, partitions and consumer groups in PostgreSQL, with the promises of `EventLog`. */
export const createEmbeddedLog = ({ database, logger, leaseMs = 3_000 }: EmbeddedLogOptions): EventLog => {
  let installed: Promise<unknown> | undefined;
  /** Whether this role may write; one that only observes finds what others made. */
  const mayWrite = async () => {
    const { rows } = await database.query<{ may: boolean }>(
      "SELECT has_database_privilege(current_database(), 'CREATE') AS may",
    );
    return rows[0]?.may === true;
  };
  const install = async () => {
    if (!(await mayWrite())) return;
    await database.transaction(async (tx) => {
      await tx.query('SELECT pg_advisory_xact_lock($1)', [schemaLock]);
      await tx.query(embeddedLogSchema);
    });
  };
  const ready = async () => {
    installed ??= install();
    try {
      await installed;
    } catch (error) {
      installed = undefined;
      throw error;
    }
  };

  const expire = async () => {
    await ready();
    if (!(await mayWrite())) return 0;
    for (let total = 0; ; ) {
      const { rows } = await database.query<{ removed: string }>('SELECT event_log.expire($1) AS removed', [
        expireSize,
      ]);
      const removed = Number(rows[0]?.removed ?? 0);
      total += removed;
      if (removed === 0) return total;
    }
  };
  const expiry = setInterval(() => {
    expire().catch((error: unknown) =>
      logger.warn({ error }, 'old records could not be removed; trying again in an hour'),
    );
  }, expireEveryMs).unref();

  return {
    createTopics: async (declarations) => {
      await ready();
      const wanted = Object.entries(declarations).flatMap(([name, { partitions, retentionDays }]) => [
        { name, partitions, retentionDays },
        { name: deadLetterTopicOf(name), partitions: 1, retentionDays: Math.max(deadLetterDays, retentionDays) },
      ]);
      await database.query(
        `WITH wanted AS (SELECT * FROM unnest($1::text[], $2::int[], $3::int[]) AS t (name, partitions, retention_days)),
         topic AS (
           INSERT INTO event_log.topics (name, retention_days) SELECT name, retention_days FROM wanted ORDER BY name
           ON CONFLICT (name) DO UPDATE SET retention_days = excluded.retention_days RETURNING name)
         INSERT INTO event_log.partitions (topic, partition)
         SELECT name, n FROM topic JOIN wanted USING (name), generate_series(0, partitions - 1) AS n
         ORDER BY name, n ON CONFLICT DO NOTHING`,
        [
          wanted.map(({ name }) => name),
          wanted.map(({ partitions }) => partitions),
          wanted.map(({ retentionDays }) => retentionDays),
        ],
      );
    },

    append: async (topic, records) => {
      if (records.length === 0) return;
      refuseUnstorable(topic, records);
      await ready();
      const { rows } = await database.query<{ done: boolean }>(
        'SELECT event_log.append($1, $2, $3, $4) AS done',
        [
          topic,
          records.map(({ key }) => key),
          records.map(({ value }) => value),
          records.map(({ headers }) => JSON.stringify(headers ?? {})),
        ],
        { name: 'event-log-append' },
      );
      if (!rows[0]?.done) throw new UnknownTopic(topic);
    },

    read: async ({ topic, partition, from = 0, limit = 100 }) => {
      await ready();
      const { rows } = await database.query<LogRecord>(
        `SELECT p.topic, p.partition, r."offset"::float8 AS "offset", r.key, r.value, r.headers, r.appended_at AS timestamp
         FROM event_log.partitions p JOIN event_log.records r ON r.partition_id = p.id
         WHERE p.topic = $1 AND p.partition = $2 AND r."offset" >= $3 ORDER BY r."offset" LIMIT $4`,
        [topic, partition, from, limit],
      );
      return rows;
    },

    topics: async () => {
      await ready();
      const { rows } = await database.query<{ name: string }>('SELECT name FROM event_log.topics ORDER BY name');
      return rows.map(({ name }) => name);
    },

    offsets: async (topic) => {
      await ready();
      const { rows } = await database.query<PartitionOffsets>(
        `SELECT topic, partition, earliest_offset::float8 AS earliest, next_offset::float8 AS "end"
         FROM event_log.partitions WHERE topic = $1 ORDER BY partition`,
        [topic],
      );
      if (rows.length === 0) throw new UnknownTopic(topic);
      return rows;
    },

    offsetsSince: async (topic, at) => {
      await ready();
      const { rows } = await database.query<GroupOffset>(
        `SELECT p.topic, p.partition, min(r."offset")::float8 AS "offset"
         FROM event_log.partitions p JOIN event_log.records r ON r.partition_id = p.id AND r.appended_at >= $2
         WHERE p.topic = $1 GROUP BY p.topic, p.partition ORDER BY p.partition`,
        [topic, at],
      );
      return rows;
    },

    subscribe: async (options) => {
      await ready().catch((error: unknown) => {
        // A consumer may start before the log is up: it takes its partitions once it is.
        if (!isUnavailable(error)) throw error;
      });
      return subscribeEmbedded({ database, logger, leaseMs, ready, ...options });
    },

    lag: async (group) => {
      await ready();
      const { rows } = await database.query<PartitionLag & { oldest: Date | null }>(
        `SELECT p.topic, p.partition, pos.committed::float8 AS committed, p.next_offset::float8 AS "end",
           (p.next_offset - greatest(pos.committed, p.earliest_offset))::float8 AS records,
           (SELECT appended_at FROM event_log.records r WHERE r.partition_id = p.id AND r."offset" >= pos.committed
            ORDER BY "offset" LIMIT 1) AS oldest
         FROM event_log.positions pos JOIN event_log.partitions p ON p.id = pos.partition_id
         WHERE pos.group_name = $1 ORDER BY p.topic, p.partition`,
        [group],
      );
      return rows.map(({ oldest, ...lag }) => ({ ...lag, oldest }));
    },

    groups: async () => {
      await ready();
      const { rows } = await database.query<{ name: string }>(
        'SELECT DISTINCT group_name AS name FROM event_log.positions ORDER BY 1',
      );
      return rows.map(({ name }) => name);
    },

    members: async (group) => {
      await ready();
      const { rows } = await database.query<{ member: string; topic: string | null; partition: number }>(
        `SELECT m.member, p.topic, p.partition FROM event_log.members m
         LEFT JOIN event_log.positions pos ON pos.group_name = m.group_name AND pos.member = m.member
         LEFT JOIN event_log.partitions p ON p.id = pos.partition_id
         WHERE m.group_name = $1 AND m.expires_at > clock_timestamp() ORDER BY m.member, p.topic, p.partition`,
        [group],
      );
      const byMember = Map.groupBy(rows, ({ member }) => member);
      return [...byMember].map(([member, held]) => ({
        member,
        partitions: held.flatMap(({ topic, partition }) => (topic === null ? [] : [{ topic, partition }])),
      }));
    },

    resetOffsets: async (group, offsets) => {
      await ready();
      await database.transaction(async (tx) => {
        await tx.query("SELECT pg_advisory_xact_lock(hashtextextended('event_log:' || $1, 0))", [group]);
        const { rowCount } = await tx.query(
          'SELECT FROM event_log.members WHERE group_name = $1 AND expires_at > clock_timestamp()',
          [group],
        );
        if (rowCount > 0) throw new GroupIsActive(group);
        for (const { topic, partition, offset } of offsets) {
          const { rowCount: found } = await tx.query(
            `INSERT INTO event_log.positions AS pos (group_name, partition_id, committed)
             SELECT $1, id, least(greatest($4::bigint, earliest_offset), next_offset) FROM event_log.partitions WHERE topic = $2 AND partition = $3
             ON CONFLICT (group_name, partition_id) DO UPDATE SET committed = excluded.committed, epoch = pos.epoch + 1, member = NULL`,
            [group, topic, partition, offset],
          );
          if (found === 0) throw new UnknownTopic(topic);
        }
      });
    },

    retention: expire,
    check: () => database.check(),
    close: async () => {
      clearInterval(expiry);
      await database.close();
    },
  };
};
