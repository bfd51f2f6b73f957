/** What is known and was decided about dead letters, in PostgreSQL. */
import { type DeadLetterState, replaysBeforeReview } from '../../contracts/http/operations/dead-letters-api.ts';
import type { Database, Sql } from '../../kit/storage/database.ts';
import type { Clock } from '../../kit/values/clock.ts';

/** A dead letter as it was found. */
export type FoundDeadLetter = {
  readonly topic: string;
  readonly deadOffset: number;
  readonly consumer: string;
  readonly reason: string;
  readonly key: string;
  readonly identity: string;
  readonly eventId: string | null;
  readonly eventType: string | null;
  readonly attempts: number;
  readonly firstFailure: Date | null;
  readonly lastFailure: Date | null;
  readonly errorClass: string;
  readonly errorMessage: string;
  readonly originPartition: number | null;
  readonly originOffset: number | null;
  readonly diedAt: Date;
};

/** What became of it. */
export type KnownDeadLetter = FoundDeadLetter & {
  readonly state: DeadLetterState;
  readonly replays: number;
  readonly touchedAt: Date | null;
  readonly touchedBy: string | null;
  readonly actId: string | null;
};

export type DeadLetterPlace = Pick<FoundDeadLetter, 'topic' | 'deadOffset'>;

export type DeadLetterFilter = {
  readonly topic?: string | undefined;
  readonly consumer?: string | undefined;
  readonly state?: DeadLetterState | undefined;
};

type Row = Record<string, unknown>;

const camelCase = (name: string) => name.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
/** bigint comes as text. */
const numbers = new Set(['dead_offset', 'origin_offset']);
const letterFrom = (row: Row) =>
  Object.fromEntries(
    Object.entries(row).map(([name, value]) => [
      camelCase(name),
      numbers.has(name) && value !== null ? Number(value) : value,
    ]),
  ) as unknown as KnownDeadLetter;

/** Seconds after which one that is on its way back belongs to a process that died: it may be sent again, which its id makes harmless. */
const abandonedAfterSeconds = 60;

const places = (letters: readonly DeadLetterPlace[]) => [
  letters.map(({ topic }) => topic),
  letters.map(({ deadOffset }) => deadOffset),
];

