/** What somebody wants to know, read from what he wrote: pure, in English, and without a model. */
import { type Policy, shopPolicies } from './shop-policies.ts';
import { wordsOf } from './words.ts';

export type ProductSearch = {
  readonly q?: string;
  readonly category?: string;
  readonly priceMin?: number;
  readonly priceMax?: number;
  readonly sort?: 'price-ascending' | 'price-descending' | 'newest';
};

export type Question =
  | { readonly about: 'greeting' }
  | { readonly about: 'thanks' }
  | { readonly about: 'categories'; readonly category: string | undefined }
  | { readonly about: 'orders'; readonly ids: readonly string[]; readonly isAboutOthers: boolean }
  | { readonly about: 'policy'; readonly policies: readonly Policy[] }
  | {
      readonly about: 'products';
      /** What is named in it, by the capitals of names: titles or people. */
      readonly names: readonly string[];
      /** What may be a title, the most likely first. */
      readonly phrases: readonly string[];
      /** Whether they are titles for certain, each of them. */
      readonly isQuoted: boolean;
      /** What is listed when nothing has such a title; undefined: nothing is looked for. */
      readonly list: ProductSearch | undefined;
      /** Told when no title is found. */
      readonly policies: readonly Policy[];
      /** Whether these rules are told of a title, too: "Can I return Titanic?" */
      readonly isAboutRules: boolean;
    };

