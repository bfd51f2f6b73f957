import type { UserEvent } from '../../contracts/events/user-events.ts';
import type { ConsumedEvent } from '../../kit/events/handlers.ts';
import type { Sql } from '../../kit/storage/database.ts';
import type { manifest } from '../manifest.ts';
import type { CartRepository } from '../storage/cart-repository.ts';

export type UserDeleted = ConsumedEvent<(typeof manifest.consumes)['user-events'], UserEvent>;

/** Forgets the cart of an account that is no more. A repeated event finds nothing. */
export const handleUserEvent = (
  { carts }: { readonly carts: Pick<CartRepository, 'drop'> },
  event: UserDeleted,
  tx: Sql,
): Promise<void> => carts.drop(event.data.userId, tx);
