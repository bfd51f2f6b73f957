/** The SQL of a page of the catalogue: what matches, in which order, and its facets, in one statement. */
import type { ProductSort } from '../../contracts/http/catalogue/product-search-api.ts';
import { mostCounted, type ProductFilters, type ProductQuery } from '../domain/product-page.ts';
import { facetsOf } from './facet-statement.ts';
import { existingProducts, productColumns } from './product-statements.ts';

const sorts: Readonly<Record<ProductSort, { order: string; place: string; comparison: '<' | '>' }>> = {
  newest: { order: 'products.id DESC', place: 'products.id', comparison: '<' },
  title: { order: 'title_key, products.id', place: 'title_key, products.id', comparison: '>' },
  // The rank is negative, so that both parts of the place rise.
  relevance: { order: 'relevance, id', place: 'relevance, id', comparison: '>' },
  // Named with its table: alone it would be the column of the answer, which is a double and in no index.
  'price-ascending': {
    order: 'products.price_amount, products.id',
    place: 'price_amount, products.id',
    comparison: '>',
  },
  'price-descending': {
    order: 'products.price_amount DESC, products.id DESC',
    place: 'price_amount, products.id',
    comparison: '<',
  },
};

/** Adds a value to those of the statement and returns its name there. */
export type Bind = (value: unknown) => string;

/** Each filter as its condition, by the facet that it belongs to. */
const filterConditions = ({ category, priceMin, priceMax, isInStock, attributes }: ProductFilters, bind: Bind) => {
  const conditions: { readonly facet: string; readonly sql: string }[] = [];
  const add = (facet: string, sql: string) => conditions.push({ facet, sql: `AND ${sql}` });
  if (category !== undefined) add('category', `category = ${bind(category)}`);
  if (priceMin !== undefined) add('price', `price_amount >= ${bind(priceMin)}`);
  if (priceMax !== undefined) add('price', `price_amount <= ${bind(priceMax)}`);
  if (isInStock === true) add('stock', 'free > 0');
  for (const [name, values] of Object.entries(attributes ?? {})) {
    const each = values.map((value) => `attributes @> ${bind(JSON.stringify({ [name]: value }))}::jsonb`);
    add(`attribute ${name}`, `(${each.join(' OR ')})`);
  }
  return conditions;
};

/** A title that is what was typed comes first, then one that begins so, then by the weights of title, attributes and description. */
const rank = (query: string, titleKey: string) => `
  -(ts_rank(search, ${query}) + CASE WHEN title_key = unaccent(${titleKey}) THEN 2
    WHEN starts_with(title_key, unaccent(${titleKey})) THEN 1 ELSE 0 END)::float8`;

/**
 * One page and one product more, which tells whether another page follows. By relevance the first thousand that match are ranked:
 * whoever finds more than that has to say more. Only shapes without text and filters are prepared by name: for the others one plan
 * does not fit all values.
 */
export const listStatement = (query: ProductQuery) => {
  const { text, sort, limit, after, hasFacets = false, category } = query;
  const values: unknown[] = [limit + 1];
  const bind: Bind = (value) => `$${values.push(value)}`;
  const filters = filterConditions(query, bind);
  const asked = text && `to_tsquery('folded', ${bind(text.query)})`;
  const conditions = (without?: string) =>
    [
      ...(asked === undefined ? [] : [`AND search @@ ${asked}`]),
      ...filters.filter(({ facet }) => facet !== without).map(({ sql }) => sql),
    ].join(' ');

  const { order, place, comparison } = sorts[sort];
  const key = after && [after.key, after.id].filter((part) => part !== null).map(bind);
  const behind = key ? `(${place}) ${comparison} (${key.join(', ')})` : 'true';
  const page =
    sort === 'relevance'
      ? `SELECT * FROM (
          SELECT *, ${text && asked ? rank(asked, bind(text.titleKey)) : '0::float8'} AS relevance
          FROM (SELECT ${productColumns}, search ${existingProducts} ${conditions()} LIMIT ${mostCounted}) AS first) AS ranked
        WHERE ${behind} ORDER BY ${order} LIMIT $1`
      : `SELECT ${productColumns} ${existingProducts} ${conditions()} AND ${behind} ORDER BY ${order} LIMIT $1`;
  if (hasFacets)
    return {
      name: undefined,
      text: `
        WITH page AS MATERIALIZED (SELECT *, row_number() OVER () AS place FROM (${page}) AS ordered),
        ${facetsOf(filters, conditions, bind).join(',')}
        SELECT page.*, CASE WHEN place IS NULL OR place = 1 THEN (SELECT facets FROM counted) END AS facets
        FROM (VALUES (1)) AS one LEFT JOIN page ON true ORDER BY place`,
      values,
    };
  const isPlain = text === undefined && filters.length === (category === undefined ? 0 : 1);
  const name = ['list-products', sort, category !== undefined && 'category', after && 'after'];
  return { name: isPlain ? name.filter(Boolean).join('-') : undefined, text: page, values };
};
