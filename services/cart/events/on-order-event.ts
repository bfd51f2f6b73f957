import type { OrderEvent } from '../../contracts/events/order-events.ts';
import type { ConsumedEvent } from '../../kit/events/handlers.ts';
import type { Sql } from '../../kit/storage/database.ts';
import type { manifest } from '../manifest.ts';
import type { CartEffects } from '../use-cases/cart-effects.ts';
import { removeBought } from '../use-cases/remove-bought.ts';

export type OrderPlaced = ConsumedEvent<(typeof manifest.consumes)['order-events'], OrderEvent>;

/** Takes out of the cart what an order bought from it. The consumer's inbox makes a repeated event have no effect. */
export const handleOrderEvent = async (
  effects: Pick<CartEffects, 'carts' | 'figures'>,
  event: OrderPlaced,
  tx: Sql,
): Promise<void> => {
  const { cart, order } = event.data;
  if (!cart) return;
  await removeBought(effects, { orderId: order.id, owner: cart.owner, lines: order.items }, tx);
  effects.figures.checkedOut();
};
