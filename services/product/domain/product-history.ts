import type { Money } from '../../kit/values/money.ts';

/** Who changed something, null where that was not kept yet, and when. */
type Change = { readonly actor: string | null; readonly at: Date };

/** Units that came or went by hand of staff; what orders reserve and buy is no part of it. */
export type StockChange = Change & {
  readonly kind: 'initial' | 'inbound' | 'outbound';
  readonly change: number;
  readonly reason: string;
};

/** A price, with the version of the product that brought it. */
export type PriceChange = Change & { readonly version: number; readonly price: Money };

export type HistoryPage<Item> = { readonly items: readonly Item[]; readonly next: number | null };
