/** Maintenance windows, in PostgreSQL. */
import type { Database, Sql } from '../../kit/storage/database.ts';
import type { Clock } from '../../kit/values/clock.ts';

export type KnownWindow = {
  readonly id: string;
  readonly title: string;
  readonly services: string[];
  readonly openedBy: string;
  readonly openedAt: Date;
  readonly beginsAt: Date;
  readonly endsAt: Date;
  readonly closedBy: string | null;
  readonly closedAt: Date | null;
};

const columns = `id, title, services, opened_by AS "openedBy", opened_at AS "openedAt", begins_at AS "beginsAt", ends_at AS "endsAt",
  closed_by AS "closedBy", closed_at AS "closedAt"`;

export const createWindowRepository = ({
  database,
  clock,
}: {
  readonly database: Database;
  readonly clock: Clock;
}) => ({
  /** `also` is done in the same transaction. */
  open: (
    window: Pick<KnownWindow, 'id' | 'title' | 'services' | 'openedBy' | 'beginsAt' | 'endsAt'>,
    also: (tx: Sql) => Promise<void>,
  ): Promise<void> =>
    database.transaction(async (tx) => {
      const { id, title, services, openedBy, beginsAt, endsAt } = window;
      await tx.query(
        'INSERT INTO maintenance_windows (id, title, services, opened_by, opened_at, begins_at, ends_at) VALUES ($1, $2, $3, $4, $5, $6, $7)',
        [id, title, services, openedBy, clock.now(), beginsAt, endsAt],
      );
      await also(tx);
    }),

  find: async (id: string): Promise<KnownWindow | undefined> =>
    (await database.query<KnownWindow>(`SELECT ${columns} FROM maintenance_windows WHERE id = $1`, [id])).rows[0],

  /** Newest first, older than `before`. */
  list: async (limit: number, before: string | undefined): Promise<KnownWindow[]> =>
    (
      await database.query<KnownWindow>(
        `SELECT ${columns} FROM maintenance_windows WHERE $1::text IS NULL OR id < $1 ORDER BY id DESC LIMIT $2`,
        [before ?? null, limit],
      )
    ).rows,

  /** Those that have begun and are not over. */
  openNow: async (): Promise<KnownWindow[]> =>
    (
      await database.query<KnownWindow>(
        `SELECT ${columns} FROM maintenance_windows WHERE closed_at IS NULL AND begins_at <= $1 AND ends_at > $1`,
        [clock.now()],
      )
    ).rows,

  /** Ends one that is not over, with `also` in the same transaction; false: it is over. */
  close: (id: string, closedBy: string, also: (tx: Sql) => Promise<void>): Promise<boolean> =>
    database.transaction(async (tx) => {
      const { rowCount } = await tx.query(
        'UPDATE maintenance_windows SET closed_by = $2, closed_at = $3 WHERE id = $1 AND closed_at IS NULL AND ends_at > $3',
        [id, closedBy, clock.now()],
      );
      if (rowCount === 0) return false;
      await also(tx);
      return true;
    }),
});

export type WindowRepository = ReturnType<typeof createWindowRepository>;
