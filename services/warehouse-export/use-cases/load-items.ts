import {
  type LedgerItem,
  orderEventRow,
  orderEventsTable,
  setAsideRow,
  setAsideTable,
  warehouseTables,
} from '../../contracts/warehouse/order-rows.ts';
import { warehouseViews } from '../../contracts/warehouse/order-views.ts';
import type { Clock } from '../../kit/values/clock.ts';
import type { Row, Warehouse } from '../../kit/warehouse/warehouse.ts';

export type LoadEffects = {
  readonly warehouse: Warehouse;
  readonly clock: Clock;
  readonly pause: (milliseconds: number) => Promise<void>;
};

/** What became of items. `freshnessMs`: from the oldest of their events to its row. */
export type Loaded = { readonly rows: number; readonly setAside: number; readonly freshnessMs: number };

/** A function has 60 s: so long it waits for a warehouse that is away before Lambda calls it again with the same batch. */
const PATIENCE_MS = 40_000;
const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 5_000;

const codeOf = (problem: unknown) => (problem as { code?: unknown }).code;

/** Appends once the warehouse is there and as the schema says. */
const append = async ({ warehouse, clock, pause }: LoadEffects, table: string, rows: readonly Row[]): Promise<void> => {
  const giveUpAt = clock.now().getTime() + PATIENCE_MS;
  let isPrepared = false;
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS))
    try {
      await warehouse.append(table, rows);
      return;
    } catch (problem) {
      if (codeOf(problem) === 'warehouse.outdated' && !isPrepared) {
        isPrepared = true;
        await warehouse.prepare({ tables: warehouseTables, views: warehouseViews });
      } else if (codeOf(problem) === 'warehouse.away' && clock.now().getTime() + pauseMs < giveUpAt)
        await pause(pauseMs);
      else throw problem;
    }
};

/** Loads what can be loaded: events as rows, what waits for a later release by its name. Items again change nothing. */
export const loadItems = async (effects: LoadEffects, items: readonly LedgerItem[]): Promise<Loaded> => {
  const at = effects.clock.now();
  const rows = items.flatMap((item) =>
    item.kind === 'event' ? [orderEventRow(item.entry, item.event, at.toISOString())] : [],
  );
  const asides = items.flatMap((item) => (item.kind === 'aside' ? [setAsideRow(item, at.toISOString())] : []));
  if (rows.length > 0) await append(effects, orderEventsTable.name, rows);
  if (asides.length > 0) await append(effects, setAsideTable.name, asides);
  const ages = items.flatMap((item) =>
    item.kind === 'event' ? [effects.clock.now().getTime() - Date.parse(item.entry.time)] : [],
  );
  return { rows: rows.length, setAside: asides.length, freshnessMs: Math.max(0, ...ages) };
};
