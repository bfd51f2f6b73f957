/** The facets of a list: each counts what a further choice would leave, over a bounded number of products. */
import { mostCounted } from '../domain/product-page.ts';
import type { Bind } from './list-statement.ts';
import { existingProducts } from './product-statements.ts';

const mostCategories = 20;
const mostPrices = 12;
const mostAttributes = 8;
const mostValues = 12;

const attributePrefix = 'attribute ';

/** Bands of the series 1, 2, 5, 10 ...: from the largest of it that is not above the price, to just below the next. */
const bands = `
  SELECT price_currency, lead * power AS band_from,
    CASE WHEN power = 0 THEN 0 WHEN lead = 1 THEN 2 * power WHEN lead = 2 THEN 5 * power ELSE 10 * power END - sign(power) AS band_to
  FROM (
    SELECT price_currency, power, CASE WHEN price_amount < 2 * power THEN 1 WHEN price_amount < 5 * power THEN 2 ELSE 5 END AS lead
    FROM (
      SELECT price_amount, price_currency,
        CASE WHEN price_amount = 0 THEN 0 ELSE (10 ^ (length(price_amount::text) - 1))::bigint END AS power
      FROM price_set) AS powered) AS led`;

/**
 * Parts of a WITH, the last one `counted` with one value `facets`. A facet that is filtered by is counted over what matches all other
 * filters, so that one sees what else there is to choose; everything else over what matches all.
 */
export const facetsOf = (
  filters: readonly { readonly facet: string }[],
  conditions: (without?: string) => string,
  bind: Bind,
): string[] => {
  const filtered = [...new Set(filters.map(({ facet }) => facet))];
  const set = (name: string, without?: string) => `${name} AS MATERIALIZED (
    SELECT category, price_amount, price_currency, attributes, free > 0 AS is_in_stock
    ${existingProducts} ${conditions(without)} LIMIT ${mostCounted})`;
  const own = (name: string, facet: string) =>
    filtered.includes(facet) ? set(name, facet) : `${name} AS (SELECT * FROM every)`;
  const attributes = filtered.filter((facet) => facet.startsWith(attributePrefix));
  const names = attributes.map((facet) => facet.slice(attributePrefix.length));
  const chosen = bind(names);

  return [
    set('every'),
    own('category_set', 'category'),
    own('price_set', 'price'),
    own('stock_set', 'stock'),
    ...attributes.map((facet, index) => set(`attribute_set_${index}`, facet)),
    `valued AS (
      SELECT key, value, count(*) AS count FROM every, jsonb_each(attributes)
      WHERE key <> ALL (${chosen}::text[]) GROUP BY key, value
      ${names
        .map(
          (name, index) => `UNION ALL SELECT key, value, count(*) FROM attribute_set_${index}, jsonb_each(attributes)
            WHERE key = ${bind(name)} GROUP BY key, value`,
        )
        .join(' ')}
    ), placed AS (
      SELECT *, row_number() OVER (PARTITION BY key ORDER BY count DESC, value) AS place,
        sum(count) OVER (PARTITION BY key) AS products, count(*) OVER (PARTITION BY key) AS distinct_values
      FROM valued
    ), attribute AS (
      -- A value that hardly two products share, such as a number of votes, helps nobody to choose.
      SELECT key, products, jsonb_agg(jsonb_build_object('value', value, 'count', count) ORDER BY count DESC, value) AS entries
      FROM placed WHERE place <= ${mostValues} AND (products >= 2 * distinct_values OR key = ANY (${chosen}::text[]))
      GROUP BY key, products
    )`,
    `counted AS (SELECT jsonb_build_object(
      'counted', (SELECT count(*) FROM every),
      'inStock', (SELECT count(*) FROM stock_set WHERE is_in_stock),
      'categories', (SELECT coalesce(jsonb_agg(jsonb_build_object('value', category, 'count', count) ORDER BY count DESC, category), '[]')
        FROM (SELECT category, count(*) AS count FROM category_set GROUP BY category ORDER BY count DESC, category LIMIT ${mostCategories}) AS one),
      'prices', (SELECT coalesce(jsonb_agg(jsonb_build_object('currency', price_currency, 'from', band_from, 'to', band_to, 'count', count)
          ORDER BY price_currency, band_from), '[]')
        FROM (SELECT price_currency, band_from, band_to, count(*) AS count FROM (${bands}) AS band
          GROUP BY price_currency, band_from, band_to ORDER BY count DESC, price_currency, band_from LIMIT ${mostPrices}) AS one),
      'attributes', (SELECT coalesce(jsonb_agg(jsonb_build_object('name', key, 'values', entries) ORDER BY products DESC, key), '[]')
        FROM (SELECT * FROM attribute ORDER BY products DESC, key LIMIT ${mostAttributes}) AS one)
    ) AS facets)`,
  ];
};
