/** The last check of the laws, and whether one is under way, in PostgreSQL. */
import type { LawsAnswer, LawVerdict } from '../../contracts/http/operations/laws-doors.ts';
import type { Sql } from '../../kit/storage/database.ts';
import type { Clock } from '../../kit/values/clock.ts';

/** Seconds after which a check counts as ended by its process; longer than one may take. */
const deadAfterSeconds = 60;

export type LastCheck = Omit<LawsAnswer, 'elsewhere'>;

type Row = { checked_at: Date | null; checked_by: string | null; is_under_way: boolean; laws: LawVerdict[] };

export const createLawCheckRepository = ({ sql, clock }: { readonly sql: Sql; readonly clock: Clock }) => {
  const alive = () => new Date(clock.now().getTime() - deadAfterSeconds * 1000);
  return {
    last: async (): Promise<LastCheck> => {
      const { rows } = await sql.query<Row>(
        'SELECT checked_at, checked_by, laws, coalesce(begun_at > $1, false) AS is_under_way FROM law_check',
        [alive()],
      );
      const [row] = rows;
      return {
        checkedAt: row?.checked_at?.toISOString() ?? null,
        checkedBy: row?.checked_by ?? null,
        isUnderWay: row?.is_under_way ?? false,
        laws: row?.laws ?? [],
      };
    },

    /** Whether it is this one's turn: false while another is under way. */
    begin: async (actId: string): Promise<boolean> => {
      const { rowCount } = await sql.query(
        `INSERT INTO law_check (act_id, begun_at) VALUES ($1, $2)
         ON CONFLICT (is_only) DO UPDATE SET act_id = $1, begun_at = $2 WHERE law_check.begun_at IS NULL OR law_check.begun_at <= $3`,
        [actId, clock.now(), alive()],
      );
      return rowCount === 1;
    },

    end: async (actId: string, checkedBy: string, laws: readonly LawVerdict[]): Promise<void> => {
      await sql.query(
        'UPDATE law_check SET act_id = NULL, begun_at = NULL, checked_at = $2, checked_by = $3, laws = $4 WHERE act_id = $1',
        [actId, clock.now(), checkedBy, JSON.stringify(laws)],
      );
    },

    /** Lets others begin after one that came to nothing; the last that ended stays. */
    giveUp: async (actId: string): Promise<void> => {
      await sql.query('UPDATE law_check SET act_id = NULL, begun_at = NULL WHERE act_id = $1', [actId]);
    },
  };
};

export type LawCheckRepository = ReturnType<typeof createLawCheckRepository>;
