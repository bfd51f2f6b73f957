/** How a warehouse is: what is there, how fresh it is, and what is missing, waits or was given up. */
import type { GivenUpChange } from '../../services/kit/functions/mapping-table.ts';
import type { Row, Warehouse } from '../../services/kit/warehouse/warehouse.ts';
import { type Spread, spreadOf } from '../replay/spread.ts';

/** Rows whose age at their loading is looked at. */
const RECENT = 1_000;
const SHOWN = 20;

export type WarehouseStatus = {
  readonly rows: number;
  /** ISO 8601; null: there is none. */
  readonly lastEventAt: string | null;
  readonly lastLoadedAt: string | null;
  /** Milliseconds from event to row, of the last thousand rows. */
  readonly freshnessMs: Spread;
  /** Events of the ledger that are no rows. */
  readonly behind: number;
  /** Orders of which events are missing, the first twenty. */
  readonly gaps: readonly Row[];
  /** Records that wait for a person or a later release, the first twenty. */
  readonly waiting: readonly Row[];
  /** Changes that were given up, with their place and cause, the first twenty. */
  readonly failed: readonly Pick<GivenUpChange, 'shardId' | 'sequence' | 'attempts' | 'reason' | 'at'>[];
};

const textOrNull = (value: unknown) => (typeof value === 'string' ? value : null);

/**
 * Asks a warehouse how it is.
 * @param entries events that the ledger has
 */
export const warehouseStatus = async (
  warehouse: Warehouse,
  entries: number,
  givenUp: readonly GivenUpChange[],
): Promise<WarehouseStatus> => {
  const [there] = await warehouse.query('SELECT * FROM freshness');
  const recent = await warehouse.query(
    `SELECT occurred_at, loaded_at FROM order_events ORDER BY loaded_at DESC LIMIT ${RECENT}`,
  );
  const ages = recent.map((row) => Date.parse(String(row['loaded_at'])) - Date.parse(String(row['occurred_at'])));
  const rows = Number(there?.['loaded_rows'] ?? 0);
  const waiting = await warehouse.query('SELECT * FROM waiting');
  const newer = waiting.filter(({ reason }) => reason === 'newer').length;
  return {
    rows,
    lastEventAt: textOrNull(there?.['last_event_at']),
    lastLoadedAt: textOrNull(there?.['last_loaded_at']),
    freshnessMs: spreadOf(ages),
    behind: Math.max(0, entries - rows - newer),
    gaps: await warehouse.query(`SELECT * FROM gaps LIMIT ${SHOWN}`),
    waiting: waiting.slice(0, SHOWN),
    failed: givenUp.slice(0, SHOWN).map(({ record: _record, ...change }) => change),
  };
};

/** Whether a person must look. Being behind alone is none of these: the export may be at it. */
export const needsAttention = ({ gaps, waiting, failed }: WarehouseStatus): boolean =>
  gaps.length + waiting.length + failed.length > 0;
