import { existingProducts, productColumns } from './product-statements.ts';

/** So many products that have the words are looked at for a suggestion, however many there are. */
const mostLookedAt = 200;

/**
 * $1 how many, $2 the title key of what was typed, $3 its tsquery. First titles that begin so, straight from the index; then, from
 * three letters on, products with the words anywhere.
 */
export const suggestStatement = `
WITH beginning AS MATERIALIZED (
  SELECT ${productColumns} ${existingProducts} AND title_key >= unaccent($2) AND title_key < unaccent($2) || U&'\\+10FFFF'
  ORDER BY title_key, products.id LIMIT $1
), holding AS (
  SELECT * FROM (SELECT ${productColumns} ${existingProducts} AND search @@ to_tsquery('folded', $3) LIMIT ${mostLookedAt}) AS first
  WHERE length($2) >= 3 AND NOT EXISTS (SELECT FROM beginning WHERE beginning.id = first.id)
  ORDER BY title_key, id LIMIT $1
)
SELECT * FROM (SELECT 0 AS place, * FROM beginning UNION ALL SELECT 1, * FROM holding) AS suggested
ORDER BY place, title_key, id LIMIT $1`;

/** $1 words. What may have been meant, as a tsquery; null where each word begins a known one, or nothing is near one that does not. */
export const guessStatement = 'SELECT guessed_query($1::text[])::text AS query';
