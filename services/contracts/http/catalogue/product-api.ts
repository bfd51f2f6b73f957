/** The catalogue: `/products` and `/categories`. */
import { z } from 'zod';
import { exampleId, exampleTime, moneySchema, productIdSchema, textSchema, timestampSchema } from '../values.ts';
import { exampleImage, imageLimits, imageWidths, productImageSchema } from './product-image-api.ts';

/** Text of several lines; PostgreSQL cannot store U+0000, and JSON in it no half of a surrogate pair. */
const longTextSchema = (maxLength: number) =>
  z
    .string()
    .max(maxLength)
    .refine((text) => !text.includes('\0') && text.isWellFormed(), 'must not contain U+0000 or half a surrogate pair');

export const attributeNameSchema = z.string().regex(/^[a-z][A-Za-z0-9]{0,39}$/);
export const attributeValueSchema = z.union([longTextSchema(300), z.number(), z.boolean()]);

/** Free attributes of a product such as year or director: at most 30, values short. */
const attributesSchema = z
  .record(attributeNameSchema, attributeValueSchema)
  .refine((attributes) => Object.keys(attributes).length <= 30, 'must have at most 30 entries');

const imageUrlSchema = z
  .union([
    z
      .url({ protocol: /^https?$/ })
      .max(2000)
      .regex(/^[\x21-\x7e]*$/),
    // Two slashes at the start name another host.
    z.string().regex(/^\/(?!\/)[\w./-]*$/),
  ])
  .nullable();

const productFields = {
  title: textSchema(300),
  description: longTextSchema(5000).trim(),
  category: textSchema(80),
  price: moneySchema,
  imageUrl: imageUrlSchema,
  attributes: attributesSchema,
};

const exampleFields = {
  title: 'First Love, Last Rites',
  description: 'On DVD, with English subtitles.',
  category: 'Drama',
  price: { amount: 1299, currency: 'USD' },
  imageUrl: '/images/first-love-last-rites.jpg',
  attributes: { year: 1998, rating: 'R' },
};

export const productSchema = z
  .strictObject({
    id: productIdSchema,
    ...productFields,
    /** Where its picture is: the first that staff uploaded, else the address that they gave, else its poster's, which changes with the poster. */
    imageUrl: z.string(),
    /** Pictures that staff uploaded, the first one first. */
    images: z.array(productImageSchema).max(imageLimits.ofProduct),
    /** Units that can be bought now. */
    stock: z.int(),
    /** Rises with each change of the fields that staff set; stock is none of them. */
    version: z.int().min(1),
    createdAt: timestampSchema,
    updatedAt: timestampSchema,
  })
  .meta({
    example: {
      id: exampleId('prd'),
      ...exampleFields,
      imageUrl: exampleImage.url,
      images: [exampleImage],
      stock: 40,
      version: 1,
      createdAt: exampleTime,
      updatedAt: exampleTime,
    },
  });

const newProductFields = {
  ...productFields,
  description: productFields.description.default(''),
  imageUrl: imageUrlSchema.default(null),
  attributes: attributesSchema.default({}),
};

export const createProductBody = z
  .strictObject({
    ...newProductFields,
    stock: z.int().min(0).max(1_000_000).default(0),
  })
  .meta({ example: { ...exampleFields, stock: 40 } });

export const updateProductBody = z
  .strictObject({
    ...productFields,
    /** The version that the change is meant for; another one in the shop is 409 `product.changed`. Default whichever there is. */
    version: z.int().min(1),
  })
  .partial()
  .refine(
    (body) => Object.keys(body).some((field) => field !== 'version'),
    'must change at least one field beside the version',
  )
  .meta({ example: { price: { amount: 999, currency: 'USD' }, version: 1 } });

export const imageQuery = z.strictObject({
  /** Default 300; a poster up to 90 has larger letters. */
  width: z.coerce
    .number()
    .pipe(z.literal([...imageWidths]))
    .default(300),
  /** Names the picture, as `imageUrl` does: the present one may then be kept for ever. */
  v: z
    .string()
    .regex(/^[\w-]{1,64}$/)
    .optional(),
});
export const imageTypes = ['image/svg+xml', 'image/webp', 'image/jpeg', 'image/png'] as const;
export const imageHeaders = z.object({ 'content-type': z.enum(imageTypes), 'cache-control': z.string() });

/** A change of stock by staff; negative takes away. Reserved and sold units are never touched. */
export const adjustStockBody = z
  .strictObject({
    change: z
      .int()
      .min(-1_000_000)
      .max(1_000_000)
      .refine((change) => change !== 0, 'must not be zero'),
    reason: textSchema(200),
  })
  .meta({ example: { change: 12, reason: 'Delivery of the supplier' } });

/** One item of a bulk load; `reference` is the caller's own key, so that a repeated load updates instead of doubling. */
export const importItem = z
  .strictObject({
    reference: textSchema(200),
    ...newProductFields,
    stock: z.int().min(0).max(1_000_000).default(0),
  })
  .meta({ example: { reference: 'film-1998-17', ...exampleFields, stock: 40 } });
/** At most 500 items; each is taken or refused by itself. */
export const importProductsBody = z
  .strictObject({ items: z.array(z.unknown()).min(1).max(500) })
  .meta({ example: { items: [importItem.meta()?.['example']] } });
export const importProductsAnswer = z
  .strictObject({
    created: z.int(),
    updated: z.int(),
    refused: z.array(z.strictObject({ index: z.int(), code: z.string(), message: z.string() })),
  })
  .meta({ example: { created: 1, updated: 0, refused: [] } });

export const categoriesAnswer = z
  .strictObject({
    items: z.array(z.strictObject({ name: z.string(), products: z.int() })),
    nextCursor: z.null(),
  })
  .meta({ example: { items: [{ name: 'Drama', products: 812 }], nextCursor: null } });

export type Product = z.output<typeof productSchema>;
