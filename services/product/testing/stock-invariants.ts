import type { Sql } from '../../kit/storage/database.ts';

/** Products whose stock breaks an invariant, as one query says it; empty when all is well. */
export const brokenStock = async (sql: Sql) =>
  (
    await sql.query(`
      SELECT stock.*, moved, held, taken FROM stock
      CROSS JOIN LATERAL (SELECT coalesce(sum(change), 0) AS moved FROM stock_movements WHERE product_id = stock.product_id) AS ledger
      CROSS JOIN LATERAL (
        SELECT coalesce(sum(quantity) FILTER (WHERE status = 'reserved'), 0) AS held,
          coalesce(sum(quantity) FILTER (WHERE status = 'committed'), 0) AS taken
        FROM reservation_lines WHERE product_id = stock.product_id) AS lines
      WHERE free < 0 OR moved <> free + reserved + sold OR held <> reserved OR taken <> sold`)
  ).rows;

/** Aggregates whose events do not count 1, 2, 3 ...; empty when all is well. */
export const brokenSequences = async (sql: Sql) =>
  (
    await sql.query(`
      SELECT aggregateid, sequence, place
      FROM (SELECT *, row_number() OVER (PARTITION BY aggregateid ORDER BY position) AS place FROM outbox) AS told
      WHERE sequence <> place`)
  ).rows;
