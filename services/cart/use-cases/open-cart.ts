import type { Caller } from '../../kit/auth/caller.ts';
import { mergeLines } from '../domain/cart.ts';
import { merged } from '../domain/cart-fact.ts';
import { type CartOwner, sessionOwner, userOwner } from '../domain/cart-owner.ts';
import type { CartEffects } from './cart-effects.ts';

/**
 * Says whose cart the caller means. A customer who still carries an anonymous session gets that session's cart merged
 * into his first; whoever comes second, or at the same time, finds it merged already.
 */
export const openCart = async (
  { carts, figures }: Pick<CartEffects, 'carts' | 'figures'>,
  caller: Caller,
): Promise<CartOwner> => {
  if (caller.kind === 'nobody') throw new Error('the door lets nobody in without a user or a session');
  if (caller.kind === 'guest') return sessionOwner(caller.sessionId);
  const { userId, guestSessionId } = caller;
  if (guestSessionId !== undefined) {
    const changed = await carts.merge({ userId, sessionId: guestSessionId }, (lines, guest) =>
      merged(mergeLines(lines, guest)),
    );
    if (changed?.created) figures.cartCreated();
  }
  return userOwner(userId);
};
