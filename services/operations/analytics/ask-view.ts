import { LRUCache } from 'lru-cache';
import { mostViewRows, type ViewAnswer } from '../../contracts/http/operations/analytics-api.ts';
import { warehouseViews } from '../../contracts/warehouse/order-views.ts';
import type { Clock } from '../../kit/values/clock.ts';
import { type Row, viewName, type Warehouse, WarehouseAway } from '../../kit/warehouse/warehouse.ts';
import { warehouseUnavailable } from '../domain/operations-refusals.ts';

export type AskViewEffects = {
  /** Undefined: the shop has none. */
  readonly warehouse: Pick<Warehouse, 'query'> | undefined;
  readonly clock: Clock;
};

/** Milliseconds for which an answer serves everybody: BigQuery bills each question. */
const freshMs = 60_000;

const noWarehouse =
  'this shop has no warehouse: WAREHOUSE_URL of the operations service names one ("npm start" brings its own)';

const rowsOf = async (warehouse: Pick<Warehouse, 'query'>, name: string): Promise<Row[]> => {
  try {
    return await warehouse.query(`SELECT * FROM ${viewName(name)}`);
  } catch (problem) {
    throw problem instanceof WarehouseAway ? warehouseUnavailable(problem) : problem;
  }
};

/** Asks the ready-made questions, each at most once at a time and once a minute. A name that is none has no answer. */
export const createViewAsker = ({ warehouse, clock }: AskViewEffects) => {
  const answers = new LRUCache<string, ViewAnswer>({
    max: warehouseViews.length,
    ttl: freshMs,
    fetchMethod: async (asked) => {
      const view = warehouseViews.find(({ name }) => name === asked);
      if (!view) return undefined;
      const { name, title, picture } = view;
      const rows = warehouse ? await rowsOf(warehouse, name) : [];
      return {
        name,
        title,
        at: clock.now().toISOString(),
        lacking: warehouse ? null : noWarehouse,
        picture: picture ? { ...picture, series: picture.series ?? null } : null,
        rows: rows.slice(-mostViewRows),
        isWhole: rows.length <= mostViewRows,
      };
    },
  });
  return (name: string): Promise<ViewAnswer> => answers.forceFetch(name);
};
