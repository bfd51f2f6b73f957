import type pg from 'pg';

const TOPIC = 'order-events';

/** An event that its consumer could not handle at first, which staff replayed: its topic has it a second time. */
export const fillDeadLetters = async (operations: pg.Client, events: pg.Client, at: string) => {
  await events.query(`INSERT INTO event_log.topics VALUES ('${TOPIC}.dead', 14)`);
  await events.query(`INSERT INTO event_log.partitions (topic, partition) VALUES ('${TOPIC}.dead', 0)`);
  const { rows } = await events.query<{ origin: string; key: string; value: string; headers: object }>(
    `SELECT "offset" AS origin, key, value, headers FROM event_log.records WHERE headers ->> 'id' = 'evt_open_2'`,
  );
  const { origin, key, value, headers } = rows[0] ?? {};
  for (const topic of [`${TOPIC}.dead`, TOPIC])
    await events.query('SELECT event_log.append($1, ARRAY[$2], ARRAY[$3], ARRAY[$4::jsonb])', [
      ...[topic, key, value, JSON.stringify(headers)],
    ]);
  await operations.query(
    `INSERT INTO dead_letters (topic, dead_offset, consumer, reason, key, identity, event_id, attempts, error_class, error_message, origin_offset,
       died_at, state, touched_at)
     VALUES ($1, 0, 'order', 'failed', $2, 'evt_open_2', 'evt_open_2', 5, 'TypeError', 'not yet', $3, $4, 'replayed', $4)`,
    [TOPIC, key, origin, at],
  );
};
