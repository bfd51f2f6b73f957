import type { Sql } from '../storage/database.ts';

/** The records of a key that wait in the dead-letter topic, first to last; nothing of the key may overtake them. */
export const parkedOf = async (tx: Sql, consumer: string, topic: string, key: string): Promise<string[]> => {
  const { rows } = await tx.query<{ event_id: string }>(
    'SELECT event_id FROM parked_events WHERE consumer = $1 AND topic = $2 AND key = $3 ORDER BY position',
    [consumer, topic, key],
    { name: 'parked-of' },
  );
  return rows.map(({ event_id }) => event_id);
};

/** Whether any of the keys has something parked. */
export const hasParked = async (tx: Sql, consumer: string, keys: readonly string[]): Promise<boolean> => {
  const { rowCount } = await tx.query(
    'SELECT FROM parked_events WHERE consumer = $1 AND key = ANY ($2::text[]) LIMIT 1',
    [consumer, keys],
    { name: 'has-parked' },
  );
  return rowCount > 0;
};

export type Parked = {
  readonly consumer: string;
  readonly topic: string;
  readonly key: string;
  readonly eventId: string;
  readonly reason: string;
};

/** Puts an event behind what is parked of its key; one that is parked keeps its place. */
export const park = async (sql: Sql, { consumer, topic, key, eventId, reason }: Parked): Promise<void> => {
  await sql.query(
    `INSERT INTO parked_events (consumer, topic, key, event_id, reason) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING`,
    [consumer, topic, key, eventId, reason],
  );
};

export const unpark = async (tx: Sql, { consumer, topic, key, eventId }: Omit<Parked, 'reason'>): Promise<void> => {
  await tx.query('DELETE FROM parked_events WHERE consumer = $1 AND topic = $2 AND key = $3 AND event_id = $4', [
    consumer,
    topic,
    key,
    eventId,
  ]);
};