const orderIds = /\bord_[0-9a-hjkmnp-tv-z]{26}\b/g;
const quotes = /["“”„«»]([^"“”„«»]{1,120})["“”„«»]|(?<![\p{L}\p{N}])['‘]([^'‘’]{1,120})['’](?![\p{L}\p{N}])/gu;

const ownOrders = [
  /\b(my|our|last|latest|recent|previous|first) (\w+ )?(orders?|purchases?|parcels?|packages?|deliver(y|ies)|shipments?)\b/,
  /\borders? (history|status|number)\b/,
  /\b(did|have|had) i (just |already |ever |last )*(order|buy|bought|pay|paid|spend|spent|purchase)/,
  /\bi (have |had |just |already |ever |last |first )*(ordered|bought|purchased|shopped)\b/,
  /\b(got|received|bought) from you\b/,
  /\bmy (stuff|things|goods|items|films|movies|discs|dvds?)\b.{0,20}\b(arriv|come|here|yet)/,
  /\b(was|were|been) i (charged|refunded)\b/,
  /\btrack(ing)?( number| my|$)/,
  /\b(all|any|list|show|see|read|get|give|display) (me )?(of )?(the |my |your |every |all )*orders\b/,
];
/** Whether it asks for the rules rather than for what became of an order. */
const asksForRules =
  /^(how (do|can|could|would|to|long|much time)|can|may|could|do you|what happens|what if|am i allowed|is it possible|i want to|i would like to|what (is|are) (your|the) )|\bif i (order|buy|return|pay|cancel)\b|\bwhat (now|can i do|should i do|do i do)\b/;
const others =
  /\b(other|another|someone|somebody|anyone|anybody|everyone|everybody|all) (else|user|users|customer|customers|person|people|buyers?|accounts?|s)\b|\b(his|her|their|whose) orders?\b|\busr_\w+|\bses_\w+|@\w+\.\w+|\ball orders\b/;

const hello = /^(hi|hello|hey|good (morning|afternoon|evening)|greetings|what can you do|help|who are you)\b[\s!.?,]*$/;
const thanks = /^(thanks?|thank you|cheers|great|ok|okay|bye|goodbye|perfect)\b[\w\s!.,]{0,30}$/;

const lead =
  /^((hi|hello|hey|please|ok|and|so|can you|could you|would you|will you|i want to know|i would like to know|do you know|tell me|show me|give me|let me know|i wonder|about)[\s,!]+)*((what s|what is|what are|how much|how many|how long|how old|which|who|when|where|is|are|was|were|does|do|did|has|have|can|could|i|i m|im) +)*((you|we|i|there|it|the|a|an|any|still|got|get|have|sell|stock|carry|offer|want|like|would|buy|looking|look|searching|search|find|need|interested|in|for|of|much|does|do|is|are|to|copies|copy|units|price|cost|director|directed|direct|directs|made|make|released|release|release date|year|length|running time|runtime|rating|genre|category|kind|description|details|information|info|about|film|films|movie|movies|dvd|dvds|title|called|named|on|by|what|me|some) +)*/;
const tail =
  /( (cost|costs|in stock|stock|available|come out|comes out|came out|released|release|run|runs|last|rated|belong to|made|directed|directed by|right now|now|today|currently|please|on dvd|dvd|in dollars|film|movie|for sale|left|there|have|is|are|you|do|does|go for|sell for|be|still|in|from|by|about|here|again|exactly|anyway|online))+$/;

const noise = new Set(
  'a am an the of for to in on at by with from and or me my you your i we us our is are was were be been do does did has have had can could would will should may might must please tell show find give list get got any some there it its this that these those what whats which who whom whose when where why how much many s m t re ve about cost costs price prices priced worth sell selling sold buy purchase available availability stock left copies copy units currently now today right film films movie movies dvd dvds product products item items title titles called named directed director directs made release released come came out year long length running time runtime minutes rated rating category genre kind type describe description details info information something anything recommend recommendation suggest want like need looking look search know sale shop store cheapest cheap cheaper lowest expensive priciest highest dearest most least newest latest recent under below less than over above more between dollars dollar usd bucks up max maximum minimum good best all'.split(
    ' ',
  ),
);

const policyNeutral = new Set(
  'policy policies rule rules order orders days day week weeks free cost abroad international fast quickly option options method methods possible allowed accept work works take takes need back use ever'.split(
    ' ',
  ),
);

const sorts: readonly (readonly [RegExp, NonNullable<ProductSearch['sort']>])[] = [
  [/\b(cheapest|lowest|least expensive|cheap)\b/, 'price-ascending'],
  [/\b(most expensive|priciest|highest|dearest)\b/, 'price-descending'],
  [/\b(newest|latest arrivals|new arrivals|just in)\b/, 'newest'],
];
const listing =
  /\b(films|movies|dvds|titles|products|something|anything|recommend|list|any|comedies|dramas|which (ones|films|movies)|what (films|movies|titles))\b/;

const amountOf = (text: string | undefined): number | undefined =>
  text === undefined ? undefined : Math.round(Number(text) * 100);

const number = '\\$? ?(\\d{1,5}(?:\\.\\d{1,2})?)';
const priceBounds = (text: string): Pick<ProductSearch, 'priceMin' | 'priceMax'> => {
  const [, from, to] = new RegExp(`between ${number}(?: dollars| usd)? and ${number}`).exec(text) ?? [];
  if (from !== undefined && to !== undefined)
    return { priceMin: amountOf(from) as number, priceMax: amountOf(to) as number };
  const [, most] =
    new RegExp(`(?:under|below|less than|cheaper than|up to|at most|max(?:imum)?) ${number}`).exec(text) ?? [];
  const [, least] = new RegExp(`(?:over|above|more than|at least) ${number}`).exec(text) ?? [];
  return {
    ...(most !== undefined && { priceMax: amountOf(most) as number }),
    ...(least !== undefined && { priceMin: amountOf(least) as number }),
  };
};

/** Forms of a category's word in a question: comedy, comedies; western, westerns. */
const forms = (word: string): string[] => [word, `${word}s`, word.replace(/y$/, 'ies')];

/** The category that a question names, the one with the most words first. */
const categoryIn = (words: readonly string[], categories: readonly string[]): string | undefined =>
  categories
    .filter((category) => wordsOf(category).every((word) => forms(word).some((form) => words.includes(form))))
    .toSorted((one, other) => wordsOf(other).length - wordsOf(one).length)
    .at(0);

const hasStem = (text: string, stem: string) => new RegExp(`\\b${stem}`).test(text);

/** Policies that a text asks for, the most words first, and the share of its words that are theirs. */
const policiesIn = (text: string) => {
  const found = shopPolicies
    .map((policy) => ({ policy, stems: policy.stems.filter((stem) => hasStem(text, stem)) }))
    .filter(({ stems }) => stems.length > 0)
    .toSorted((one, other) => other.stems.join('').length - one.stems.join('').length);
  const words = text.split(' ').filter((word) => !noise.has(word) && !policyNeutral.has(word));
  const stems = found.flatMap((each) => each.stems);
  const own = words.filter((word) => stems.some((stem) => stem.split(' ').some((part) => word.startsWith(part))));
  return {
    policies: found.slice(0, 2).map(({ policy }) => policy),
    share: words.length === 0 ? 1 : own.length / words.length,
  };
};

/** Searches for a title at most. */
const mostPhrases = 7;
/** And for what is named, before these. */
const mostNames = 3;

/** Words that begin with a capital or a digit, with small words between them: names, as people write them in a sentence. */
const names =
  /(?<![\p{L}\p{N}])[\p{Lu}\p{N}][\p{L}\p{N}'’.-]*(?:,? (?:(?:of|the|and|or|in|a|to|on|for) )*[\p{Lu}\p{N}][\p{L}\p{N}'’.-]*)*/gu;

