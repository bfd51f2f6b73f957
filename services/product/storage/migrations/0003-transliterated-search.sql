-- Letters that are no letter with an accent (ł, đ, ø, þ, œ) are found and sorted by the letters that people type for them.
-- unaccent comes with PostgreSQL and is trusted, so that the owner of a database may create it; RDS and Aurora offer it too.
CREATE EXTENSION IF NOT EXISTS unaccent;

CREATE TEXT SEARCH CONFIGURATION folded (COPY = pg_catalog.simple);
ALTER TEXT SEARCH CONFIGURATION folded
  ALTER MAPPING FOR word, hword, hword_part, numword, numhword WITH unaccent, pg_catalog.simple;

-- The way in which a product's title_key and search were made; what was made in an older one is made again in the background.
ALTER TABLE products ADD COLUMN index_version smallint NOT NULL DEFAULT 1;
CREATE INDEX products_index_version ON products (index_version);
