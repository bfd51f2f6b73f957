/** Looking for products: the lists of `/products`, their facets, and suggestions. */
import { z } from 'zod';
import { maxAmount, pageQuery, pageSchema, textSchema } from '../values.ts';
import { attributeNameSchema, attributeValueSchema, productSchema } from './product-api.ts';

const example = productSchema.parse(productSchema.meta()?.['example']);

export const productSorts = ['newest', 'title', 'relevance', 'price-ascending', 'price-descending'] as const;

const attributeFilterSchema = z
  .record(attributeNameSchema, z.array(attributeValueSchema).min(1).max(20))
  .refine((filter) => Object.keys(filter).length <= 5, 'must name at most 5 attributes');

const parsedFilter = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** What the text of a query's `attributes` says: values by attribute. Throws where the schema of the query does not accept it. */
export const attributeFilterOf = (text: string): z.output<typeof attributeFilterSchema> =>
  attributeFilterSchema.parse(parsedFilter(text));

const yes = z.literal('true').optional();
const priceBound = z.coerce.number().int().min(0).max(maxAmount).optional();
export const listProductsQuery = z.strictObject({
  q: textSchema(100).optional(),
  category: textSchema(80).optional(),
  /** Minor units of the products' own currencies, both included. */
  priceMin: priceBound,
  priceMax: priceBound,
  /** Only what can be bought now. */
  inStock: yes,
  /** JSON such as `{"rating":["R","PG"],"year":[1998]}`: one of the values of each attribute, at most 5 attributes and 20 values each. */
  attributes: z
    .string()
    .max(1000)
    .refine(
      (text) => attributeFilterSchema.safeParse(parsedFilter(text)).success,
      'must be JSON such as {"rating":["R","PG"]}',
    )
    .optional(),
  /** Whether the answer counts what further filters would leave. */
  facets: yes,
  /** Default relevance where there is a `q`, else title. */
  sort: z.enum(productSorts).optional(),
  ...pageQuery,
});

const counted = <Value extends z.ZodType>(value: Value) =>
  z.array(z.strictObject({ value, count: z.int() })).readonly();

/**
 * What further filters would leave. A facet that is filtered by already is counted as if it were not, so that one sees what else there
 * is; where more than 1,000 products match, over 1,000 of them.
 */
const facetsSchema = z.strictObject({
  /** Products that match all filters, up to 1,000. */
  counted: z.int(),
  /** False where there may be more. */
  isComplete: z.boolean(),
  inStock: z.int(),
  categories: counted(z.string()),
  /** From and to in minor units, both included: what `priceMin` and `priceMax` take. */
  prices: z.array(z.strictObject({ currency: z.string(), from: z.int(), to: z.int(), count: z.int() })).readonly(),
  attributes: z.array(z.strictObject({ name: z.string(), values: counted(attributeValueSchema) })).readonly(),
});

const exampleFacets = {
  counted: 1,
  isComplete: true,
  inStock: 1,
  categories: [{ value: 'Drama', count: 1 }],
  prices: [{ currency: 'USD', from: 1000, to: 1999, count: 1 }],
  attributes: [{ name: 'rating', values: [{ value: 'R', count: 1 }] }],
};

export const productPage = z
  .strictObject({
    ...pageSchema(productSchema).shape,
    /** True when no product has the words of `q`, and those that have similar ones are listed. */
    isGuess: z.boolean(),
    /** Null where the query does not ask for them. */
    facets: facetsSchema.nullable(),
  })
  .meta({
    example: {
      items: [productSchema.meta()?.['example']],
      nextCursor: null,
      isGuess: false,
      facets: exampleFacets,
    },
  });

export const suggestQuery = z.strictObject({
  q: textSchema(100).meta({ example: 'first lo' }),
  limit: z.coerce.number().int().min(1).max(10).default(8),
});
/** What somebody may be looking for who has typed so much. */
export const suggestAnswer = pageSchema(
  productSchema.pick({ id: true, title: true, category: true, price: true, imageUrl: true }).meta({
    example: {
      id: example.id,
      title: example.title,
      category: example.category,
      price: example.price,
      imageUrl: example.imageUrl,
    },
  }),
);

export type ProductSort = (typeof productSorts)[number];
export type ProductFacets = z.output<typeof facetsSchema>;
