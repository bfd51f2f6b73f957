import type { Clock } from '../../kit/values/clock.ts';
import type { Ids } from '../../kit/values/identifiers.ts';
import type { ProductRepository } from '../storage/product-repository.ts';
import type { StockRepository } from '../storage/stock-repository.ts';

/** What the use cases of the catalogue and its stock may do to the world; `app.ts` makes it. */
export type ProductEffects = {
  readonly products: ProductRepository;
  readonly stock: StockRepository;
  readonly clock: Clock;
  readonly ids: Ids;
  /** Seconds after which unpaid units go back. */
  readonly ttlSeconds: number;
};
