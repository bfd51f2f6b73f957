/** What happened to a cart, for business figures and reminders. */
import { z } from 'zod';
import { cartVersionSchema } from '../http/cart-api.ts';
import { orderIdSchema, productIdSchema } from '../http/values.ts';
import { cloudEventSchema } from './cloud-event.ts';

const cartEvent = <Type extends string, Details extends z.ZodRawShape>(type: Type, details: Details) =>
  cloudEventSchema(type, z.object({ cartId: z.string(), userId: z.string().nullable(), ...details }));

export const cartCreatedV1 = cartEvent('cart.created.v1', {});
export const cartItemChangedV1 = cartEvent('cart.item-changed.v1', {
  productId: productIdSchema,
  quantity: z.int().min(0),
});
export const cartMergedV1 = cartEvent('cart.merged.v1', { items: z.int() });
export const cartCheckedOutV1 = cartEvent('cart.checked-out.v1', { orderId: orderIdSchema });
export const cartAbandonedV1 = cartEvent('cart.abandoned.v1', {
  items: z.int(),
  /** What the cart holds; absent in events of releases that did not tell. */
  version: cartVersionSchema.optional(),
});
export const cartExpiredV1 = cartEvent('cart.expired.v1', {});

export const cartEventSchema = z.discriminatedUnion('type', [
  cartCreatedV1,
  cartItemChangedV1,
  cartMergedV1,
  cartCheckedOutV1,
  cartAbandonedV1,
  cartExpiredV1,
]);
export type CartEvent = z.output<typeof cartEventSchema>;