/** What is named in a message, the longest first; how a sentence begins is no name. */
const namedIn = (message: string): string[] =>
  [...message.matchAll(names)]
    // "Braveheart and Jaws" may be one title or two.
    .flatMap(([name]) => [name, ...(/ (?:and|or) /.test(name) ? name.split(/ (?:and|or) /) : [])])
    .map(wordsOf)
    .map((words) =>
      words.slice(
        Math.max(
          0,
          words.findIndex((word) => !noise.has(word)),
        ),
      ),
    )
    .filter((words) => words.some((word) => !noise.has(word)))
    .map((words) => words.join(' '))
    .toSorted((one, other) => other.length - one.length)
    .slice(0, mostNames);

/**
 * What may be a title, the most likely first: the message without how a question begins and ends, its words that carry a meaning, and
 * what follows each word of the first that cannot begin a title.
 */
const likelyTitles = (text: string, meaning: readonly string[]): string[] => {
  const trimmed = text.replace(lead, '').replace(tail, '').trim();
  const words = trimmed.split(' ');
  const endings = words.map((_, at) => words.slice(at).join(' ').replace(tail, ''));
  const beginnings = words.map((_, at) => words.slice(0, -at).join(' ')).slice(1, -1);
  const afterNoise = endings.filter((_, at) => at > 0 && noise.has(words[at - 1] ?? ''));
  return [...new Set([trimmed, meaning.join(' '), ...afterNoise, endings[1] ?? '', ...beginnings])]
    .filter((phrase) => phrase !== '' && (phrase === trimmed || !noise.has(phrase)))
    .slice(0, mostPhrases);
};

const quotedIn = (message: string): string[] =>
  [...message.matchAll(quotes)].map(([, double, single]) => (double ?? single ?? '').trim()).filter(Boolean);

/** What the message asks, given the names of the shop's categories. */
export const understand = (message: string, categories: readonly string[]): Question => {
  const lower = message.toLowerCase().replaceAll('’', "'");
  const words = wordsOf(message);
  const text = words.join(' ');
  const ids = [...new Set(lower.match(orderIds) ?? [])].slice(0, 3);
  const quoted = quotedIn(message).slice(0, 3);
  if (hello.test(lower.trim())) return { about: 'greeting' };
  if (thanks.test(lower.trim())) return { about: 'thanks' };
  const isAboutOthers = others.test(lower);
  const { policies, share } = policiesIn(text);
  if (ids.length > 0) return { about: 'orders', ids, isAboutOthers: false };
  const mentionsOrders = ownOrders.some((pattern) => pattern.test(text));
  const asksRules = policies.length > 0 && asksForRules.test(text);
  if ((mentionsOrders && !asksRules) || (isAboutOthers && /\border/.test(text)))
    return { about: 'orders', ids: [], isAboutOthers };

  const category = categoryIn(words, categories);
  const content = words.filter((word) => !noise.has(word));
  if (/\b(categories|genres)\b/.test(text) || (/\bhow many\b/.test(text) && category !== undefined))
    return { about: 'categories', category };
  if (quoted.length === 0 && policies.length > 0 && (share > 0.5 || (asksRules && mentionsOrders)))
    return { about: 'policy', policies };

  const bounds = priceBounds(lower);
  const sort = sorts.find(([pattern]) => pattern.test(text))?.[1];
  const rest = content.filter(
    (word) =>
      !(category !== undefined && wordsOf(category).some((name) => forms(name).includes(word))) &&
      !(bounds.priceMax !== undefined || bounds.priceMin !== undefined ? /^\d{1,2}$/.test(word) : false),
  );
  const isListing =
    sort !== undefined || Object.keys(bounds).length > 0 || category !== undefined || listing.test(text);
  const phrases = quoted.length > 0 ? quoted : likelyTitles(text, rest);
  const list: ProductSearch = {
    ...bounds,
    ...(sort && { sort }),
    ...(category !== undefined && { category }),
    ...(rest.length > 0 && { q: rest.join(' ').slice(0, 100) }),
  };
  return {
    about: 'products',
    names: quoted.length > 0 ? [] : namedIn(message),
    phrases: phrases.map((phrase) => phrase.slice(0, 100)),
    isQuoted: quoted.length > 0,
    list: (isListing || rest.length > 0) && Object.keys(list).length > 0 ? list : undefined,
    policies,
    isAboutRules: asksRules,
  };
};
