/** The cart of the caller: `/cart` and `/cart/items`. */
import { z } from 'zod';
import { moneySchema, moneySumSchema, productIdSchema, timestampSchema } from './values.ts';

/** Units of one product in one cart or order. */
export const maxQuantity = 99;
/** Different products in one cart or order. */
export const maxLines = 100;

export const quantitySchema = z.int().min(1).max(maxQuantity);
export const addItemBody = z.strictObject({ productId: productIdSchema, quantity: quantitySchema });
export const changeItemBody = z.strictObject({ quantity: quantitySchema });

export const cartSchema = z.strictObject({
  items: z.array(
    z.strictObject({
      productId: productIdSchema,
      /** Title and prices are those of the catalogue now; null while the catalogue cannot be reached. */
      title: z.string().nullable(),
      quantity: quantitySchema,
      unitPrice: moneySchema.nullable(),
      lineTotal: moneySumSchema.nullable(),
      available: z.boolean().nullable(),
    }),
  ),
  total: moneySumSchema.nullable(),
  /** True while prices are missing because the catalogue cannot be reached. */
  degraded: z.boolean(),
  updatedAt: timestampSchema.nullable(),
});

export type Cart = z.output<typeof cartSchema>;
