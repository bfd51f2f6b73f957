/**
 * What a model may ask for: the shop as whoever asks may see it. No tool writes, and none takes an identity, so there is nothing that an
 * injected model could do with them that its customer could not.
 */
import * as z from 'zod';
import type { Product } from '../../contracts/http/catalogue/product-api.ts';
import { formatMoney } from '../../kit/values/money.ts';
import { orderText } from '../domain/answer-text.ts';
import type { Source } from '../domain/conversation.ts';
import { policyOn, shopPolicies } from '../domain/shop-policies.ts';
import type { AnswerEvent } from './answerer.ts';
import type { ShopReader } from './shop-reader.ts';

type Result = { readonly answer: unknown; readonly sources: readonly Source[] };

type Tool<Input extends z.ZodObject> = {
  readonly description: string;
  readonly input: Input;
  run(shop: ShopReader, input: z.output<Input>): Promise<Result>;
};

const tool = <Input extends z.ZodObject>(declared: Tool<Input>): Tool<z.ZodObject> =>
  declared as unknown as Tool<z.ZodObject>;

const productFacts = ({ id, title, category, price, stock, description, attributes }: Product) => ({
  id,
  title,
  category,
  price: formatMoney(price),
  stock,
  description: description.slice(0, 500),
  attributes,
});

const cents = z.coerce.number().int().min(0).max(900_000_000_000).optional();

const tools: ReadonlyMap<string, Tool<z.ZodObject>> = new Map([
  [
    'search_products',
    tool({
      description: 'Products that match; prices are in minor units, such as cents. At most ten.',
      input: z.strictObject({
        query: z.string().min(1).max(100).optional().describe('Words of the title or of the attributes'),
        category: z.string().min(1).max(80).optional().describe('One of list_categories'),
        priceMin: cents,
        priceMax: cents,
        sort: z.enum(['price-ascending', 'price-descending', 'newest']).optional(),
      }),
      run: async (shop, { query, category, priceMin, priceMax, sort }) => {
        const { items, isGuess } = await shop.search({
          ...(query !== undefined && { q: query }),
          ...(category !== undefined && { category }),
          ...(priceMin !== undefined && { priceMin }),
          ...(priceMax !== undefined && { priceMax }),
          ...(sort !== undefined && { sort }),
        });
        return {
          answer: { products: items.map(productFacts), onlySimilar: isGuess },
          sources: items.map(({ id, title }) => ({ kind: 'product', id, title })),
        };
      },
    }),
  ],
  [
    'list_categories',
    tool({
      description: 'Categories and how many products each has.',
      input: z.strictObject({}),
      run: async (shop) => ({ answer: { categories: await shop.categories() }, sources: [] }),
    }),
  ],
  [
    'own_orders',
    tool({
      description: 'The newest ten orders of the customer who asks.',
      input: z.strictObject({}),
      run: async (shop) => {
        const orders = await shop.ownOrders();
        return {
          answer: { orders: orders.map(orderText) },
          sources: orders.map(({ id }) => ({ kind: 'order', id, title: `Order ${id}` })),
        };
      },
    }),
  ],
  [
    'own_order',
    tool({
      description: 'One order of the customer who asks, by its id, ord_...',
      input: z.strictObject({ id: z.string().regex(/^ord_[0-9a-hjkmnp-tv-z]{26}$/) }),
      run: async (shop, { id }) => {
        const order = await shop.ownOrder(id);
        if (!order) return { answer: { error: 'The customer has no such order.' }, sources: [] };
        return { answer: { order: orderText(order) }, sources: [{ kind: 'order', id, title: `Order ${id}` }] };
      },
    }),
  ],
  [
    'shop_policy',
    tool({
      description: 'A rule of the shop, in its own words.',
      input: z.strictObject({
        topic: z
          .string()
          .max(40)
          .describe(shopPolicies.map(({ topic }) => topic).join(', ')),
      }),
      run: async (_shop, { topic }) => {
        const policy = policyOn(topic);
        if (!policy) return { answer: { error: 'There is no such rule.' }, sources: [] };
        const { title, text } = policy;
        return { answer: { title, text }, sources: [{ kind: 'policy', id: topic, title }] };
      },
    }),
  ],
]);

/** Name, description and JSON Schema of each tool. */
export const toolDescriptions = [...tools].map(([name, { description, input }]) => {
  const { $schema, ...parameters } = z.toJSONSchema(input, { io: 'input' });
  return { name, description, parameters: parameters as Record<string, unknown> };
});

/** Characters of what a tool answers; a model pays for each. */
const longestResult = 12_000;

const inputOf = (given: unknown): unknown => {
  if (typeof given !== 'string') return given;
  try {
    return JSON.parse(given);
  } catch {
    return undefined;
  }
};

export type ToolRun = { readonly text: string; readonly events: readonly AnswerEvent[] };

/**
 * Runs what a model asks for; `given` is its input as JSON text or as an object. An unknown tool and a wrong input are answered with an
 * error that the model reads; a service that is away throws its Refusal.
 */
export const runTool = async (shop: ShopReader, name: string, given: unknown): Promise<ToolRun> => {
  const refused = (error: string): ToolRun => ({
    text: JSON.stringify({ error }),
    events: [{ type: 'tool', tool: tools.has(name) ? name : 'unknown', outcome: 'refused' }],
  });
  const found = tools.get(name);
  if (!found) return refused(`There is no such tool; there are ${[...tools.keys()].join(', ')}.`);
  const { data, error } = found.input.safeParse(inputOf(given));
  if (!data) return refused(z.prettifyError(error));
  const { answer, sources } = await found.run(shop, data);
  return {
    text: JSON.stringify(answer).slice(0, longestResult),
    events: [
      { type: 'tool', tool: name, outcome: 'answered' },
      ...sources.map((source): AnswerEvent => ({ type: 'source', source })),
    ],
  };
};
