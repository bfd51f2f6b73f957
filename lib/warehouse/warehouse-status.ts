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
  /** Events of the ledger that are no rows; null: the ledger was not counted. */
  readonly behind: number | null;
  /** Orders of which events are missing, the first twenty. */
  readonly gaps: readonly Row[];
  /** Records that wait for a person or a later release, the first twenty. */
  readonly waiting: readonly Row[];
  /** Changes that were given up and wait in the failure destination. */
  readonly givenUp: number;
  /** Those with their place and cause, the first twenty, where they can be read without taking them. */
  readonly failed: readonly Pick<GivenUpChange, 'shardId' | 'sequence' | 'attempts' | 'reason' | 'at'>[];
};

/** What is known outside of the warehouse of what it should hold. */
export type WarehouseSources = {
  /** Events that the ledger has; null: nobody counted them. */
  readonly entries: number | null;
  readonly givenUp: number;
  /** Changes that were given up, as far as they can be read. */
  readonly failed: readonly GivenUpChange[];
};

const textOrNull = (value: unknown) => (typeof value === 'string' ? value : null);

/** Asks a warehouse how it is. */
export const warehouseStatus = async (
  warehouse: Warehouse,
  { entries, givenUp, failed }: WarehouseSources,
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
    behind: entries === null ? null : Math.max(0, entries - rows - newer),
    gaps: await warehouse.query(`SELECT * FROM gaps LIMIT ${SHOWN}`),
    waiting: waiting.slice(0, SHOWN),
    givenUp,
    failed: failed.slice(0, SHOWN).map(({ record: _record, ...change }) => change),
  };
};

/** Whether a person must look. Being behind alone is none of these: the export may be at it. */
export const needsAttention = ({ gaps, waiting, givenUp }: WarehouseStatus): boolean =>
  gaps.length + waiting.length + givenUp > 0;
