import type { CartEvent } from '../../contracts/events/cart-events.ts';
import type { ConsumedEvent } from '../../kit/events/handlers.ts';
import type { Sql } from '../../kit/storage/database.ts';
import type { manifest } from '../manifest.ts';
import { remindOfCart, withdrawReminder } from '../use-cases/remind-of-cart.ts';
import type { UserEffects } from '../use-cases/user-effects.ts';

export type CartNews = ConsumedEvent<(typeof manifest.consumes)['cart-events'], CartEvent>;

/** Reminds a customer of a cart that waits, and no more once it was bought. The consumer's inbox makes a repeated event have no effect. */
export const handleCartEvent = async (parts: UserEffects, { type, data }: CartNews, tx: Sql): Promise<void> => {
  const { userId, cartId } = data;
  if (userId === null) return;
  if (type === 'cart.checked-out.v1') await withdrawReminder(parts, userId, tx);
  else if (data.version !== undefined) await remindOfCart(parts, { userId, cartId, version: data.version }, tx);
};
