/** Incidents with their notes, in PostgreSQL. */
import type { IncidentNote, Severity } from '../../contracts/http/operations/incidents-api.ts';
import type { Database, Sql } from '../../kit/storage/database.ts';
import type { Clock } from '../../kit/values/clock.ts';

export type KnownIncident = {
  readonly id: string;
  readonly severity: Severity;
  /** How often the severity was judged, from 1. */
  readonly judgement: number;
  readonly title: string;
  readonly openedBy: string;
  readonly openedAt: Date;
  readonly acknowledgedBy: string | null;
  readonly acknowledgedAt: Date | null;
  readonly closedBy: string | null;
  readonly closedAt: Date | null;
};

type NewNote = Pick<IncidentNote, 'author' | 'kind' | 'text'>;

const columns = `id, severity, judgement, title, opened_by AS "openedBy", opened_at AS "openedAt", acknowledged_by AS "acknowledgedBy",
  acknowledged_at AS "acknowledgedAt", closed_by AS "closedBy", closed_at AS "closedAt"`;

export type IncidentChange = {
  readonly author: string;
  readonly acknowledge?: boolean;
  readonly severity?: Severity | undefined;
  readonly close?: boolean;
  readonly notes: readonly NewNote[];
  /** Done in the same transaction. */
  readonly also?: ((tx: Sql, changed: KnownIncident) => Promise<void>) | undefined;
};

export const createIncidentRepository = ({
  database,
  clock,
}: {
  readonly database: Database;
  readonly clock: Clock;
}) => {
  /** Whoever writes to an incident has its row, so that notes are counted one after the other. */
  const lock = async (tx: Sql, id: string): Promise<KnownIncident | undefined> =>
    (await tx.query<KnownIncident>(`SELECT ${columns} FROM incidents WHERE id = $1 FOR UPDATE`, [id])).rows[0];

  const addNotes = async (tx: Sql, id: string, notes: readonly NewNote[]) => {
    for (const { author, kind, text } of notes)
      await tx.query(
        `INSERT INTO incident_notes (incident_id, number, at, author, kind, text)
         SELECT $1, coalesce(max(number), 0) + 1, $2, $3, $4, $5 FROM incident_notes WHERE incident_id = $1`,
        [id, clock.now(), author, kind, text],
      );
  };
  return {
    /** `also` is done in the same transaction. */
    open: (
      incident: Pick<KnownIncident, 'id' | 'severity' | 'title' | 'openedBy'>,
      notes: readonly NewNote[],
      also: (tx: Sql, opened: KnownIncident) => Promise<void>,
    ): Promise<void> =>
      database.transaction(async (tx) => {
        const { id, severity, title, openedBy } = incident;
        const { rows } = await tx.query<KnownIncident>(
          `INSERT INTO incidents (id, severity, title, opened_by, opened_at) VALUES ($1, $2, $3, $4, $5) RETURNING ${columns}`,
          [...[id, severity, title, openedBy, clock.now()]],
        );
        await addNotes(tx, id, notes);
        for (const opened of rows) await also(tx, opened);
      }),

    find: async (id: string): Promise<KnownIncident | undefined> =>
      (await database.query<KnownIncident>(`SELECT ${columns} FROM incidents WHERE id = $1`, [id])).rows[0],

    /** Newest first, older than `before`. */
    list: async (state: 'open' | 'closed' | undefined, limit: number, before: string | undefined) =>
      (
        await database.query<KnownIncident>(
          `SELECT ${columns} FROM incidents WHERE ($1::text IS NULL OR id < $1) AND ($2::text IS NULL OR (closed_at IS NULL) = ($2 = 'open'))
           ORDER BY id DESC LIMIT $3`,
          [before ?? null, state ?? null, limit],
        )
      ).rows,

    notesOf: async (id: string): Promise<(NewNote & { readonly at: Date })[]> =>
      (
        await database.query<NewNote & { at: Date }>(
          'SELECT at, author, kind, text FROM incident_notes WHERE incident_id = $1 ORDER BY number',
          [id],
        )
      ).rows,

    /** Adds a note, also to one that is closed; `also` is done in the same transaction. */
    note: (id: string, note: NewNote, also?: (tx: Sql) => Promise<void>): Promise<void> =>
      database.transaction(async (tx) => {
        if (!(await lock(tx, id))) return;
        await addNotes(tx, id, [note]);
        await also?.(tx);
      }),

    /**
     * Changes one that is open as `decide` says of what it is by then; false: it is closed, and nothing changed. The first to answer stays
     * the one who did.
     */
    change: (id: string, decide: (incident: KnownIncident) => IncidentChange): Promise<boolean> =>
      database.transaction(async (tx) => {
        const incident = await lock(tx, id);
        if (!incident || incident.closedAt) return false;
        const { author, acknowledge, severity, close, notes, also } = decide(incident);
        const { rows } = await tx.query<KnownIncident>(
          `UPDATE incidents SET severity = coalesce($2, severity),
             judgement = judgement + CASE WHEN $2 <> severity THEN 1 ELSE 0 END,
             acknowledged_by = CASE WHEN $3 THEN coalesce(acknowledged_by, $4) ELSE acknowledged_by END,
             acknowledged_at = CASE WHEN $3 THEN coalesce(acknowledged_at, $5) ELSE acknowledged_at END,
             closed_by = CASE WHEN $6 THEN $4 ELSE closed_by END, closed_at = CASE WHEN $6 THEN $5 ELSE closed_at END
           WHERE id = $1 RETURNING ${columns}`,
          [id, severity ?? null, acknowledge ?? false, author, clock.now(), close ?? false],
        );
        await addNotes(tx, id, notes);
        for (const changed of rows) await also?.(tx, changed);
        return true;
      }),
  };
};

export type IncidentRepository = ReturnType<typeof createIncidentRepository>;
