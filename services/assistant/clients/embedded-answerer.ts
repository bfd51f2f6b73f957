/** Answers by itself, without a model and without an account: it reads the question and says what the shop's doors answer. */
import type { Product } from '../../contracts/http/catalogue/product-api.ts';
import { formatMoney } from '../../kit/values/money.ts';
import { greeting, inWords, orderText, productLine, productText } from '../domain/answer-text.ts';
import type { Source } from '../domain/conversation.ts';
import { type ProductSearch, type Question, understand } from '../domain/question.ts';
import type { Policy } from '../domain/shop-policies.ts';
import { standIn, wordsOf } from '../domain/words.ts';
import type { AnswerEvent, Answerer } from './answerer.ts';
import type { ShopReader } from './shop-reader.ts';

type Said = { readonly text: string; readonly sources: readonly Source[] };
type About<Kind extends Question['about']> = Extract<Question, { about: Kind }>;

const mostTold = 3;
const mostListed = 5;

const say = (text: string, sources: readonly Source[] = []): Said => ({ text, sources });
const ofProduct = ({ id, title }: Product): Source => ({ kind: 'product', id, title });

const sayPolicies = (policies: readonly Policy[]): Said =>
  say(
    policies.map(({ title, text }) => `${title}: ${text}`).join('\n'),
    policies.map(({ topic, title }) => ({ kind: 'policy', id: topic, title })),
  );

const together = (one: Said, other: Said): Said =>
  say(`${one.text}\n${other.text}`, [...one.sources, ...other.sources]);

const onlyYours = 'I can see your own orders only, never those of other people.';

const sayOrders = async (shop: ShopReader, { ids, isAboutOthers }: About<'orders'>): Promise<Said> => {
  if (ids.length > 0) {
    const found = await Promise.all(ids.map(async (id) => ({ id, order: await shop.ownOrder(id) })));
    return say(
      found
        .map(({ id, order }) => (order ? orderText(order) : `There is no order ${id} among yours. ${onlyYours}`))
        .join('\n'),
      found.flatMap(({ id, order }): Source[] => (order ? [{ kind: 'order', id, title: `Order ${id}` }] : [])),
    );
  }
  if (isAboutOthers) return say(onlyYours);
  const orders = await shop.ownOrders();
  const [newest, ...older] = orders.slice(0, mostTold);
  if (!newest)
    return say(
      'I see no orders of yours. If you bought with an account, sign in first; a guest sees those of this browser.',
    );
  const more = older.length > 0 ? `\nBefore that:\n${older.map(orderText).join('\n')}` : '';
  const count = orders.length === 1 ? 'You have one order.' : `Your newest of ${orders.length} orders comes first.`;
  return say(
    `${count} ${orderText(newest)}${more}`,
    [newest, ...older].map(({ id }): Source => ({ kind: 'order', id, title: `Order ${id}` })),
  );
};

const sayCategories = async (shop: ShopReader, { category }: About<'categories'>): Promise<Said> => {
  const categories = await shop.categories();
  const one = categories.find(({ name }) => name === category);
  if (one) return say(`We have ${one.products} products in ${one.name}.`);
  return say(`We have ${inWords(categories.map(({ name, products }) => `${name} (${products})`))}.`);
};

/** Those whose whole title was said, the longest titles first; a shorter title that stands in a longer one was not meant. */
const saidTitles = (items: readonly Product[], said: readonly string[]): readonly Product[] => {
  const found = items
    .map((product) => ({ product, words: wordsOf(product.title) }))
    .filter(({ words }) => standIn(words, said));
  return found
    .filter(({ words }) => !found.some((other) => other.words.length > words.length && standIn(words, other.words)))
    .map(({ product }) => product);
};

const sayTitles = (products: readonly Product[]): Said => {
  const told = products.slice(0, mostTold);
  const [first, second] = told.toSorted((one, other) => one.price.amount - other.price.amount);
  const comparison =
    first && second && first.price.currency === second.price.currency && first.price.amount < second.price.amount
      ? `\n${first.title} is the cheapest of them, at ${formatMoney(first.price)}.`
      : '';
  return say(`${told.map(productText).join('\n')}${comparison}`, told.map(ofProduct));
};

const sayList = (items: readonly Product[], intro: string): Said => {
  const listed = items.slice(0, mostListed);
  return say(`${intro}\n${listed.map(productLine).join('\n')}`, listed.map(ofProduct));
};

