/** What the stock has of orders, to be compared with what others have of them. Reads only. */
import type { Database, Sql } from '../../kit/storage/database.ts';
import type { ReservationStatus, StockLine } from '../domain/reservation.ts';

export type BookedReservation = {
  readonly orderId: string;
  readonly status: ReservationStatus;
  readonly lines: readonly StockLine[];
};

/** Units of a product by its stock, its movements and its reservations, where they do not agree. */
export type StockDrift = {
  readonly productId: string;
  readonly free: number;
  readonly reserved: number;
  readonly sold: number;
  readonly moved: number;
  readonly reservationsHold: number;
  readonly reservationsSold: number;
};

type Row = { order_id: string; status: ReservationStatus; product_ids: string[]; quantities: number[] };
type DriftRow = Record<'free' | 'reserved' | 'sold' | 'moved' | 'held' | 'taken', string> & { product_id: string };

const reservationOf = ({ order_id, status, product_ids, quantities }: Row): BookedReservation => ({
  orderId: order_id,
  status,
  lines: product_ids.map((productId, at) => ({ productId, quantity: quantities[at] ?? 0 })),
});

const columns = 'order_id, status, product_ids, quantities';

// One statement sees one moment, so that stock which moves meanwhile cannot look torn.
const adrift = `
  SELECT s.product_id, s.free, s.reserved, s.sold, coalesce(m.moved, 0) AS moved, coalesce(l.held, 0) AS held, coalesce(l.taken, 0) AS taken
    FROM stock s
    LEFT JOIN (SELECT product_id, sum(change) AS moved FROM stock_movements GROUP BY product_id) m USING (product_id)
    LEFT JOIN (SELECT product_id, sum(quantity) FILTER (WHERE status = 'reserved') AS held, sum(quantity) FILTER (WHERE status = 'committed') AS taken
                 FROM reservation_lines WHERE status IN ('reserved', 'committed') GROUP BY product_id) l USING (product_id)
   WHERE s.free < 0 OR s.reserved < 0 OR s.sold < 0 OR coalesce(m.moved, 0) <> s.free + s.reserved + s.sold
      OR coalesce(l.held, 0) <> s.reserved OR coalesce(l.taken, 0) <> s.sold
   ORDER BY s.product_id LIMIT $1`;

/** Drifts that are told at once; whoever has more has another trouble. */
const mostDrifts = 1_000;

/**
 * Milliseconds for reading every reservation there is, at two million a second: more than other statements may take. On a shop with
 * more than a hundred million of them this needs sums that are kept.
 */
const readAllMs = 60_000;

export const createStockBooks = (database: Database) => ({
  /** What became of orders, those that the stock has heard of. */
  ofOrders: async (orderIds: readonly string[]): Promise<BookedReservation[]> => {
    const { rows } = await database.query<Row>(
      `SELECT ${columns} FROM reservations WHERE order_id = ANY ($1)`,
      [[...orderIds]],
      { name: 'reservations-of-orders' },
    );
    return rows.map(reservationOf);
  },

  /** At most `limit` reservations that hold or sold units, of orders between two ids, both left out, by these ids. */
  page: async (range: { after: string; before: string; limit: number }): Promise<BookedReservation[]> => {
    const { rows } = await database.query<Row>(
      `SELECT ${columns} FROM reservations WHERE order_id > $1 AND order_id < $2 AND status IN ('reserved', 'committed') ORDER BY order_id LIMIT $3`,
      [range.after, range.before, range.limit],
      { name: 'page-of-reservations' },
    );
    return rows.map(reservationOf);
  },

  /** Products whose stock does not add up, and how many there are in all. */
  drifts: (): Promise<{ compared: number; drifts: StockDrift[] }> =>
    database.transaction(async (sql: Sql) => {
      await sql.query(`SET LOCAL statement_timeout = ${readAllMs}`);
      const { rows: counted } = await sql.query<{ count: string }>('SELECT count(*) FROM stock');
      const { rows } = await sql.query<DriftRow>(adrift, [mostDrifts], { timeoutMs: readAllMs });
      const drifts = rows.map(({ product_id: productId, held, taken, ...units }) => ({
        productId,
        free: Number(units.free),
        reserved: Number(units.reserved),
        sold: Number(units.sold),
        moved: Number(units.moved),
        reservationsHold: Number(held),
        reservationsSold: Number(taken),
      }));
      return { compared: Number(counted[0]?.count ?? 0), drifts };
    }),
});

export type StockBooks = ReturnType<typeof createStockBooks>;
