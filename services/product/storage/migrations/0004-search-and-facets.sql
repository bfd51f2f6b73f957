-- Nearest words of what somebody mistyped, and how far they are; both come with PostgreSQL and are trusted, and Aurora has them.
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE EXTENSION IF NOT EXISTS fuzzystrmatch;

-- Filters by attribute, alone and beside others.
CREATE INDEX products_attributes ON products USING gin (attributes jsonb_path_ops) WHERE deleted_at IS NULL;

-- How many products a category has, so that nobody counts a million of them for a menu.
CREATE TABLE categories (name text COLLATE "C" PRIMARY KEY, products bigint NOT NULL CHECK (products >= 0));

-- Every word of titles, categories and attributes: what a mistyped word may have meant. Words of products that are gone stay: they
-- find nothing.
CREATE TABLE search_words (word text COLLATE "C" PRIMARY KEY);

INSERT INTO categories SELECT category, count(*) FROM products WHERE deleted_at IS NULL GROUP BY category;
INSERT INTO search_words
  SELECT DISTINCT lexeme FROM products, unnest(search) AS entry (lexeme, positions, weights)
  WHERE length(lexeme) BETWEEN 3 AND 64 AND lexeme ~ '[^0-9]' AND weights && '{A,B}';
CREATE INDEX search_words_near ON search_words USING gist (word gist_trgm_ops (siglen = 64));

-- Both tables follow by statement, so that a bulk load costs little. Rows are taken in the order of their names, so that no two
-- statements wait for each other.
CREATE FUNCTION note_new_products() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO categories AS known
    SELECT category, count(*) FROM after WHERE deleted_at IS NULL GROUP BY category ORDER BY category
    ON CONFLICT (name) DO UPDATE SET products = known.products + excluded.products;
  INSERT INTO search_words
    SELECT DISTINCT lexeme FROM after, unnest(search) AS entry (lexeme, positions, weights)
    WHERE length(lexeme) BETWEEN 3 AND 64 AND lexeme ~ '[^0-9]' AND weights && '{A,B}'
    ORDER BY lexeme ON CONFLICT DO NOTHING;
  RETURN NULL;
END
$$;
CREATE TRIGGER products_made AFTER INSERT ON products REFERENCING NEW TABLE AS after
  FOR EACH STATEMENT EXECUTE FUNCTION note_new_products();

CREATE FUNCTION note_changed_products() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  changed record;
BEGIN
  FOR changed IN
    SELECT category, sum(change) AS change FROM (
      SELECT category, 1 AS change FROM after WHERE deleted_at IS NULL
      UNION ALL SELECT category, -1 FROM before WHERE deleted_at IS NULL) AS each
    GROUP BY category HAVING sum(change) <> 0 ORDER BY category
  LOOP
    INSERT INTO categories AS known VALUES (changed.category, greatest(changed.change, 0))
      ON CONFLICT (name) DO UPDATE SET products = known.products + changed.change;
  END LOOP;
  INSERT INTO search_words
    SELECT DISTINCT lexeme FROM after, unnest(search) AS entry (lexeme, positions, weights)
    WHERE length(lexeme) BETWEEN 3 AND 64 AND lexeme ~ '[^0-9]' AND weights && '{A,B}'
    ORDER BY lexeme ON CONFLICT DO NOTHING;
  RETURN NULL;
END
$$;
CREATE TRIGGER products_changed AFTER UPDATE ON products REFERENCING OLD TABLE AS before NEW TABLE AS after
  FOR EACH STATEMENT EXECUTE FUNCTION note_changed_products();

-- The query that finds what mistyped words may have meant: each word as a beginning, or up to three known words that are one letter
-- away, two where it has five or more; null where nothing is near any of them. A number is what it is. The index gives the 20 nearest; a swap of two letters is two steps.
CREATE FUNCTION guessed_query(asked text[]) RETURNS tsquery LANGUAGE sql STABLE AS $$
  -- Quoted, because what unaccent makes of a letter may be more than letters: ŉ becomes 'n.
  SELECT to_tsquery('folded', string_agg('(' || concat_ws(' | ', quote_literal(typed) || ':*', near.words) || ')', ' & '))
  FROM (SELECT replace(unaccent(each), '\', '') AS typed FROM unnest(asked) AS each) AS word
  CROSS JOIN LATERAL (
    SELECT string_agg(quote_literal(best.word), ' | ') AS words FROM (
      SELECT candidate.word FROM (
        SELECT search_words.word FROM search_words
        WHERE length(typed) >= 3 AND typed ~ '[^0-9]'
        ORDER BY search_words.word <-> typed LIMIT 20) AS candidate
      CROSS JOIN LATERAL (SELECT CASE WHEN length(typed) < 5 THEN 1 ELSE 2 END AS steps) AS most
      WHERE levenshtein_less_equal(candidate.word, typed, most.steps) <= most.steps
      ORDER BY levenshtein(candidate.word, typed), candidate.word <-> typed, candidate.word LIMIT 3) AS best
  ) AS near
  HAVING count(near.words) > 0
$$;
