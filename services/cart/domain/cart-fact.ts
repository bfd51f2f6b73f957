import type { LineChanges } from './cart.ts';

/** What happened to a cart, without the envelope that makes it an event. */
export type CartFact =
  | { readonly type: 'cart.created.v1'; readonly data: Record<string, never> }
  | { readonly type: 'cart.item-changed.v1'; readonly data: { readonly productId: string; readonly quantity: number } }
  | { readonly type: 'cart.merged.v1'; readonly data: { readonly items: number } }
  | { readonly type: 'cart.checked-out.v1'; readonly data: { readonly orderId: string } };

/** What is to be done to a cart, and how it is told. */
export type CartDecision = { readonly changes: LineChanges; readonly facts: readonly CartFact[] };

export const created: CartFact = { type: 'cart.created.v1', data: {} };

/** Changes by the owner's own hand: one fact a line. */
export const changedByHand = (changes: LineChanges): CartDecision => ({
  changes,
  facts: changes.map(({ productId, quantity }) => ({ type: 'cart.item-changed.v1', data: { productId, quantity } })),
});

export const merged = (changes: LineChanges): CartDecision => ({
  changes,
  facts: [{ type: 'cart.merged.v1', data: { items: changes.length } }],
});

export const checkedOut = (changes: LineChanges, orderId: string): CartDecision => ({
  changes,
  facts: [{ type: 'cart.checked-out.v1', data: { orderId } }],
});