type Looked = {
  /** Products whose whole title was said. */
  readonly titled: readonly Product[];
  /** The few that have all words of a phrase of several. */
  readonly close: readonly Product[];
  /** Those that have all words of a name: films of a person. */
  readonly named: readonly Product[];
  /** Others that may be meant. */
  readonly similar: readonly Product[];
};

const newIn = (known: readonly Product[], found: readonly Product[]) =>
  found.filter(({ id }) => !known.some((each) => each.id === id));

/** Looks for titles: for each that is quoted or named, else until one is found. */
const lookForTitles = async (
  shop: ShopReader,
  { names, phrases, isQuoted }: Pick<About<'products'>, 'names' | 'phrases' | 'isQuoted'>,
  said: readonly string[],
): Promise<Looked> => {
  let [titled, close, similar]: [Product[], readonly Product[], readonly Product[]] = [[], [], []];
  let named: readonly Product[] = [];
  for (const q of names) {
    const { items, isGuess } = await shop.search({ q });
    titled = [...titled, ...newIn(titled, saidTitles(items, said))];
    if (named.length === 0 && !isGuess && wordsOf(q).length > 1) named = items;
  }
  for (const q of phrases) {
    if (titled.length > 0 && !isQuoted) break;
    const { items, isGuess } = await shop.search({ q });
    titled = [...titled, ...newIn(titled, saidTitles(items, said))];
    const isClose = !isGuess && items.length > 0 && items.length <= mostTold && wordsOf(q).length > 1;
    if (close.length === 0 && isClose) close = items;
    if (similar.length === 0) similar = items;
  }
  return { titled: saidTitles(titled, said), close, named, similar };
};

/** Where its words find nothing, what else was said of it does: a genre, a price. */
const searchWider = async (shop: ShopReader, { q, ...list }: ProductSearch) => {
  const found = await shop.search({ ...list, ...(q !== undefined && { q }) });
  const isNarrowed = list.category !== undefined || list.priceMin !== undefined || list.priceMax !== undefined;
  return q !== undefined && isNarrowed && (found.items.length === 0 || found.isGuess) ? shop.search(list) : found;
};

const sayProducts = async (shop: ShopReader, question: About<'products'>, message: string): Promise<Said> => {
  const { list, policies, isAboutRules } = question;
  const asksForExtreme = list?.category !== undefined && list.sort !== undefined;
  const { titled, close, named, similar } = await lookForTitles(shop, question, wordsOf(message));
  if (titled.length > 0 && !asksForExtreme)
    return isAboutRules ? together(sayTitles(titled), sayPolicies(policies)) : sayTitles(titled);
  if (close.length > 0 && policies.length > 0) return sayTitles(close);
  if (policies.length > 0) return sayPolicies(policies);
  const { items, isGuess } = list ? await searchWider(shop, list) : { items: [], isGuess: false };
  if (items.length > 0 && !isGuess) return sayList(items, 'This is what we have:');
  if (close.length > 0) return sayTitles(close);
  if (named.length > 0) return sayList(named, 'This is what we have:');
  const others = similar.length > 0 ? similar : items;
  if (others.length > 0) return sayList(others, 'I found nothing of just that name. Did you mean one of these?');
  return say(`I found nothing about that in our shop. ${greeting}`);
};

const answerTo = (shop: ShopReader, question: Question, message: string): Promise<Said> => {
  switch (question.about) {
    case 'greeting':
      return Promise.resolve(say(greeting));
    case 'thanks':
      return Promise.resolve(say('You are welcome. Is there anything else?'));
    case 'categories':
      return sayCategories(shop, question);
    case 'orders':
      return sayOrders(shop, question);
    case 'policy':
      return Promise.resolve(sayPolicies(question.policies));
    case 'products':
      return sayProducts(shop, question, message);
  }
};

/** Parts of a line each, so that a page can show an answer as it comes. */
const lines = (text: string): string[] => text.split(/(?<=\n)/);

export const createEmbeddedAnswerer = (): Answerer => ({
  provider: 'embedded',
  begin: async () => null,
  answer: async function* ({ message, shop }): AsyncGenerator<AnswerEvent> {
    const categories = (await shop.categories()).map(({ name }) => name);
    const { text, sources } = await answerTo(shop, understand(message, categories), message);
    for (const source of sources) yield { type: 'source', source };
    for (const line of lines(text)) yield { type: 'text', text: line };
  },
});
