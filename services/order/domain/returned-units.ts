/** Where the units of an order are once some of them have come back. Pure. */
import type { Order } from './order.ts';
import type { ReturnedLine } from './order-event.ts';

export type Units = { readonly productId: string; readonly quantity: number };

const countOf = (order: Order, productId: string, isCounted: (line: ReturnedLine) => boolean): number =>
  order.returns
    .flatMap(({ lines }) => lines)
    .filter((line) => line.productId === productId && isCounted(line))
    .reduce((sum, { quantity }) => sum + quantity, 0);

const some = ({ quantity }: Units) => quantity > 0;

/** Units of each line that no return has named. */
export const unreturnedUnits = (order: Order): readonly Units[] =>
  order.lines
    .map(({ productId, quantity }) => ({ productId, quantity: quantity - countOf(order, productId, () => true) }))
    .filter(some);

/** Units of a return that go back on the shelf. */
export const restockedUnits = (lines: readonly ReturnedLine[]): readonly Units[] =>
  lines.filter(({ isRestocked }) => isRestocked).map(({ productId, quantity }) => ({ productId, quantity }));

/** Units that the stock still counts as sold by this order once nothing is owed any more: all that never came back to be sold again. */
export const unitsGone = (order: Order): readonly Units[] => {
  if (order.status === 'cancelled' || order.status === 'payment-failed') return [];
  // What was refunded in full before it left went back by itself.
  const neverLeft = order.status === 'refunded' && order.shipment === null ? unreturnedUnits(order) : [];
  return order.lines
    .map(({ productId, quantity }) => ({
      productId,
      quantity:
        quantity -
        countOf(order, productId, ({ isRestocked }) => isRestocked) -
        (neverLeft.find((units) => units.productId === productId)?.quantity ?? 0),
    }))
    .filter(some);
};
