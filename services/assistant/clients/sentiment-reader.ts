import type { Felt } from '../domain/sentiment.ts';

/** Whoever reads how texts feel, each by itself and in the order given. Throws as an answerer does. */
export type SentimentReader = {
  readonly provider: 'embedded' | 'azure';
  read(texts: readonly string[]): Promise<readonly Felt[]>;
};
