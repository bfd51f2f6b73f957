import type { Sql } from '../../kit/storage/database.ts';
import { fitPage } from '../../kit/values/fit-page.ts';
import { money } from '../../kit/values/money.ts';
import type { HistoryPage, PriceChange, StockChange } from '../domain/product-history.ts';

/** Where a page begins: below this number, which all rows are numbered by; default at the newest. */
export type HistoryQuery = { readonly limit: number; readonly before?: number | undefined };

const pageOf = <Row extends { readonly number: number }, Item>(
  rows: readonly Row[],
  limit: number,
  itemOf: (row: Row) => Item,
): HistoryPage<Item> => {
  const { items, hasMore } = fitPage(rows, limit);
  return { items: items.map(itemOf), next: hasMore ? (items.at(-1)?.number ?? null) : null };
};

type Change = { number: number; actor: string | null; at: Date };
type MovementRow = Change & { kind: StockChange['kind']; change: number; reason: string };
type PriceRow = Change & { amount: number; currency: string };

/** What became of a product's stock and price, newest first. */
export const createHistoryRepository = (sql: Sql) => ({
  stock: async (productId: string, { limit, before }: HistoryQuery): Promise<HistoryPage<StockChange>> => {
    const { rows } = await sql.query<MovementRow>(
      `SELECT id::float8 AS number, kind, change::float8 AS change, reason, actor, at FROM stock_movements
      WHERE product_id = $1 AND id < coalesce($2::bigint, 9223372036854775807) ORDER BY id DESC LIMIT $3`,
      [productId, before ?? null, limit + 1],
      { name: 'list-stock-movements' },
    );
    return pageOf(rows, limit, ({ kind, change, reason, actor, at }) => ({ kind, change, reason, actor, at }));
  },

  prices: async (productId: string, { limit, before }: HistoryQuery): Promise<HistoryPage<PriceChange>> => {
    const { rows } = await sql.query<PriceRow>(
      `SELECT version AS number, amount::float8 AS amount, currency, actor, at FROM product_prices
      WHERE product_id = $1 AND version < coalesce($2::bigint, 9223372036854775807) ORDER BY version DESC LIMIT $3`,
      [productId, before ?? null, limit + 1],
      { name: 'list-product-prices' },
    );
    return pageOf(rows, limit, ({ number, amount, currency, actor, at }) => ({
      version: number,
      price: money(amount, currency),
      actor,
      at,
    }));
  },
});

export type HistoryRepository = ReturnType<typeof createHistoryRepository>;
