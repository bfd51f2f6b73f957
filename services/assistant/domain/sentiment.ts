/** How a text feels, as shares that add up to 1, and in one word. */

export type Scores = { readonly positive: number; readonly neutral: number; readonly negative: number };
export type Sentiment = 'positive' | 'neutral' | 'negative' | 'mixed';
export type Felt = { readonly sentiment: Sentiment; readonly scores: Scores };

/** Below it a score from -1 to 1 says nothing. */
const leastScore = 0.1;

const rounded = (share: number) => Math.round(share * 1_000) / 1_000;

/** Of one score from -1, all negative, to 1. */
export const feltFrom = (score: number): Felt => {
  const positive = rounded(Math.max(0, score));
  const negative = rounded(Math.max(0, -score));
  const scores = { positive, neutral: rounded(1 - positive - negative), negative };
  if (Math.abs(score) < leastScore) return { sentiment: 'neutral', scores };
  return { sentiment: score > 0 ? 'positive' : 'negative', scores };
};

/** Of a whole thread: the mean of its messages, and mixed where some are positive and others negative. */
export const feltTogether = (all: readonly Felt[]): Felt => {
  const mean = (share: keyof Scores) => rounded(all.reduce((sum, { scores }) => sum + scores[share], 0) / all.length);
  const scores = { positive: mean('positive'), neutral: mean('neutral'), negative: mean('negative') };
  const has = (sentiment: Sentiment) => all.some((felt) => felt.sentiment === sentiment);
  if (has('mixed') || (has('positive') && has('negative'))) return { sentiment: 'mixed', scores };
  if (has('positive')) return { sentiment: 'positive', scores };
  return { sentiment: has('negative') ? 'negative' : 'neutral', scores };
};
