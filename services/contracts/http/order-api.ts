/** Orders: `/orders` and what can be done with one. */
import { z } from 'zod';
import { cartVersionSchema, exampleCartVersion, maxLines, quantitySchema } from './cart-api.ts';
import { emailSchema } from './email-address.ts';
import { addressSchema, exampleAddress } from './postal-address.ts';
import {
  cardTokenSchema,
  exampleId,
  exampleTime,
  moneySchema,
  orderIdSchema,
  pageQuery,
  pageSchema,
  paymentIdSchema,
  positiveMoneySchema,
  productIdSchema,
  refundIdSchema,
  returnIdSchema,
  textSchema,
  timestampSchema,
} from './values.ts';

export const orderStatuses = [
  'pending',
  'stock-reserved',
  'paid',
  'processing',
  'shipped',
  'delivered',
  'cancelled',
  'payment-failed',
  'refunded',
] as const;
export type OrderStatus = (typeof orderStatuses)[number];

/** States in which the purchase is decided; before them the platform still owes the customer an outcome. */
export const settledStatuses: readonly OrderStatus[] = orderStatuses.filter(
  (status) => status !== 'pending' && status !== 'stock-reserved',
);

/** Why an order was cancelled, as a code; what a person wrote about it is the cancellation's note and never its reason. */
export const cancellationReasons = [
  'cancelled-by-customer',
  'cancelled-by-staff',
  'out-of-stock',
  'reservation-expired',
  'timed-out',
] as const;
export type CancellationReason = (typeof cancellationReasons)[number];

/** RFC draft-ietf-httpapi-idempotency-key-header-07; required on `POST /orders`. */
export const idempotencyKeySchema = z
  .string()
  .regex(/^[\x21-\x7e]{8,200}$/, 'must be 8 to 200 visible ASCII characters')
  .meta({ example: 'order-of-29-november' });

export const placeOrderBody = z
  .strictObject({
    shippingAddress: addressSchema,
    payment: z.strictObject({
      method: z.literal('card'),
      token: cardTokenSchema,
    }),
    /** Required from guests; customers are written to at their account's address. */
    email: emailSchema.optional(),
    /** Without items the caller's cart is bought. */
    items: z
      .array(z.strictObject({ productId: productIdSchema, quantity: quantitySchema }))
      .min(1)
      .max(maxLines)
      .refine(
        (items) => new Set(items.map(({ productId }) => productId)).size === items.length,
        'must name each product once',
      )
      .optional(),
    /** The cart as the buyer saw it; the order is refused when the cart holds something else by now. */
    cartVersion: cartVersionSchema.optional(),
    /** The total that the buyer agreed to; the order is refused when the goods cost something else by now. */
    expectedTotal: moneySchema.optional(),
  })
  .refine(({ items, cartVersion }) => items === undefined || cartVersion === undefined, {
    path: ['cartVersion'],
    message: 'names a cart, which is not bought when items are given',
  })
  .meta({
    example: {
      shippingAddress: exampleAddress,
      payment: { method: 'card', token: 'tok_visa' },
      email: 'customer@example.com',
      cartVersion: exampleCartVersion,
      expectedTotal: { amount: 2598, currency: 'USD' },
    },
  });

const exampleShipment = { carrier: 'DHL', trackingNumber: '00340434161094042557' };

export const shipOrderBody = z
  .strictObject({ carrier: textSchema(80), trackingNumber: textSchema(80) })
  .meta({ example: exampleShipment });
export const refundOrderBody = z
  .strictObject({
    /** In the order's currency; absent: everything that is not refunded yet. */
    amount: positiveMoneySchema.optional(),
    reason: textSchema(300),
  })
  .meta({ example: { amount: { amount: 1299, currency: 'USD' }, reason: 'One copy arrived scratched' } });
/** Units of one line; `restock`: whether they go back on the shelf. */
const returnedItemSchema = z.strictObject({
  productId: productIdSchema,
  quantity: quantitySchema,
  restock: z.boolean(),
});
const exampleReturned = { productId: exampleId('prd'), quantity: 1, restock: true };

