import type { Clock } from '../../kit/values/clock.ts';
import type { ProductCatalogue } from '../clients/product-catalogue.ts';
import type { CartRepository } from '../storage/cart-repository.ts';

/** Counts for the business; each is told once, after the change has been committed. */
export type CartFigures = {
  cartCreated(): void;
  cartsAbandoned(count: number): void;
  checkedOut(): void;
  /** Value of a filled cart in major units of its currency. */
  cartValue(value: number): void;
};

/** What every use case of the cart may do to the world. */
export type CartEffects = {
  readonly carts: CartRepository;
  readonly catalogue: Pick<ProductCatalogue, 'lookUp' | 'refresh'>;
  readonly clock: Clock;
  readonly figures: CartFigures;
};
