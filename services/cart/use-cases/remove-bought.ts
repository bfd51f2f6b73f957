import type { Sql } from '../../kit/storage/database.ts';
import { removeBought as boughtLines, type CartLine } from '../domain/cart.ts';
import { checkedOut } from '../domain/cart-fact.ts';
import { ownerOf } from '../domain/cart-owner.ts';
import type { CartEffects } from './cart-effects.ts';

export type BoughtItems = {
  readonly orderId: string;
  /** `usr_...` or `ses_...`. */
  readonly owner: string;
  readonly lines: readonly CartLine[];
};

/**
 * Takes out of the owner's cart what an order bought; what came in since stays. A guest who has signed in meanwhile finds
 * it gone from the cart that took his in. Runs in the transaction that notes the event as handled.
 */
export const removeBought = async (
  { carts }: Pick<CartEffects, 'carts'>,
  purchase: BoughtItems,
  tx: Sql,
): Promise<void> => {
  await carts.noteBought(purchase.orderId, tx);
  const owner = ownerOf(purchase.owner);
  if (!owner) return;
  const decide = (lines: readonly CartLine[]) => checkedOut(boughtLines(lines, purchase.lines), purchase.orderId);
  if (await carts.changeExisting(owner, decide, tx)) return;
  const heir = owner.kind === 'session' ? await carts.mergedInto(owner.id, tx) : undefined;
  if (heir) await carts.changeExisting(heir, decide, tx);
};
