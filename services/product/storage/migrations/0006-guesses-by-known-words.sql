-- Whether a word was mistyped is asked of the words of the catalogue alone, which the primary key answers; asked of the products it took
-- a scan of all of them, because the planner expects to find some soon. The query is that of what mistyped words may have meant: each
-- word as a beginning, or, where no known word begins so, up to three known words that are one letter away, two where it has five or
-- more. Null where every word is known, or nothing is near one that is not. A number is what it is, and so are one and two letters.
CREATE OR REPLACE FUNCTION guessed_query(asked text[]) RETURNS tsquery LANGUAGE sql STABLE AS $$
  -- Quoted, because what unaccent makes of a letter may be more than letters: ŉ becomes 'n.
  SELECT to_tsquery('folded', string_agg('(' || concat_ws(' | ', quote_literal(typed) || ':*', near.words) || ')', ' & '))
  FROM (SELECT replace(unaccent(each), '\', '') COLLATE "C" AS typed FROM unnest(asked) AS each) AS word
  CROSS JOIN LATERAL (
    SELECT length(typed) < 3 OR typed !~ '[^0-9]' OR EXISTS (
      SELECT FROM search_words WHERE search_words.word >= typed AND search_words.word < typed || U&'\+10FFFF') AS is_known) AS known
  CROSS JOIN LATERAL (
    SELECT string_agg(quote_literal(best.word), ' | ') AS words FROM (
      SELECT candidate.word FROM (
        SELECT search_words.word FROM search_words WHERE NOT is_known
        ORDER BY search_words.word <-> typed LIMIT 20) AS candidate
      CROSS JOIN LATERAL (SELECT CASE WHEN length(typed) < 5 THEN 1 ELSE 2 END AS steps) AS most
      WHERE levenshtein_less_equal(candidate.word, typed, most.steps) <= most.steps
      ORDER BY levenshtein(candidate.word, typed), candidate.word <-> typed, candidate.word LIMIT 3) AS best
  ) AS near
  HAVING bool_and(is_known OR near.words IS NOT NULL) AND bool_or(NOT is_known)
$$;