export const returnItemsBody = z
  .strictObject({
    items: z
      .array(returnedItemSchema)
      .min(1)
      .max(maxLines)
      .refine(
        (items) => new Set(items.map(({ productId }) => productId)).size === items.length,
        'must name each product once',
      ),
    /** In the order's currency, at most what the units cost; absent: what they cost; 0: the goods alone come back. */
    amount: moneySchema.optional(),
    reason: textSchema(300),
  })
  .meta({ example: { items: [exampleReturned], reason: 'Wrong language' } });

/** Cancelling needs no body. `reason` are the caller's own words; the order shows them as the note of its cancellation. */
export const cancelOrderBody = z
  .strictObject({ reason: textSchema(300).optional() })
  .nullish()
  .meta({ example: { reason: 'Ordered twice by mistake' } });

export const orderLineSchema = z.strictObject({
  productId: productIdSchema,
  title: z.string(),
  quantity: quantitySchema,
  unitPrice: moneySchema,
  lineTotal: moneySchema,
});

export const exampleOrder = {
  id: exampleId('ord'),
  status: 'shipped',
  items: [
    {
      productId: exampleId('prd'),
      title: 'First Love, Last Rites',
      quantity: 2,
      unitPrice: { amount: 1299, currency: 'USD' },
      lineTotal: { amount: 2598, currency: 'USD' },
    },
  ],
  total: { amount: 2598, currency: 'USD' },
  currency: 'USD',
  email: 'customer@example.com',
  shippingAddress: exampleAddress,
  payment: {
    method: 'card',
    paymentId: exampleId('pay'),
    captured: { amount: 2598, currency: 'USD' },
    refunded: { amount: 0, currency: 'USD' },
    failure: null,
  },
  shipment: exampleShipment,
  cancellation: null,
  returns: [],
  createdAt: exampleTime,
  updatedAt: exampleTime,
};

export const orderSchema = z
  .strictObject({
    id: orderIdSchema,
    status: z.enum(orderStatuses),
    items: z.array(orderLineSchema),
    total: moneySchema,
    currency: z.string(),
    email: z.string(),
    shippingAddress: addressSchema,
    payment: z.strictObject({
      method: z.literal('card'),
      paymentId: paymentIdSchema.nullable(),
      captured: moneySchema,
      refunded: moneySchema,
      /** Why no money was taken, such as `card-declined`. */
      failure: z.string().nullable(),
    }),
    shipment: z.strictObject({ carrier: z.string(), trackingNumber: z.string() }).nullable(),
    cancellation: z
      .strictObject({
        /** One of `cancellationReasons`; a newer version may know more. */
        reason: z.string(),
        /** The words of whoever cancelled; null without any. */
        note: z.string().nullable().default(null),
      })
      .nullable(),
    /** Which units came back, oldest first. */
    returns: z
      .array(
        z.strictObject({
          id: returnIdSchema,
          items: z.array(returnedItemSchema),
          reason: z.string(),
          /** The refund of their price; null where no money went back for them. */
          refundId: refundIdSchema.nullable(),
          at: timestampSchema,
        }),
      )
      .default([]),
    createdAt: timestampSchema,
    updatedAt: timestampSchema,
  })
  .meta({ example: exampleOrder });

export const orderAnswer = z.strictObject({ order: orderSchema }).meta({ example: { order: exampleOrder } });
export const listOrdersQuery = z.strictObject({ status: z.enum(orderStatuses).optional(), ...pageQuery });
export const orderPage = pageSchema(orderSchema);

export const timelineAnswer = z
  .strictObject({
    items: z.array(
      z.strictObject({
        sequence: z.int(),
        type: z.string(),
        status: z.enum(orderStatuses),
        at: timestampSchema,
        note: z.string().nullable(),
      }),
    ),
    nextCursor: z.null(),
  })
  .meta({
    example: {
      items: [{ sequence: 1, type: 'order.placed.v1', status: 'pending', at: exampleTime, note: null }],
      nextCursor: null,
    },
  });

export type Order = z.output<typeof orderSchema>;
export type OrderLine = z.output<typeof orderLineSchema>;
export type PlaceOrder = z.output<typeof placeOrderBody>;
