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

const price = { from: moneySchema, to: moneySchema };

/** What changed about a line since its buyer put it in, changed it, or agreed to its price. */
const noticeSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('price-up'), ...price }),
  z.strictObject({ kind: z.literal('price-down'), ...price }),
  z.strictObject({ kind: z.literal('currency-changed'), ...price }),
  /** Fewer are left than the line wants; stays until the line wants no more than that. */
  z.strictObject({ kind: z.literal('stock-short'), wanted: quantitySchema, left: z.int().min(0) }),
  /** The product left the catalogue; stays until the line is taken out. */
  z.strictObject({ kind: z.literal('gone') }),
]);
export type CartNotice = z.output<typeof noticeSchema>;

/** The unit prices that the buyer saw. A line whose price is another one by now keeps its notice. */
export const agreeToPricesBody = z
  .strictObject({
    prices: z
      .array(z.strictObject({ productId: productIdSchema, unitPrice: moneySchema }))
      .min(1)
      .max(maxLines)
      .refine(
        (prices) => new Set(prices.map(({ productId }) => productId)).size === prices.length,
        'must name each product once',
      ),
  })
  .meta({ example: { prices: [{ productId: exampleId('prd'), unitPrice: { amount: 1299, currency: 'USD' } }] } });

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
        notices: z.array(noticeSchema),
      }),
    ),
    total: moneySumSchema.nullable(),
    /** How many lines have notices, the total of before and that of now, each null where it is not known; null without notices. */
    notice: z
      .strictObject({
        lines: z.int().min(1).max(maxLines),
        from: moneySumSchema.nullable(),
        to: moneySumSchema.nullable(),
      })
      .nullable(),
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
          notices: [
            { kind: 'price-up', from: { amount: 1199, currency: 'USD' }, to: { amount: 1299, currency: 'USD' } },
          ],
        },
      ],
      total: { amount: 2598, currency: 'USD' },
      notice: { lines: 1, from: { amount: 2398, currency: 'USD' }, to: { amount: 2598, currency: 'USD' } },
      version: exampleCartVersion,
      degraded: false,
      updatedAt: exampleTime,
    },
  });

export type Cart = z.output<typeof cartSchema>;
