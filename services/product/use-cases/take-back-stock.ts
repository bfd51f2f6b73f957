import { returnNameInvalid, returnTooLarge } from '../domain/product-refusals.ts';
import { requireLines, requireOrderId } from '../domain/reservation.ts';
import type { TakeBack } from '../storage/stock-repository.ts';
import type { ProductEffects } from './product-effects.ts';

/** SQLSTATE of a broken check: more units would come back than the order has. */
const checkBroken = '23514';

/** Puts some of the units that an order bought back into free stock. The same name again changes nothing. */
export const takeBackStock = async (
  { stock, clock, ids }: Pick<ProductEffects, 'stock' | 'clock' | 'ids'>,
  { orderId, name, lines }: TakeBack,
): Promise<void> => {
  if (!/^[a-z]{3}_[0-9a-z]{26}$/.test(name)) throw returnNameInvalid();
  const back = { orderId: requireOrderId(orderId), name, lines: requireLines(lines) };
  try {
    await stock.takeBack(back, { id: ids.next('evt'), at: clock.now() });
  } catch (problem) {
    if ((problem as { code?: unknown }).code === checkBroken) throw returnTooLarge(orderId, problem);
    throw problem;
  }
};
