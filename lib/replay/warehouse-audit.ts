/** Whether the warehouse has the payments of a replay: each once, to the cent, and how soon. */
import type { Row, Warehouse } from '../../services/kit/warehouse/warehouse.ts';
import { pauseUnless } from '../shop/patiently.ts';
import { type Spread, spreadOf } from './spread.ts';

export type WarehouseAudit = {
  /** Paid orders. */
  readonly expected: number;
  /** Paid orders without the row of their payment. */
  readonly missing: readonly string[];
  /** Cents that those rows took in. */
  readonly captured: number;
  /** Milliseconds from the payment's event to its row. */
  readonly eventToRowMs: Spread;
  /** Of that, from the event to its entry in the ledger: outbox, log and function. */
  readonly eventToLedgerMs: Spread;
  /** And from the entry to the row: stream of the table and function. */
  readonly ledgerToRowMs: Spread;
};

export type WarehouseWait = {
  /** Until the rows that are missing are given up. */
  readonly withinMs: number;
  readonly signal: AbortSignal;
};

const LOOK_EVERY_MS = 500;
const ORDERS_A_QUERY = 500;

const paymentsOf = async (warehouse: Pick<Warehouse, 'query'>, orderIds: readonly string[]): Promise<Row[]> => {
  const rows: Row[] = [];
  for (let start = 0; start < orderIds.length; start += ORDERS_A_QUERY) {
    const some = orderIds.slice(start, start + ORDERS_A_QUERY).map((id) => `'${id}'`);
    rows.push(
      ...(await warehouse.query(
        `SELECT order_id, captured_amount, occurred_at, recorded_at, loaded_at FROM order_events WHERE type = 'order.paid.v1' AND order_id IN (${some.join(', ')})`,
      )),
    );
  }
  return rows;
};

const spreadBetween = (rows: readonly Row[], from: string, to: string): Spread =>
  spreadOf(rows.map((row) => Date.parse(String(row[to])) - Date.parse(String(row[from]))));

/** Waits for the rows of these paid orders. @param paid ids as the shop made them */
export const auditWarehouse = async (
  warehouse: Pick<Warehouse, 'query'>,
  paid: readonly string[],
  { withinMs, signal }: WarehouseWait,
): Promise<WarehouseAudit> => {
  const found = new Map<string, Row>();
  for (const until = performance.now() + withinMs; ; ) {
    const missing = paid.filter((id) => !found.has(id));
    // A warehouse that a kill took away is back soon.
    const rows = await paymentsOf(warehouse, missing).catch(() => []);
    for (const row of rows) found.set(String(row['order_id']), row);
    if (found.size === paid.length || performance.now() > until) break;
    await pauseUnless(signal, LOOK_EVERY_MS);
  }
  const payments = [...found.values()];
  return {
    expected: paid.length,
    missing: paid.filter((id) => !found.has(id)),
    captured: payments.reduce((sum, row) => sum + Number(row['captured_amount']), 0),
    eventToRowMs: spreadBetween(payments, 'occurred_at', 'loaded_at'),
    eventToLedgerMs: spreadBetween(payments, 'occurred_at', 'recorded_at'),
    ledgerToRowMs: spreadBetween(payments, 'recorded_at', 'loaded_at'),
  };
};
