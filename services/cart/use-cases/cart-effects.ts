import type { Clock } from '../../kit/values/clock.ts';
import type { Money } from '../../kit/values/money.ts';
import type { ProductClient } from '../clients/product-client.ts';
import type { CartRepository } from '../storage/cart-repository.ts';

/** Figures for the business. */
export type CartFigures = {
  cartCreated(): void;
  cartsAbandoned(count: number): void;
  checkedOut(): void;
  /** Value of a filled cart. */
  cartValued(value: Money): void;
};

/** What every use case of the cart may do to the world. */
export type CartEffects = {
  readonly carts: CartRepository;
  readonly catalogue: Pick<ProductClient, 'lookUp' | 'askNow'>;
  readonly clock: Clock;
  readonly figures: CartFigures;
};
