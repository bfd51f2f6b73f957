/** Reconciliations and what they found, in PostgreSQL. */
import type { DriftKind, DriftRepair } from '../../contracts/http/drifts.ts';
import type { Drift, Reconciliation } from '../../contracts/http/reconciliation-api.ts';
import type { Sql } from '../../kit/storage/database.ts';
import type { Clock } from '../../kit/values/clock.ts';

/** What is compared, in this order: what our books learn from the provider, orders are compared with. */
export const phases = ['provider', 'orders', 'payments', 'reservations', 'stock'] as const;
export type Phase = (typeof phases)[number];

/** A reconciliation as whoever works on it needs it. */
export type Run = {
  readonly id: string;
  readonly askedBy: string;
  readonly repair: boolean;
  readonly since: Date;
  readonly startedAt: Date;
  readonly isDone: boolean;
  readonly phase: Phase;
  /** What was compared last in this phase; null before the first page. */
  readonly after: string | null;
};

/** What a page was about, to be added to what the pages before were. */
export type Compared = Partial<Record<'orders' | 'payments' | 'reservations' | 'products' | 'underWay', number>>;

export type FoundDrift = {
  readonly kind: DriftKind;
  readonly orderId?: string | null;
  readonly paymentId?: string | null;
  readonly productId?: string | null;
  readonly detail: string;
  readonly repair: DriftRepair | null;
  readonly outcome: Drift['outcome'];
};

type Counts = 'orders' | 'payments' | 'reservations' | 'products' | 'under_way' | 'drifts' | 'repaired';
type Row = Record<Counts, string> & {
  id: string;
  asked_by: string;
  repair: boolean;
  since: Date;
  is_done: boolean;
  phase: Phase;
  after: string | null;
  started_at: Date;
  touched_at: Date;
};
type DriftRow = {
  number: number;
  kind: string;
  order_id: string | null;
  payment_id: string | null;
  product_id: string | null;
  detail: string;
  repair: string | null;
  outcome: Drift['outcome'];
  at: Date;
};

/** Seconds without a sign of life after which nobody works on a reconciliation any more; a page takes less, and a day with the provider 600. */
const givenUpAfterSeconds = 900;
/** Days for which those of the schedule are kept; what people asked for stays, as the record of what they did. */
const keepScheduledDays = 35;

const driftFrom = (row: DriftRow): Drift => ({
  number: row.number,
  kind: row.kind,
  orderId: row.order_id,
  paymentId: row.payment_id,
  productId: row.product_id,
  detail: row.detail,
  repair: row.repair,
  outcome: row.outcome,
  at: row.at.toISOString(),
});

const counted = `
  SELECT r.*, d.drifts, d.repaired FROM reconciliations r,
    LATERAL (SELECT count(*) AS drifts, count(*) FILTER (WHERE outcome = 'repaired') AS repaired FROM drifts WHERE reconciliation_id = r.id) d`;

export type ReconciliationRepositoryParts = { readonly sql: Sql; readonly clock: Clock };

