/** The cart of the caller: `/cart` and `/cart/items`. */
import { z } from 'zod';
import { exampleId, exampleTime, moneySchema, moneySumSchema, productIdSchema, timestampSchema } from './values.ts';

/** Units of one product in one cart or order. */
export const maxQuantity = 99;
/** Different products in one cart or order. */
export const maxLines = 100;

export const quantitySchema = z.int().min(1).max(maxQuantity);
export const addItemBody = z
  .strictObject({ productId: productIdSchema, quantity: quantitySchema })
  .meta({ example: { productId: exampleId('prd'), quantity: 2 } });
export const changeItemBody = z.strictObject({ quantity: quantitySchema }).meta({ example: { quantity: 3 } });

export const exampleCartVersion = 'gXUQbXnuKwVAmC5s1QhVdQ';

/** What a cart holds, in a few characters: equal for the same units of the same products, whoever's they are and whatever they cost. */
export const cartVersionSchema = z
  .string()
  .regex(/^[\w-]{22}$/, 'must be the version of a cart, as the cart shows it')
  .meta({ example: exampleCartVersion });

export const showCartQuery = z.strictObject({
  /** One order, or two with a comma between: the cart once it holds no longer what these bought, else `cart.order-pending`. */
  after: z
    .string()
    .regex(/^ord_\w{26}(,ord_\w{26})?$/, 'must be one order id, or two with a comma between')
    .optional(),
  /** `now` asks the catalogue for its prices; by default they may be a minute old. */
  prices: z.literal('now').optional(),
});

export const cartSchema = z
  .strictObject({
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
    version: cartVersionSchema,
    /** True while prices are missing because the catalogue cannot be reached. */
    degraded: z.boolean(),
    updatedAt: timestampSchema.nullable(),
  })
  .meta({
    example: {
      items: [
        {
          productId: exampleId('prd'),
          title: 'First Love, Last Rites',
          quantity: 2,
          unitPrice: { amount: 1299, currency: 'USD' },
          lineTotal: { amount: 2598, currency: 'USD' },
          available: true,
        },
      ],
      total: { amount: 2598, currency: 'USD' },
      version: exampleCartVersion,
      degraded: false,
      updatedAt: exampleTime,
    },
  });

export type Cart = z.output<typeof cartSchema>;
