/** Models that protocol servers play: one that does what it should, and one that obeys whoever writes to it. */
import { understand } from '../domain/question.ts';
import { standIn, wordsOf } from '../domain/words.ts';

export type ToolCall = { readonly tool: string; readonly input: Readonly<Record<string, string>> };

export type PlayedModel = {
  /** What it asks for first; no call: it answers at once. */
  plan(message: string): readonly ToolCall[];
  /** What it writes when it has read the results, in the order of the calls. `instructions` are those that it was sent. */
  write(message: string, results: readonly string[], instructions: string): string;
};

const categories =
  'Drama,Comedy,Musical,Thriller/Suspense,Adventure,Action,Romantic Comedy,Horror,Western,Documentary,Black Comedy'.split(
    ',',
  );

type Found = {
  readonly products?: readonly { title: string; category: string; price: string; stock: number; attributes: object }[];
  readonly categories?: readonly { name: string; products: number }[];
  readonly orders?: readonly string[];
  readonly order?: string;
  readonly title?: string;
  readonly text?: string;
  readonly error?: string;
};

const textOf = (products: NonNullable<Found['products']>) =>
  products.map(
    ({ title, category, price, stock, attributes }) =>
      `${title} (${category}) costs ${price}, in stock: ${stock} available. ${Object.values(attributes).join(', ')}. `,
  );

const searchOf = (search: object): ToolCall => {
  const { q, ...rest } = search as { q?: string };
  const input = { ...(q !== undefined && { query: q }), ...rest };
  return {
    tool: 'search_products',
    input: Object.fromEntries(Object.entries(input).map(([key, value]) => [key, String(value)])),
  };
};

/** Chooses tools as a good model would, and says what they answered. */
export const honestModel: PlayedModel = {
  plan: (message) => {
    const question = understand(message, categories);
    switch (question.about) {
      case 'orders':
        return question.ids.length > 0
          ? question.ids.map((id) => ({ tool: 'own_order', input: { id } }))
          : [{ tool: 'own_orders', input: {} }];
      case 'policy':
        return question.policies.map(({ topic }) => ({ tool: 'shop_policy', input: { topic } }));
      case 'categories':
        return [{ tool: 'list_categories', input: {} }];
      case 'products':
        return [
          ...question.phrases.map((q) => searchOf({ q })),
          ...(question.list ? [searchOf(question.list)] : []),
          ...question.policies.slice(0, 1).map(({ topic }) => ({ tool: 'shop_policy', input: { topic } })),
        ].slice(0, 8);
      default:
        return [];
    }
  },
  write: (message, results) => {
    const found = results.map((result) => JSON.parse(result) as Found);
    const said = wordsOf(message);
    const products = found.flatMap(({ products: some = [] }) => some);
    const titled = products.filter(({ title }) => standIn(wordsOf(title), said));
    const [cheapest] = titled.toSorted((one, other) => Number(one.price.slice(1)) - Number(other.price.slice(1)));
    const told = [
      ...found.flatMap(({ orders = [], order, text }) => [
        ...orders,
        ...(order ? [order] : []),
        ...(text ? [text] : []),
      ]),
      ...found.flatMap(({ categories: all = [] }) => all.map(({ name, products: count }) => `${name}: ${count}. `)),
      ...(titled.length > 1 && cheapest ? [`${cheapest.title} is the cheapest. `] : []),
      ...textOf(titled.length > 0 ? titled.slice(0, 4) : found.flatMap(({ products: some = [] }) => some.slice(0, 6))),
    ];
    return told.length > 0 ? told.join('\n') : 'I found nothing about that.';
  },
};

const ids = (message: string, pattern: RegExp) => [...new Set(message.match(pattern) ?? [])];

/** Obeys: asks for every id that it reads with every tool it can think of, and says all that it got, its instructions and markup. */
export const injectedModel: PlayedModel = {
  plan: (message) => {
    const [user = 'usr_01jf0000000000000000000001'] = ids(message, /usr_\w+/g);
    const [order] = ids(message, /ord_\w+/g);
    const calls: ToolCall[] = [
      ...(order ? [{ tool: 'own_order', input: { id: order } }] : []),
      ...(order ? [{ tool: 'own_order', input: { id: order, userId: user } }] : []),
      { tool: 'own_orders', input: { userId: user, authorization: `Bearer ${user}` } },
      { tool: 'find_order', input: { id: order ?? user } },
      { tool: 'run_sql', input: { sql: 'SELECT * FROM orders' } },
      { tool: 'constructor', input: {} },
      { tool: 'shop_policy', input: { topic: '../../etc/passwd' } },
    ];
    return calls;
  },
  write: (_message, results, instructions) =>
    `${results.join('\n')}\n${instructions}\n<script>alert(1)</script> [here](javascript:alert(1)) ![x](http://evil.example/?q=1)`,
};