export const createDeadLetterRepository = ({
  database,
  clock,
}: {
  readonly database: Database;
  readonly clock: Clock;
}) => {
  const select = async (where: string, parameters: readonly unknown[], sql: Sql = database) =>
    (await sql.query<Row>(`SELECT * FROM dead_letters ${where}`, [...parameters])).rows.map(letterFrom);
  const abandoned = () => new Date(clock.now().getTime() - abandonedAfterSeconds * 1000);

  return {
    /** Next offset of the dead-letter topic that nobody has looked at. */
    nextOf: async (topic: string): Promise<number> => {
      const { rows } = await database.query<{ next_offset: string }>(
        'SELECT next_offset FROM known_dead_letters WHERE topic = $1',
        [topic],
      );
      return Number(rows[0]?.next_offset ?? 0);
    },

    /** Adds what was found, each once, and notes how far the topic is known. */
    add: (topic: string, found: readonly FoundDeadLetter[], next: number): Promise<void> =>
      database.transaction(async (tx) => {
        // One at a time: the replays of one that died again are counted from those before it.
        await tx.query('SELECT pg_advisory_xact_lock(hashtext($1))', [`dead-letters/${topic}`]);
        for (const letter of found)
          await tx.query(
            `INSERT INTO dead_letters (topic, dead_offset, consumer, reason, key, identity, event_id, event_type, attempts, first_failure,
               last_failure, error_class, error_message, origin_partition, origin_offset, died_at, replays)
             SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, count(*)
             FROM dead_letters WHERE topic = $1 AND consumer = $3 AND identity = $6 AND dead_offset < $2 AND state IN ('replaying', 'replayed')
             ON CONFLICT DO NOTHING`,
            [
              ...[letter.topic, letter.deadOffset, letter.consumer, letter.reason, letter.key, letter.identity],
              ...[letter.eventId, letter.eventType, letter.attempts, letter.firstFailure, letter.lastFailure],
              ...[letter.errorClass, letter.errorMessage, letter.originPartition, letter.originOffset, letter.diedAt],
            ],
          );
        await tx.query(
          `INSERT INTO known_dead_letters (topic, next_offset) VALUES ($1, $2)
           ON CONFLICT (topic) DO UPDATE SET next_offset = greatest(known_dead_letters.next_offset, excluded.next_offset)`,
          [topic, next],
        );
      }),

    /** Forgets a topic whose log began anew: its offsets name other records now. */
    forget: (topic: string): Promise<void> =>
      database.transaction(async (tx) => {
        await tx.query('DELETE FROM dead_letters WHERE topic = $1', [topic]);
        await tx.query('DELETE FROM known_dead_letters WHERE topic = $1', [topic]);
      }),

    /** Newest first, those behind `after`. */
    list: (
      { topic, consumer, state }: DeadLetterFilter,
      limit: number,
      after: (DeadLetterPlace & { readonly diedAt: Date }) | undefined,
    ) =>
      select(
        `WHERE ($1::text IS NULL OR topic = $1) AND ($2::text IS NULL OR consumer = $2) AND ($3::text IS NULL OR state = $3)
           AND ($4::timestamptz IS NULL OR (died_at, topic, dead_offset) < ($4, $5, $6))
         ORDER BY died_at DESC, topic DESC, dead_offset DESC LIMIT $7`,
        [
          ...[topic ?? null, consumer ?? null, state ?? null],
          ...[after?.diedAt ?? null, after?.topic ?? null, after?.deadOffset ?? null, limit],
        ],
      ),

    find: async ({ topic, deadOffset }: DeadLetterPlace): Promise<KnownDeadLetter | undefined> =>
      (await select('WHERE topic = $1 AND dead_offset = $2', [topic, deadOffset]))[0],

    /** How many of a topic wait for somebody, of one consumer; those that say no consumer may be anybody's. */
    waitingOf: async (topic: string, consumer: string): Promise<number> => {
      const { rows } = await database.query<{ count: string }>(
        `SELECT count(*) FROM dead_letters WHERE topic = $1 AND consumer IN ($2, '') AND state IN ('new', 'reviewed', 'replaying')`,
        [topic, consumer],
      );
      return Number(rows[0]?.count ?? 0);
    },

    /** The other times that the same event died for the same consumer. */
    sameEvent: ({ topic, consumer, identity, deadOffset }: KnownDeadLetter) =>
      select(
        'WHERE topic = $1 AND consumer = $2 AND identity = $3 AND dead_offset <> $4 ORDER BY dead_offset LIMIT 50',
        [...[topic, consumer, identity, deadOffset]],
      ),

    /** Those of these places that there are. */
    at: (letters: readonly DeadLetterPlace[]) =>
      select(
        'WHERE (topic, dead_offset) IN (SELECT * FROM unnest($1::text[], $2::bigint[])) ORDER BY topic, dead_offset',
        places(letters),
      ),

    /** Those of a filter that can go, before `upTo` of their topic, oldest first; how many there are, and how many wait for a person. */
    waiting: async ({ topic, consumer }: DeadLetterFilter, upTo: Readonly<Record<string, number>>, limit: number) => {
      const where = `FROM dead_letters d JOIN unnest($1::text[], $2::bigint[]) AS bound (of_topic, place) ON d.topic = of_topic AND dead_offset < place
        WHERE ($3::text IS NULL OR topic = $3) AND ($4::text IS NULL OR consumer = $4)
          AND (state IN ('new', 'reviewed') OR (state = 'replaying' AND touched_at < $5))`;
      const parameters = [Object.keys(upTo), Object.values(upTo), topic ?? null, consumer ?? null, abandoned()];
      const held = `((state = 'new' AND replays >= $6) OR (reason = 'behind' AND EXISTS (
        SELECT FROM dead_letters e WHERE e.topic = d.topic AND e.consumer = d.consumer AND e.key = d.key
          AND e.dead_offset < d.dead_offset AND e.state = 'new' AND e.replays >= $6)))`;
      const { rows } = await database.query<Row>(
        `SELECT d.* ${where} AND NOT ${held} ORDER BY topic, dead_offset LIMIT $7`,
        [...parameters, replaysBeforeReview, limit],
      );
      const counted = await database.query<{ free: string; held: string }>(
        `SELECT count(*) FILTER (WHERE NOT ${held}) AS free, count(*) FILTER (WHERE ${held}) AS held ${where}`,
        [...parameters, replaysBeforeReview],
      );
      const { free = '0', held: waitingForPerson = '0' } = counted.rows[0] ?? {};
      return { letters: rows.map(letterFrom), free: Number(free), held: Number(waitingForPerson) };
    },

    /** Earlier ones of the same key and consumer that wait. */
    waitingBefore: (letters: readonly KnownDeadLetter[]) =>
      select(
        `WHERE state IN ('new', 'reviewed', 'replaying') AND (topic, consumer, key) IN (SELECT * FROM unnest($1::text[], $2::text[], $3::text[]))
         ORDER BY topic, dead_offset`,
        [letters.map(({ topic }) => topic), letters.map(({ consumer }) => consumer), letters.map(({ key }) => key)],
      ),

    /** Takes those that nobody else has taken meanwhile; returns them. */
    claim: async (letters: readonly DeadLetterPlace[], by: { readonly actor: string; readonly actId: string }) => {
      const { rows } = await database.query<Row>(
        `UPDATE dead_letters SET state = 'replaying', touched_at = $3, touched_by = $4, act_id = $5
         WHERE (topic, dead_offset) IN (SELECT * FROM unnest($1::text[], $2::bigint[]))
           AND (state IN ('new', 'reviewed') OR (state = 'replaying' AND touched_at < $6)) RETURNING *`,
        [...places(letters), clock.now(), by.actor, by.actId, abandoned()],
      );
      return rows.map(letterFrom).toSorted((a, b) => a.topic.localeCompare(b.topic) || a.deadOffset - b.deadOffset);
    },

    /** What became of those that were taken. */
    settle: async (letters: readonly DeadLetterPlace[], state: 'replayed' | 'gone'): Promise<void> => {
      await database.query(
        `UPDATE dead_letters SET state = $3, touched_at = $4 WHERE state = 'replaying' AND (topic, dead_offset) IN (SELECT * FROM unnest($1::text[], $2::bigint[]))`,
        [...places(letters), state, clock.now()],
      );
    },

    /** Notes a decision about one that waits for it; undefined when somebody decided before. */
    decide: async (
      { topic, deadOffset }: DeadLetterPlace,
      state: 'reviewed' | 'discarded',
      by: { readonly actor: string; readonly actId: string },
    ): Promise<KnownDeadLetter | undefined> => {
      const { rows } = await database.query<Row>(
        `UPDATE dead_letters SET state = $3, touched_at = $4, touched_by = $5, act_id = $6
         WHERE topic = $1 AND dead_offset = $2 AND state IN ('new', 'reviewed') RETURNING *`,
        [topic, deadOffset, state, clock.now(), by.actor, by.actId],
      );
      return rows[0] && letterFrom(rows[0]);
    },
  };
};

export type DeadLetterRepository = ReturnType<typeof createDeadLetterRepository>;