export const createReconciliationRepository = ({ sql, clock }: ReconciliationRepositoryParts) => {
  const statusOf = ({ is_done, touched_at }: Row): Reconciliation['status'] => {
    if (is_done) return 'done';
    return clock.now().getTime() - touched_at.getTime() > givenUpAfterSeconds * 1000 ? 'failed' : 'running';
  };
  const reconciliationFrom = (row: Row): Reconciliation => ({
    id: row.id,
    askedBy: row.asked_by,
    repair: row.repair,
    since: row.since.toISOString(),
    status: statusOf(row),
    compared: {
      orders: Number(row.orders),
      payments: Number(row.payments),
      reservations: Number(row.reservations),
      products: Number(row.products),
    },
    underWay: Number(row.under_way),
    drifts: Number(row.drifts),
    repaired: Number(row.repaired),
    startedAt: row.started_at.toISOString(),
    finishedAt: row.is_done ? row.touched_at.toISOString() : null,
  });

  return {
    begin: async ({ id, askedBy, repair, since }: Pick<Run, 'id' | 'askedBy' | 'repair' | 'since'>): Promise<void> => {
      await sql.query(
        `INSERT INTO reconciliations (id, asked_by, repair, since, phase, started_at, touched_at) VALUES ($1, $2, $3, $4, $5, $6, $6)`,
        [id, askedBy, repair, since, phases[0], clock.now()],
      );
    },

    /** How many are being worked on. */
    running: async (): Promise<number> => {
      const { rows } = await sql.query<{ count: string }>(
        'SELECT count(*) FROM reconciliations WHERE NOT is_done AND touched_at > $1::timestamptz - make_interval(secs => $2)',
        [clock.now(), givenUpAfterSeconds],
      );
      return Number(rows[0]?.count ?? 0);
    },

    /** As whoever asked for it sees it. */
    find: async (id: string): Promise<Reconciliation | null> => {
      const { rows } = await sql.query<Row>(`${counted} WHERE r.id = $1`, [id]);
      return rows[0] ? reconciliationFrom(rows[0]) : null;
    },

    /** Newest first, older than `before`. */
    list: async (limit: number, before: string | undefined): Promise<Reconciliation[]> => {
      const { rows } = await sql.query<Row>(
        `${counted} WHERE $1::text IS NULL OR r.id < $1 ORDER BY r.id DESC LIMIT $2`,
        [before ?? null, limit],
      );
      return rows.map(reconciliationFrom);
    },

    /** As whoever works on it needs it. */
    run: async (id: string): Promise<Run | null> => {
      const { rows } = await sql.query<Row>('SELECT * FROM reconciliations WHERE id = $1', [id]);
      const [row] = rows;
      if (!row) return null;
      const { repair, since, phase, after } = row;
      return { id, askedBy: row.asked_by, repair, since, startedAt: row.started_at, isDone: row.is_done, phase, after };
    },

    /** Notes what was compared, and where to go on; null: nowhere. */
    advance: async (id: string, compared: Compared, next: Pick<Run, 'phase' | 'after'> | null): Promise<void> => {
      await sql.query(
        `UPDATE reconciliations SET orders = orders + $2, payments = payments + $3, reservations = reservations + $4, products = products + $5,
           under_way = under_way + $6, is_done = $7, phase = coalesce($8, phase), after = $9, touched_at = $10 WHERE id = $1`,
        [
          ...[id, compared.orders ?? 0, compared.payments ?? 0, compared.reservations ?? 0, compared.products ?? 0],
          ...[compared.underWay ?? 0, next === null, next?.phase ?? null, next?.after ?? null, clock.now()],
        ],
      );
    },

    /** Adds a drift; false when the reconciliation has it already. */
    record: async (id: string, { kind, detail, repair, outcome, ...about }: FoundDrift): Promise<boolean> => {
      const { rowCount } = await sql.query(
        `INSERT INTO drifts (reconciliation_id, number, kind, order_id, payment_id, product_id, detail, repair, outcome, at)
         SELECT $1, coalesce(max(number), 0) + 1, $2, $3, $4, $5, $6, $7, $8, $9 FROM drifts WHERE reconciliation_id = $1
         ON CONFLICT DO NOTHING`,
        [
          ...[id, kind, about.orderId ?? null, about.paymentId ?? null, about.productId ?? null],
          ...[detail, repair, outcome, clock.now()],
        ],
      );
      return rowCount > 0;
    },

    /** By their numbers, above `after`. */
    drifts: async (id: string, limit: number, after: number): Promise<Drift[]> => {
      const { rows } = await sql.query<DriftRow>(
        'SELECT * FROM drifts WHERE reconciliation_id = $1 AND number > $2 ORDER BY number LIMIT $3',
        [id, after, limit],
      );
      return rows.map(driftFrom);
    },

    /** Removes old ones of the schedule. */
    forget: async (): Promise<void> => {
      await sql.query(
        `DELETE FROM reconciliations WHERE asked_by = 'schedule' AND started_at < $1::timestamptz - make_interval(days => $2)`,
        [clock.now(), keepScheduledDays],
      );
    },
  };
};

export type ReconciliationRepository = ReturnType<typeof createReconciliationRepository>;
