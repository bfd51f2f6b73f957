/** The audit trail, in PostgreSQL. */
import type { Act } from '../../contracts/http/operations/acts-api.ts';
import type { Sql } from '../../kit/storage/database.ts';
import type { Clock } from '../../kit/values/clock.ts';

type Row = {
  id: string;
  actor: string;
  act: string;
  subject: Act['subject'];
  reason: string;
  begun_at: Date;
  ended_at: Date | null;
  outcome: Act['outcome'];
  detail: Act['detail'];
};

export type BegunAct = Pick<Act, 'id' | 'actor' | 'act' | 'subject' | 'reason'>;

const actFrom = ({ begun_at, ended_at, ...row }: Row): Act => ({
  ...row,
  begunAt: begun_at.toISOString(),
  endedAt: ended_at?.toISOString() ?? null,
});

export const createActRepository = ({ sql, clock }: { readonly sql: Sql; readonly clock: Clock }) => ({
  begin: async ({ id, actor, act, subject, reason }: BegunAct): Promise<void> => {
    await sql.query('INSERT INTO acts (id, actor, act, subject, reason, begun_at) VALUES ($1, $2, $3, $4, $5, $6)', [
      ...[id, actor, act, JSON.stringify(subject), reason, clock.now()],
    ]);
  },

  end: async (id: string, outcome: NonNullable<Act['outcome']>, detail: Act['detail']): Promise<void> => {
    await sql.query('UPDATE acts SET ended_at = $2, outcome = $3, detail = $4 WHERE id = $1', [
      ...[id, clock.now(), outcome, JSON.stringify(detail)],
    ]);
  },

  /** Those that began in this time, oldest first; of a long one the first thousand. */
  between: async (from: Date, to: Date): Promise<Act[]> => {
    const { rows } = await sql.query<Row>(
      'SELECT * FROM acts WHERE begun_at BETWEEN $1 AND $2 ORDER BY begun_at LIMIT 1000',
      [from, to],
    );
    return rows.map(actFrom);
  },

  /** Newest first, older than `before`. */
  list: async (limit: number, before: string | undefined): Promise<Act[]> => {
    const { rows } = await sql.query<Row>(
      'SELECT * FROM acts WHERE $1::text IS NULL OR id < $1 ORDER BY id DESC LIMIT $2',
      [before ?? null, limit],
    );
    return rows.map(actFrom);
  },
});

export type ActRepository = ReturnType<typeof createActRepository>;
